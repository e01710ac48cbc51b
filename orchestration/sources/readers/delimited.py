"""CSV and its relatives, with physical lines, ragged rows and several layouts in one file.

Rows are found by the standard library's csv machine, which follows quotes exactly, fed from a
stream, so that memory is bounded by a block and not by the file: a whole block at once
(`csv_blocks`), or line by line where a block holds anything strange. What the columns are called
may depend on the row itself (`layout`), because producers changed their headers while appending to
old files.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO, cast

import polars as pl

from orchestration.sources.rawfile import CutContentError, DecompressionBombError, RawFile
from orchestration.sources.readers import csv_blocks
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
from orchestration.sources.readers.csv_blocks import Rows, grouped, split
from orchestration.sources.readers.lines import BrokenStream, LineBlock, LongLine, line_blocks

BATCH_ROWS = 50_000
_LONG_LINE = "\udc00"
"""Stands where a line was too long to be read; no decoded text has this lone surrogate."""

_AROUND_NAMES = "\ufeff \t"
_STRAY_QUOTE: tuple[str, ...] = ("a row that a stray quote spoils",)
_TOO_LONG = (
    "cell_too_long",
    f"a cell has more than {csv_blocks.MAXIMUM_CELL} characters; perhaps a quote was never closed",
)

Layout = Callable[[Sequence[str], Sequence[str]], "Mapping[str, int | str] | str | None"]
"""(header, row) -> position of every field name (a text is a value in itself), or None when the
row's width fits no layout, or the reason code of a refusal."""


BLANKS = " \t\r\n\x0b\x0c\u00a0\u3000\ufeff"
"""What is nothing around the text of a cell."""
_NO_LINK = ("", "无")


def is_link(cell: str) -> bool:
    """Whether a cell is blank, or holds what a column of addresses may hold."""
    text = cell.strip(BLANKS)
    return text in _NO_LINK or "://" in text


def are_links(cells: pl.Expr) -> pl.Expr:
    """is_link of each cell."""
    text = cells.str.strip_chars(BLANKS)
    return text.is_in(_NO_LINK) | text.str.contains("://", literal=True)


def by_header(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | None:
    """The plain layout: names from the header, rows exactly as wide."""
    if len(row) != len(header):
        return None
    return {name: position for position, name in enumerate(header)}


@dataclass(frozen=True)
class Delimited:
    """Separated values. `fields` None: every column of the header.

    header: names to use when the file has no header row (then every row is a record). signature:
    of rows of one width (columns "0", "1", … of cells), a text each: rows of one width with the
    same one have one layout under one header; None: all of them. repeats_header: how a row begins
    that is a header again, in files that were put together; it holds for the rows below and is no
    record.
    """

    fields: tuple[str, ...] | None = None
    delimiter: str = ","
    layout: Layout = field(default=by_header)
    header: Callable[[Sequence[str]], Sequence[str] | None] | None = None
    signature: Callable[[pl.DataFrame], pl.Series] | None = None
    repeats_header: Sequence[str] = ()

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        return self.read_rows(file, options)

    def read_rows(
        self, file: RawFile, options: ReadOptions, *, whole_blocks: bool = True
    ) -> Iterator[Found]:
        """What `read` gives; without whole blocks row by row, which gives the same and is slow."""
        encoding = _encoding(file, options)
        try:
            with file.open() as stream:
                parts = line_blocks(_as_utf8(stream, encoding))
                yield from _Reading(self, _Lines(parts), encoding).read(whole_blocks)
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
        names = self.repeats_header
        return bool(names) and begins_with(cells, names)


def begins_with(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the first cells of a row are these names."""
    return [name.strip(_AROUND_NAMES) for name in cells[: len(names)]] == list(names)


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
        self._is_first = True

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

    def skip(self, block: LineBlock, rest: LineBlock | None, quotes: int) -> None:
        """Count a block as given that was read as a whole, but for its rest."""
        self.quotes += quotes
        self._waiting = None
        if rest is None:
            self.line = block.first_line + block.lines - 1
            return
        self.line = rest.first_line - 1
        follows = next(self._parts, None)
        if isinstance(follows, LineBlock):
            rest = LineBlock(rest.data + follows.data, rest.first_line, rest.offset)
        elif follows is not None:
            self._parts = chain((follows,), self._parts)
        self._waiting = rest

    def _next_part(self) -> LineBlock | LongLine | None:
        if self._waiting is not None:
            part, self._waiting = self._waiting, None
            return part
        found = next(self._parts, None)
        if isinstance(found, BrokenStream):
            self.broken = found
            return None
        if self._is_first and isinstance(found, LineBlock):
            found, self._waiting = _header_apart(found)
        self._is_first = False
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


def _header_apart(block: LineBlock) -> tuple[LineBlock, LineBlock | None]:
    """The first line as a block of its own, so that what follows can be read as a whole."""
    end = block.data.find(b"\n") + 1
    if end in (0, len(block.data)):
        return block, None
    header = LineBlock(block.data[:end], block.first_line, block.offset)
    return header, LineBlock(block.data[end:], block.first_line + 1, block.offset + end)


@dataclass(frozen=True)
class _Block:
    """What a block gives that was read as a whole."""

    found: tuple[Found, ...]


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
        self._waiting: list[tuple[int, int, Sequence[str]]] = []

    def read(self, whole_blocks: bool) -> Iterator[Found]:
        for line, cells in self._walk(whole_blocks):
            if isinstance(cells, _Block):
                yield from self._flush()
                yield from cells.found
                continue
            if self._is_header_again(cells):
                assert cells is not None
                yield from self._flush()  # what came above has the header above
                self._header, self._layouts = _names(cells), {}
                continue
            found = self._take(line, cells)
            if found is not None:
                yield found
                if found.extent == "file":
                    return
            if len(self._waiting) >= BATCH_ROWS:
                yield from self._flush()
        yield from self._flush()
        yield from self._ending()

    def lines_of(self, record_number: int) -> tuple[int, int] | None:
        """First and last physical line of a record."""
        for line, cells in self._walk(whole_blocks=False):
            assert not isinstance(cells, _Block)
            if self._is_header_again(cells):
                continue
            self._take(line, cells)
            self._waiting = []
            if self._record == record_number:
                return line, max(line, self._lines.line)
        broken = self._lines.broken
        if broken is not None and record_number == self._record + 1:
            return broken.line_number, broken.line_number  # the piece at which the content breaks
        return None

    def _walk(self, whole_blocks: bool) -> Iterator[tuple[int, Sequence[str] | _Block | None]]:
        """(first physical line, cells) of every row that is not blank, None for a row that the
        csv machine gives up on; or whole blocks."""
        csv.field_size_limit(csv_blocks.MAXIMUM_CELL)
        reader = csv.reader(self._lines, delimiter=self._form.delimiter, strict=True)
        while True:
            self._lines.begin_row()
            block = self._lines.block() if whole_blocks and self._header is not None else None
            found = None if block is None else self._read_block(block)
            if block is not None and found is not None:
                yield block.first_line, found
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
        self._record += 1
        self._waiting.append((self._record, line, cells))
        return None

    def _is_header_again(self, cells: Sequence[str] | None) -> bool:
        if cells is None or cells is _STRAY_QUOTE or self._header is None:
            return False
        is_readable = not self._lines.is_strange or _unreadable(cells) is None
        return is_readable and self._form.is_header_again(cells)

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

    def _flush(self) -> Iterator[Found]:
        """The waiting rows: refusals, then one frame in the order of the file."""
        if not self._waiting:
            return
        records, lines, rows = zip(*self._waiting, strict=True)
        self._waiting = []
        numbers = pl.Series(records, dtype=pl.Int64)
        groups = grouped(rows, lines)
        yield from self._laid_out([(numbers.gather(group.at), group) for group in groups])

    def _read_block(self, block: LineBlock) -> _Block | None:
        """A block read as a whole; None where it must be looked at row by row."""
        assert self._header is not None
        found = split(block, self._form.delimiter)
        if found is None or any(self._has_header(group.cells) for group in found.groups):
            return None
        groups = [(group.at + self._record + 1, group) for group in found.groups]
        self._record += found.rows
        self._lines.skip(block, found.rest, found.quotes)
        return _Block(tuple(self._laid_out(groups)))

    def _has_header(self, cells: pl.DataFrame) -> bool:
        names = self._form.repeats_header
        if not names or cells.width < len(names):
            return False
        begins = (
            pl.col(str(place)).str.strip_chars(_AROUND_NAMES) == name
            for place, name in enumerate(names)
        )
        return bool(cells.select(pl.all_horizontal(begins).any()).item())

    def _laid_out(self, groups: Sequence[tuple[pl.Series, Rows]]) -> Iterator[Found]:
        """Rows (with their record numbers) under the names of their layouts; refusals first."""
        frames: list[pl.DataFrame] = []
        refused: list[Reject] = []
        for records, rows in groups:
            for signature, mask in self._signatures(rows.cells):
                cells, numbers, lines = rows.cells, records, rows.lines
                if mask is not None:
                    cells, numbers, lines = (
                        cells.filter(mask),
                        numbers.filter(mask),
                        lines.filter(mask),
                    )
                places = self._places((cells.width, signature), cells.row(0))
                if isinstance(places, _Places):
                    assert self._names is not None
                    frames.append(places.frame(self._names, numbers, lines, cells.get_columns()))
                    continue
                refused += (
                    self._ragged(record, line, cells.width, places)
                    for record, line in zip(numbers, lines, strict=True)
                )
        yield from sorted(refused, key=lambda reject: reject.record_number or 0)
        if frames:
            yield frames[0] if len(frames) == 1 else pl.concat(frames).sort(RECORD)

    def _signatures(self, cells: pl.DataFrame) -> Iterator[tuple[str | None, pl.Series | None]]:
        """Each signature and which rows have it; None where all have."""
        if self._form.signature is None:
            yield None, None
            return
        signatures = self._form.signature(cells)
        values = signatures.unique(maintain_order=True)
        for value in values:
            yield value, None if len(values) == 1 else signatures == value

    def _ragged(self, record: int, line: int, width: int, reason: str | None) -> Reject:
        assert self._header is not None
        return _ragged(record, line, width, len(self._header), reason)

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
    return [name.strip(_AROUND_NAMES) for name in header]


@dataclass(frozen=True)
class _Places:
    """A layout made ready for a raw frame's columns: -1 where a column has no cell."""

    positions: tuple[int, ...]
    values: tuple[tuple[int, str], ...]

    def frame(
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
    known = "see the reason"
    if reason is None:
        known = "no known layout has these widths; `observatory sniff` says what else it may be"
    return Reject(
        reason or "ragged_row",
        f"the row has {width} cells, its header {header}; {known}",
        record,
        line,
    )
