"""CSV and its relatives, with physical lines, ragged rows and several layouts in one file.

Rows are found by the standard library's csv machine, which follows quotes exactly; what the
columns are called may depend on the row's own width (`layout`), because producers changed
their headers while appending to old files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    decode_strictly,
    raw_frame,
    whole_content,
)

MAXIMUM_CELL = 8 * 1024 * 1024
BATCH_ROWS = 50_000

Layout = Callable[[Sequence[str], Sequence[str]], "Mapping[str, int | str] | str | None"]
"""(header, row) -> position of every field name (a text is a value in itself), or None when the
row's width fits no layout, or the reason code of a refusal."""


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
        rows: list[list[Any]] = []
        names: tuple[str, ...] | None = self.fields
        header: Sequence[str] | None = None
        layouts: dict[Hashable, _Places | str | None] = {}
        record = 0
        found = self._rows(file, options)
        for item in found:
            if header is None and _is_damaged(item):
                rest = sum(1 for row in found if not isinstance(row, Reject) or row.records)
                yield _unreadable_header(rest)
                return
            if isinstance(item, Reject):
                if item.extent == "record":
                    record += 1
                    item = Reject(item.reason, item.detail, record, item.line_number)
                yield item
                continue
            line, cells = item
            if cells is None:
                record += 1
                yield _unreadable_row(record, line)
                continue
            if header is None:
                assumed = self.header(cells) if self.header else None
                header = assumed or _names(cells)
                names = names or tuple(dict.fromkeys(header))
                if assumed is None:
                    continue
            elif self._is_header_again(cells):
                header, layouts = _names(cells), {}
                continue
            record += 1
            assert names is not None
            signature = self.signature(cells)
            if signature not in layouts:
                layouts[signature] = _places(self.layout(header, cells), names)
            places = layouts[signature]
            if not isinstance(places, _Places):
                yield _ragged(record, line, len(cells), len(header), places)
                continue
            rows.append([record, line, *places.row(cells)])
            if len(rows) >= BATCH_ROWS:
                yield raw_frame(names, rows)
                rows = []
        if rows and names is not None:
            yield raw_frame(names, rows)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        decoded = _content(file, options, [])
        if isinstance(decoded, Reject):
            return None
        text, encoding = decoded
        header_seen, record = False, 0
        for start, line, cells in _spans(text, self.delimiter):
            if not header_seen and not (self.header and self.header(cells or ())):
                header_seen = True
                continue
            if header_seen and cells is not None and self._is_header_again(cells):
                continue
            header_seen = True
            record += 1
            if record == record_number:
                begin, end = start
                bare, mark = _without_mark(file, encoding)
                offset = len(text[:begin].encode(bare)) + mark
                return Located(line, offset, text[begin:end].rstrip("\r\n").encode(bare))
        return None

    def _is_header_again(self, cells: Sequence[str]) -> bool:
        return self.repeats_header is not None and self.repeats_header(cells)

    def _rows(
        self, file: RawFile, options: ReadOptions
    ) -> Iterator[tuple[int, list[str] | None] | Reject]:
        notes: list[Reject] = []
        decoded = _content(file, options, notes)
        yield from notes
        if isinstance(decoded, Reject):
            yield decoded
            return
        text, _ = decoded
        for _, line, cells in _spans(text, self.delimiter):
            if cells is not None and any("\x00" in cell for cell in cells):
                yield Reject("control_character", "a NUL stands in the row", line_number=line)
            else:
                yield line, cells
        if text.count('"') % 2:
            yield Reject(
                "unclosed_quote",
                "the file has an odd number of quotes: one was opened and never closed",
                line_number=text.count("\n") + 1,
                extent="file",
                records=0,
            )


def _content(file: RawFile, options: ReadOptions, notes: list[Reject]) -> tuple[str, str] | Reject:
    data = whole_content(file, notes)
    return data if isinstance(data, Reject) else decode_strictly(data, options)


def _without_mark(file: RawFile, encoding: str) -> tuple[str, int]:
    """The encoding that writes no byte order mark, and the size of the mark in the file."""
    if encoding == "utf-8-sig":
        return "utf-8", 3
    if encoding == "utf-16":
        return ("utf-16-le" if file.head(2) == b"\xff\xfe" else "utf-16-be"), 2
    return encoding, 0


def _spans(text: str, delimiter: str) -> Iterator[tuple[tuple[int, int], int, list[str] | None]]:
    """((begin, end) in characters, physical line, cells) of every row that is not blank; cells
    are None for a row that the csv machine gives up on."""
    csv.field_size_limit(MAXIMUM_CELL)
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        for piece in io.StringIO(text, newline=""):
            consumed += len(piece)
            yield piece

    reader = csv.reader(lines(), delimiter=delimiter)
    begin, line = 0, 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        if cells != []:
            yield (begin, consumed), line, cells
        begin, line = consumed, reader.line_num + 1


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip("\ufeff \t") for name in header]


@dataclass(frozen=True)
class _Places:
    """A layout made ready for a raw frame's columns: -1 where a column has no cell."""

    positions: tuple[int, ...]
    values: tuple[tuple[int, str], ...]

    def row(self, cells: Sequence[str]) -> list[str | None]:
        width = len(cells)
        row = [cells[place] if 0 <= place < width else None for place in self.positions]
        for column, value in self.values:
            row[column] = value
        return row


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


def _unreadable_row(record: int, line: int) -> Reject:
    return Reject(
        "cell_too_long",
        f"a cell has more than {MAXIMUM_CELL} characters; perhaps a quote was never closed",
        record,
        line,
    )


def _is_damaged(item: tuple[int, list[str] | None] | Reject) -> bool:
    """Whether a row cannot be read, so that no header can be taken from it."""
    return item.extent == "record" if isinstance(item, Reject) else item[1] is None


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
