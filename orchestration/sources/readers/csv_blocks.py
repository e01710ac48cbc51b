"""Whole blocks of separated values: every row of a block found at once, as columns of cells.

The ends of cells and rows are those outside quotes. They become two control characters that no
cell holds, the quotes go, and Polars splits what is left. Where a quote stands where none may, the
standard library's csv machine gets the block in one go; where that too would have to guess or to
refuse, there is no fast reading (None), and `delimited` looks row by row. All ways give the same
rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.sources.readers.lines import LineBlock

MAXIMUM_CELL = 8 * 1024 * 1024
_OPEN_LINES = 200
"""So many lines at the end of a block are looked through for the end of its last whole row."""
_MAXIMUM_WIDTHS = 60
"""A block with rows of more widths is looked through row by row."""
_CELL_END, _ROW_END = b"\x1f", b"\x1e"
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


def split(block: LineBlock, delimiter: str) -> SplitBlock | None:
    """The rows of a block."""
    data = block.data
    if b"\x00" in data:
        return None
    returns = _count(data, "\r")
    if returns and returns != data.count(b"\r\n"):
        return None
    head, rest = (block, None) if _count(data, '"') % 2 == 0 else _whole_rows(block)
    if head is None:
        return None
    groups = _by_marks(head, delimiter) or _by_csv_machine(head, delimiter)
    return None if groups is None else SplitBlock(groups, rest, _count(head.data, '"'))


def _count(data: bytes, sign: str) -> int:
    """How often a character stands in bytes; where it is frequent, sooner than `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(sign)))


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


def _by_csv_machine(head: LineBlock, delimiter: str) -> tuple[Rows, ...] | None:
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
    return grouped(rows, begins)


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


# -- by marks -------------------------------------------------------------------------------------
Places = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Marked:
    """A block whose ends of cells and rows are marks. data: its bytes; kept: which of them are
    content or marks; lengths, widths, lines: of each row its bytes with the end, its cells and its
    physical line; is_blank: rows without any cell."""

    data: npt.NDArray[np.uint8]
    kept: Mask
    lengths: Places
    widths: Places
    lines: Places
    is_blank: Mask

    def of_width(self, width: int) -> tuple[Mask, bytes]:
        """Which rows have so many cells, and their bytes."""
        chosen = (self.widths == width) & ~self.is_blank
        if chosen.all():
            return chosen, self.data[self.kept].tobytes()
        return chosen, self.data[self.kept & np.repeat(chosen, self.lengths)].tobytes()


def _by_marks(block: LineBlock, delimiter: str) -> tuple[Rows, ...] | None:
    sign = delimiter.encode()
    if len(sign) != 1 or _CELL_END in block.data or _ROW_END in block.data:
        return None
    marked = _marked(block, sign)
    if marked is None:
        return None
    at = np.cumsum(~marked.is_blank) - 1
    groups = []
    for width in np.unique(marked.widths[~marked.is_blank]).tolist():
        chosen, data = marked.of_width(width)
        cells = _columns_by_polars(data, width, int(chosen.sum()))
        if cells is None:
            return None
        groups.append(Rows(pl.Series(at[chosen]), pl.Series(marked.lines[chosen]), cells))
    return tuple(groups)


def _marked(block: LineBlock, sign: bytes) -> _Marked | None:
    """None where quotes are not where they may be, and where only the csv machine can tell what is
    a row."""
    data = np.frombuffer(block.data if block.data.endswith(b"\n") else block.data + b"\n", np.uint8)
    quotes, newlines = np.flatnonzero(data == ord('"')), np.flatnonzero(data == ord("\n"))
    if not _are_in_place(data, quotes, sign):
        return None
    is_end = _outside(newlines, quotes)
    ends = newlines[is_end]
    cell_ends = np.flatnonzero(data == ord(sign))
    cell_ends = cell_ends[_outside(cell_ends, quotes)]
    begins = np.concatenate([[0], ends[:-1] + 1])
    has_return = (ends > 0) & (data[ends - 1] == ord("\r"))
    is_blank = ends - has_return == begins
    widths = np.diff(np.searchsorted(cell_ends, ends), prepend=0) + 1
    is_lone = (widths == 1) & ~is_blank  # may be a pair of quotes, which Polars would not see
    if (is_lone.any() and len(quotes)) or len(np.unique(widths)) > _MAXIMUM_WIDTHS:
        return None
    if (ends - begins).max() > MAXIMUM_CELL:
        return None
    kept = np.ones(len(data), dtype=np.bool_)
    kept[quotes] = False
    kept[_doubled(quotes)] = True
    kept[ends[has_return] - 1] = False
    kept[ends[is_blank]] = False
    marked = data.copy()
    marked[cell_ends], marked[ends] = ord(_CELL_END), ord(_ROW_END)
    lines = block.first_line + np.concatenate([[0], np.flatnonzero(is_end)[:-1] + 1])
    return _Marked(marked, kept, ends - begins + 1, widths, lines, is_blank)


def _outside(places: Places, quotes: Places) -> Mask:
    """Which places no open quote precedes."""
    if not len(quotes):
        return np.ones(len(places), dtype=np.bool_)
    return np.asarray(np.searchsorted(quotes, places) % 2 == 0)


def _are_in_place(data: npt.NDArray[np.uint8], quotes: Places, sign: bytes) -> bool:
    """Whether quotes open only where a cell begins and close only where one ends; two of them
    within quotes, which stand for one, close and open again."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening == 0, ord("\n"), data[opening - 1])
    may_open = np.isin(before, np.frombuffer(sign + b'\n"', np.uint8))
    may_close = np.isin(data[closing + 1], np.frombuffer(sign + b'\r\n"', np.uint8))
    return bool(may_open.all() and may_close.all())


def _doubled(quotes: Places) -> Places:
    """Of two quotes within quotes the one that stays."""
    closing, opening = quotes[1:-1:2], quotes[2::2]
    return np.asarray(closing[opening == closing + 1])


def _columns_by_polars(data: bytes, width: int, rows: int) -> pl.DataFrame | None:
    """Columns of text; None where the bytes are not UTF-8 or may be taken for something else."""
    if data.startswith(_MISREAD):
        return None
    try:
        frame = pl.read_csv(
            io.BytesIO(data), has_header=False, separator=_CELL_END.decode(),
            eol_char=_ROW_END.decode(), quote_char=None, infer_schema=False,
            empty_string_is_null=False, new_columns=[str(place) for place in range(width)],
        )  # fmt: skip
    except pl.exceptions.PolarsError:
        return None
    return frame if frame.shape == (rows, width) else None
