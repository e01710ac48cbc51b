"""Whole blocks of separated values: every row of a block found at once, as columns of cells.

A block without quotes, every line of which is as wide as the header, is split by Polars. Any other
is given to the standard library's csv machine in one go, up to its last row whose quotes are
closed. Where either would have to guess or to refuse, there is no fast reading (None), and
`delimited` looks row by row; both ways give the same rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from orchestration.sources.readers.lines import LineBlock

MAXIMUM_CELL = 8 * 1024 * 1024
_OPEN_LINES = 200
"""So many lines at the end of a block are looked through for the end of its last whole row."""
_MISREAD = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda", b"\x1f\x8b", b"\x28\xb5", b"\xef\xbb\xbf")
"""Beginnings that Polars takes for compressed data, or for a mark and drops."""


@dataclass(frozen=True)
class Rows:
    """Rows of one width. at: place among the rows, from 0; lines: physical line each begins on;
    cells: columns of text named by their place from "0"."""

    at: pl.Series
    lines: pl.Series
    cells: pl.DataFrame


@dataclass(frozen=True)
class SplitBlock:
    """All rows of a block but blank ones, by width. rest: the lines of a row that goes on in the
    next block; quotes: in the rows."""

    groups: tuple[Rows, ...]
    rest: LineBlock | None = None
    quotes: int = 0

    @property
    def rows(self) -> int:
        return sum(len(group.at) for group in self.groups)


def split(block: LineBlock, delimiter: str, width: int) -> SplitBlock | None:
    """The rows of a block. width: cells of the header."""
    data = block.data
    if b"\x00" in data:
        return None
    returns = data.count(b"\r")
    if returns and returns != data.count(b"\r\n"):
        return None
    quotes = data.count(b'"')
    if quotes == 0:
        found = _by_polars(block, delimiter, width, has_returns=returns > 0)
        if found is not None:
            return found
    return _by_csv_machine(block, delimiter, quotes)


def grouped(rows: Sequence[Sequence[str]], lines: Sequence[int]) -> tuple[Rows, ...]:
    """Rows by width; blank ones, without any cell, are left out."""
    if [] in rows:
        kept = [(row, line) for row, line in zip(rows, lines, strict=True) if row]
        rows, lines = [row for row, _ in kept], [line for _, line in kept]
    places: dict[int, list[int]] = {}
    for at, width in enumerate(map(len, rows)):
        places.setdefault(width, []).append(at)
    begins = pl.Series(lines, dtype=pl.Int64)
    if len(places) == 1:
        every = pl.int_range(len(rows), dtype=pl.Int64, eager=True)
        return (Rows(every, begins, _columns(rows)),)
    groups = []
    for chosen in places.values():
        numbers = pl.Series(chosen, dtype=pl.Int64)
        cells = _columns([rows[place] for place in chosen])
        groups.append(Rows(numbers, begins.gather(numbers), cells))
    return tuple(groups)


def _columns(rows: Sequence[Sequence[str]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            pl.Series(str(place), cells, dtype=pl.String)
            for place, cells in enumerate(zip(*rows, strict=True))
        ]
    )


def _by_csv_machine(block: LineBlock, delimiter: str, quotes: int) -> SplitBlock | None:
    head, rest = (block, None) if quotes % 2 == 0 else _whole_rows(block)
    if head is None:
        return None
    try:
        lines = io.StringIO(head.data.decode(), newline="")
    except UnicodeDecodeError:
        return None
    csv.field_size_limit(MAXIMUM_CELL)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows, begins, line = [], [], head.first_line
    try:
        for row in reader:
            rows.append(row)
            begins.append(line)
            line = head.first_line + reader.line_num
    except csv.Error:
        return None
    return SplitBlock(grouped(rows, begins), rest, head.data.count(b'"'))


def _whole_rows(block: LineBlock) -> tuple[LineBlock | None, LineBlock | None]:
    """The block up to the line on which the quote begins that stays open, and from there on."""
    data, end = block.data, len(block.data)
    for _ in range(_OPEN_LINES):
        end = data.rfind(b"\n", 0, end - 1) + 1
        if end == 0:
            return None, None
        if data.count(b'"', end) % 2:
            head = LineBlock(data[:end], block.first_line, block.offset)
            line = block.first_line + head.newlines
            return head, LineBlock(data[end:], line, block.offset + end)
    return None, None


def _by_polars(
    block: LineBlock, delimiter: str, width: int, *, has_returns: bool
) -> SplitBlock | None:
    data, sign = block.data, delimiter.encode()
    if len(sign) != 1 or data[:1] in b"\r\n" or b"\n\n" in data or b"\n\r" in data:
        return None
    if data.startswith(_MISREAD) or data.count(sign) != block.lines * (width - 1):
        return None
    cells = _columns_by_polars(data, delimiter, width, block.lines)
    if cells is None:
        return None
    if has_returns:
        cells = cells.with_columns(pl.col(cells.columns[-1]).str.strip_suffix("\r"))
    at = pl.int_range(block.lines, dtype=pl.Int64, eager=True)
    return SplitBlock((Rows(at, at + block.first_line, cells),))


def _columns_by_polars(data: bytes, delimiter: str, width: int, lines: int) -> pl.DataFrame | None:
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
