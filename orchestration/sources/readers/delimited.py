"""CSV and its relatives, with physical lines, ragged rows and several layouts in one file.

Rows are found by the standard library's csv machine, which follows quotes exactly, fed line by
line from a stream, so that memory is bounded by a block and not by the file. A block without any
quote, every line of which has as many cells as the header, needs no such machine and is split by
Polars; both give the same rows. What the columns are called may depend on the row itself
(`layout`), because producers changed their headers while appending to old files.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import polars as pl

from orchestration.sources.rawfile import CutContentError, DecompressionBombError, RawFile
from orchestration.sources.readers.base import (
    LINE,
    RECORD,
    Found,
    Located,
    ReadOptions,
    Reject,
    truncation,
    whole_content,
)
from orchestration.sources.readers.lines import BrokenStream, LineBlock, LongLine, line_blocks

MAXIMUM_CELL = 8 * 1024 * 1024
BATCH_ROWS = 50_000
_LONG_LINE = "\udc00"
"""Stands where a line was too long to be read; no decoded text has this lone surrogate."""

_STRAY_QUOTE: tuple[str, ...] = ("a row that a stray quote spoils",)
_TOO_LONG = (
    "cell_too_long",
    f"a cell has more than {MAXIMUM_CELL} characters; perhaps a quote was never closed",
)

Layout = Callable[[Sequence[str], Sequence[str]], "Mapping[str, int | str] | str | None"]
"""(header, row) -> position of every field name (a text is a value in itself), or None when the
row's width fits no layout, or the reason code of a refusal."""


def is_link(cell: str) -> bool:
    """Whether a cell is blank, or holds what a column of addresses may hold."""
    text = cell.strip()
    return text in ("", "无") or "://" in text


def by_header(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | None:
    """The plain layout: names from the header, rows exactly as wide."""
    if len(row) != len(header):
        return None
    return {name: position for position, name in enumerate(header)}


@dataclass(frozen=True)
class Delimited:
    """Separated values. `fields` None: every column of the header.

    header: names to use when the file has no header row (then every row is a record). signature:
    rows with the same signature under one header have one layout. repeats_header: rows that are
    a header again, in files that were put together; they hold for the rows below and are no
    records.
    """

    fields: tuple[str, ...] | None = None
    delimiter: str = ","
    layout: Layout = field(default=by_header)
    header: Callable[[Sequence[str]], Sequence[str] | None] | None = None
    signature: Callable[[Sequence[str]], Hashable] = len
    repeats_header: Callable[[Sequence[str]], bool] | None = None

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        encoding = _encoding(file, options)
        try:
            with file.open() as stream:
                parts = line_blocks(_as_utf8(stream, encoding))
                yield from _Reading(self, _Lines(parts), encoding).read()
        except DecompressionBombError as error:
            yield Reject("decompression_bomb", str(error), extent="file")
        except UnicodeDecodeError as error:
            yield _not_this_encoding(encoding, None, str(error.reason))
        except (OSError, EOFError) as error:
            yield truncation(error, 0)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        encoding, data = _encoding(file, options), whole_content(file, [])
        lines = self._lines_of(file, record_number, encoding)
        if lines is None or isinstance(data, Reject):
            return None
        first, last = lines
        newline, mark = _newline_and_mark(data, encoding)
        content = data[mark:].split(newline)
        offset = mark + sum(len(line) + len(newline) for line in content[: first - 1])
        raw = newline.join(content[first - 1 : last])
        return Located(first, offset, raw.removesuffix("\r".encode(_bare(encoding, data))))

    def _lines_of(self, file: RawFile, record_number: int, encoding: str) -> tuple[int, int] | None:
        """First and last physical line of a record."""
        try:
            with file.open() as stream:
                lines = _Lines(line_blocks(_as_utf8(stream, encoding)))
                return _Reading(self, lines, encoding).lines_of(record_number)
        except (OSError, EOFError, DecompressionBombError, UnicodeDecodeError):
            return None

    def is_header_again(self, cells: Sequence[str]) -> bool:
        """Whether a row below the header is a header itself."""
        return self.repeats_header is not None and self.repeats_header(cells)


class _Lines:
    """Physical lines of a stream for the csv machine, which can be halted between two blocks.

    line: number of the last line given. is_strange: since it was last cleared, a line was given
    that is not UTF-8, holds a NUL or was too long. quotes: quotes in all lines so far.
    """

    def __init__(self, parts: Iterator[LineBlock | LongLine | BrokenStream]) -> None:
        self._parts = parts
        self._waiting: LineBlock | None = None
        self._texts: Iterator[str] = iter(())
        self._left = 0
        self._row: list[str] = []
        self._returned: list[str] = []
        self._is_inside_line = False
        self.line = 0
        self.quotes = 0
        self.is_strange = False
        self.broken: BrokenStream | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while self._left == 0 and not self._returned:
            part = self._next_part()
            if isinstance(part, LongLine):
                self.line, self.is_strange = part.line_number, True
                return _LONG_LINE + "\n"
            if part is None:
                raise StopIteration
            self._open(part)
        if self._returned:
            text = self._returned.pop()
        else:
            self._left -= 1
            text = next(self._texts)
        self._row.append(text)
        # A lone carriage return ends a row, but no physical line.
        self.line += not self._is_inside_line
        self._is_inside_line = text.endswith("\r")
        return text

    def begin_row(self) -> None:
        """What is given from here on belongs to the next row."""
        self._row = []

    def return_all_but_first(self) -> None:
        """Give the row's lines again but the first: a stray quote swallowed them."""
        rest = self._row[1:]
        for text in reversed(rest):
            self._returned.append(text)
        self.line -= sum(not text.endswith("\r") for text in rest)
        self._row = []

    def skip_quoted(self) -> None:
        """Take lines until the quote is closed in which the row broke off."""
        quotes = sum(text.count('"') for text in self._row)
        while quotes % 2:
            text = next(self, None)
            if text is None:
                return
            self._row.clear()
            quotes += text.count('"')

    @property
    def next_line(self) -> int:
        """Number of the line that comes next."""
        return self.line + (not self._is_inside_line)

    def block(self) -> LineBlock | None:
        """The next block, if the lines given so far end where it begins; `skip` takes it."""
        if self._left or self._returned:
            return None
        if self._waiting is None:
            part = self._next_part()
            if isinstance(part, LongLine):
                self._texts, self._left, self.is_strange = iter((_LONG_LINE + "\n",)), 1, True
                self.line = part.line_number - 1
                return None
            self._waiting = part
        return self._waiting

    def skip(self, block: LineBlock) -> None:
        """Count a block as given that was read without the csv machine."""
        self.line = block.first_line + block.lines - 1
        self._waiting = None

    def _next_part(self) -> LineBlock | LongLine | None:
        if self._waiting is not None:
            part, self._waiting = self._waiting, None
            return part
        found = next(self._parts, None)
        if isinstance(found, BrokenStream):
            self.broken = found
            return None
        return found

    def _open(self, block: LineBlock) -> None:
        try:
            text = block.data.decode()
        except UnicodeDecodeError:
            text, self.is_strange = block.data.decode(errors="surrogateescape"), True
        self.is_strange |= "\x00" in text
        self.quotes += text.count('"')
        texts = io.StringIO(text, newline="").readlines()
        self._texts, self._left = iter(texts), len(texts)
        self.line = block.first_line - 1


class _Reading:
    """One file being read: its header, and the rows that wait to become a frame."""

    def __init__(self, form: Delimited, lines: _Lines, encoding: str) -> None:
        self._form = form
        self._lines = lines
        self._encoding = encoding
        self._header: Sequence[str] | None = None
        self._names = form.fields
        self._layouts: dict[Hashable, _Places | str | None] = {}
        self._record = 0
        self._waiting: dict[tuple[_Places, int], list[tuple[int, int, Sequence[str]]]] = {}
        self._rows = 0

    def read(self) -> Iterator[Found]:
        for line, cells in self._walk():
            if isinstance(cells, pl.DataFrame):
                yield from self._flush()
                yield cells
                continue
            found = self._take(line, cells)
            if found is not None:
                yield found
                if found.extent == "file":
                    return
            if self._rows >= BATCH_ROWS:
                yield from self._flush()
        yield from self._flush()
        yield from self._ending()

    def lines_of(self, record_number: int) -> tuple[int, int] | None:
        """First and last physical line of a record."""
        for line, cells in self._walk(whole_blocks=False):
            assert not isinstance(cells, pl.DataFrame)
            self._take(line, cells)
            self._waiting = {}
            if self._record == record_number:
                return line, max(line, self._lines.line)
        return None

    def _walk(
        self, whole_blocks: bool = True
    ) -> Iterator[tuple[int, Sequence[str] | pl.DataFrame | None]]:
        """(first physical line, cells) of every row that is not blank, None for a row that the
        csv machine gives up on; or whole blocks as frames."""
        csv.field_size_limit(MAXIMUM_CELL)
        reader = csv.reader(self._lines, delimiter=self._form.delimiter, strict=True)
        while True:
            self._lines.begin_row()
            block = self._lines.block() if whole_blocks and self._header is not None else None
            frame = None if block is None else self._split(block)
            if block is not None and frame is not None:
                self._lines.skip(block)
                yield block.first_line, frame
                continue
            begin = self._lines.next_line
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if self._lines.broken is not None:
                    return  # the row in which the stream breaks
                if "field limit" in str(error) or "field larger" in str(error):
                    self._lines.skip_quoted()
                    yield begin, None
                else:
                    self._lines.return_all_but_first()
                    yield begin, _STRAY_QUOTE
                continue
            if cells:
                yield begin, cells

    def _take(self, line: int, cells: Sequence[str] | None) -> Reject | None:
        problem = _unreadable(cells) if cells is None or self._lines.is_strange else None
        if cells is _STRAY_QUOTE:
            problem = "stray_quote", "a quote opens a cell that no quote closes before a delimiter"
        if cells is None or problem is not None:
            return self._refuse(line, *(problem or _TOO_LONG))
        form = self._form
        if self._header is None:
            assumed = form.header(cells) if form.header else None
            self._header = assumed or _names(cells)
            self._names = self._names or tuple(dict.fromkeys(self._header))
            if assumed is None:
                return None
        elif form.is_header_again(cells):
            self._header, self._layouts = _names(cells), {}
            return None
        self._record += 1
        signature = (form.signature(cells), len(cells))
        places = self._places(signature, cells)
        if not isinstance(places, _Places):
            return _ragged(self._record, line, len(cells), len(self._header), places)
        self._waiting.setdefault((places, len(cells)), []).append((self._record, line, cells))
        self._rows += 1
        return None

    def _refuse(self, line: int, reason: str, detail: str) -> Reject:
        if self._header is None:
            if reason == "encoding":
                return _not_this_encoding(self._encoding, line, detail)
            rest = sum(1 for _ in csv.reader(self._lines, delimiter=self._form.delimiter))
            return _unreadable_header(max(rest, 1))
        self._record += 1
        return Reject(reason, detail, self._record, line)

    def _places(self, signature: Hashable, cells: Sequence[str]) -> _Places | str | None:
        assert self._header is not None
        assert self._names is not None
        if signature not in self._layouts:
            self._layouts[signature] = _places(self._form.layout(self._header, cells), self._names)
        return self._layouts[signature]

    def _flush(self) -> Iterator[pl.DataFrame]:
        """The waiting rows as one frame, in the order of the file."""
        frames = []
        for (places, _), rows in self._waiting.items():
            assert self._names is not None
            frames.append(places.frame(self._names, rows))
        self._waiting, self._rows = {}, 0
        if frames:
            yield frames[0] if len(frames) == 1 else pl.concat(frames).sort(RECORD)

    def _split(self, block: LineBlock) -> pl.DataFrame | None:
        """A block without quotes in which every line is as wide as the header, split by Polars;
        None where the csv machine has to look."""
        header, form = self._header, self._form
        assert header is not None
        data, sign, width = block.data, form.delimiter.encode(), len(header)
        if form.signature is not len or form.repeats_header is not None or len(sign) != 1:
            return None
        if b'"' in data or b"\x00" in data or data[:1] in b"\r\n" or b"\n\n" in data:
            return None
        if data.startswith(_MISREAD):
            return None
        has_returns = b"\r" in data
        if has_returns and (data.count(b"\r") != data.count(b"\r\n") or b"\n\r" in data):
            return None
        if data.count(sign) != block.lines * (width - 1):
            return None
        places = self._places((width, width), [""] * width)
        if not isinstance(places, _Places):
            return None
        frame = _split_by_polars(data, form.delimiter, width, block.lines)
        if frame is None:
            return None
        if has_returns:
            last = frame.columns[-1]
            frame = frame.with_columns(pl.col(last).str.strip_suffix("\r"))
        assert self._names is not None
        records = pl.int_range(
            self._record + 1, self._record + 1 + block.lines, dtype=pl.Int64, eager=True
        )
        lines = records + (block.first_line - self._record - 1)
        self._record += block.lines
        return places.frame_of(self._names, records, lines, frame.get_columns())

    def _ending(self) -> Iterator[Reject]:
        broken = self._lines.broken
        if broken is not None:
            yield truncation(broken.error, self._record, broken.line_number)
        elif self._lines.quotes % 2:
            yield Reject(
                "unclosed_quote",
                "the file has an odd number of quotes: one was opened and never closed",
                line_number=self._lines.line,
                extent="file",
                records=0,
            )


_MISREAD = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda", b"\x1f\x8b", b"\x28\xb5", b"\xef\xbb\xbf")
"""Beginnings that Polars takes for compressed data, or for a mark and drops."""


def _split_by_polars(data: bytes, delimiter: str, width: int, lines: int) -> pl.DataFrame | None:
    """Columns of text; None where a line is too wide or the bytes are not UTF-8. That no line is
    too narrow follows from the number of delimiters."""
    try:
        frame = pl.read_csv(
            io.BytesIO(data), has_header=False, separator=delimiter, quote_char=None,
            infer_schema=False, empty_string_is_null=False, truncate_ragged_lines=False,
            new_columns=[str(place) for place in range(width)],
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None
    if frame.shape != (lines, width):
        return None
    too_long = frame.select((pl.all().str.len_bytes() > MAXIMUM_CELL).any()).row(0)
    return None if any(too_long) else frame


def _unreadable(cells: Sequence[str] | None) -> tuple[str, str] | None:
    """Why a row cannot be read, where something strange was seen in its block."""
    if cells is None or any(_LONG_LINE in cell for cell in cells):
        return _TOO_LONG
    if any("\x00" in cell for cell in cells):
        return "control_character", "a NUL stands in the row"
    if any(not cell.isascii() and _has_surrogate(cell) for cell in cells):
        return (
            "encoding",
            "the row is not in the encoding of its file; declare that of the source in "
            "sources.yaml, for example `encoding: gb18030`",
        )
    return None


def _has_surrogate(cell: str) -> bool:
    return any("\udc80" <= character <= "\udcff" for character in cell)


def _encoding(file: RawFile, options: ReadOptions) -> str:
    """By byte order mark, declaration, or UTF-8; never by guess."""
    beginning = file.head(3)
    if beginning.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return options.encoding or "utf-8"


def _as_utf8(stream: BinaryIO, encoding: str) -> BinaryIO:
    """The content as UTF-8 without a byte order mark."""
    if codecs.lookup(encoding).name == "utf-8":
        return stream
    if encoding == "utf-8-sig":
        stream.read(3)
        return stream
    return cast(BinaryIO, _Recoded(stream, encoding))


class _Recoded:
    """A stream as UTF-8. A byte that cannot be decoded passes as it is, so that its row is named
    and no other; half a character at the end means that the file was cut."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._encoding = encoding
        self._content = codecs.EncodedFile(stream, "utf-8", encoding, "surrogateescape")

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        # Readers of the multi-byte encodings keep none back: what is left of them is escaped.
        if not data and getattr(self._content.reader, "bytebuffer", False):
            raise CutContentError(
                "truncated_text", f"it ends within a character of {self._encoding}"
            )
        return data


def _not_this_encoding(encoding: str, line: int | None, detail: str) -> Reject:
    place = "" if line is None else f"line {line} "
    return Reject(
        "encoding",
        f"{place}is not {encoding} ({detail}). Declare the encoding of this source in "
        "sources.yaml, for example `encoding: gb18030`.".lstrip(),
        line_number=line,
        extent="file",
    )


def _bare(encoding: str, data: bytes) -> str:
    """The encoding that writes no byte order mark."""
    if encoding == "utf-16":
        return "utf-16-le" if data.startswith(b"\xff\xfe") else "utf-16-be"
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _newline_and_mark(data: bytes, encoding: str) -> tuple[bytes, int]:
    """The bytes of a line's end, and how many bytes the byte order mark has."""
    mark = {"utf-8-sig": 3, "utf-16": 2}.get(encoding, 0)
    return "\n".encode(_bare(encoding, data)), mark


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip("\ufeff \t") for name in header]


@dataclass(frozen=True)
class _Places:
    """A layout made ready for a raw frame's columns: -1 where a column has no cell."""

    positions: tuple[int, ...]
    values: tuple[tuple[int, str], ...]

    def frame(
        self, names: Sequence[str], rows: Sequence[tuple[int, int, Sequence[str]]]
    ) -> pl.DataFrame:
        """Rows of (record, line, cells) of this layout as a raw frame."""
        columns = [
            pl.Series(str(place), column, dtype=pl.String)
            for place, column in enumerate(zip(*(cells for _, _, cells in rows), strict=True))
        ]
        records = pl.Series([record for record, _, _ in rows], dtype=pl.Int64)
        lines = pl.Series([line for _, line, _ in rows], dtype=pl.Int64)
        return self.frame_of(names, records, lines, columns)

    def frame_of(
        self,
        names: Sequence[str],
        records: pl.Series,
        lines: pl.Series,
        columns: Sequence[pl.Series],
    ) -> pl.DataFrame:
        """The raw frame of columns of cells."""
        given = dict(self.values)
        size = len(records)
        found = {RECORD: records, LINE: lines}
        for at, (name, place) in enumerate(zip(names, self.positions, strict=True)):
            if at in given:
                found[name] = pl.repeat(given[at], size, eager=True)
            elif 0 <= place < len(columns):
                found[name] = columns[place]
            else:
                found[name] = pl.repeat(None, size, dtype=pl.String, eager=True)
        return pl.DataFrame(found)


def _places(
    layout: Mapping[str, int | str] | str | None, names: Sequence[str]
) -> _Places | str | None:
    if layout is None or isinstance(layout, str):
        return layout
    found = [layout.get(name, -1) for name in names]
    return _Places(
        tuple(place if isinstance(place, int) else -1 for place in found),
        tuple((at, place) for at, place in enumerate(found) if isinstance(place, str)),
    )


def _unreadable_header(rows: int) -> Reject:
    return Reject(
        "unreadable_header",
        "the first row holds a NUL or an endless cell, so what the columns below it are is unknown",
        line_number=1,
        records=rows,
        extent="file",
    )


def _ragged(record: int, line: int, width: int, header: int, reason: str | None) -> Reject:
    known = "no known layout has these widths" if reason is None else "see the reason"
    return Reject(
        reason or "ragged_row",
        f"the row has {width} cells, its header {header}; {known}",
        record,
        line,
    )
