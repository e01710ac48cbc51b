"""CSV whose damage must stay where it is: rows found again line by line.

In files with unescaped quotes, commas and newlines, a plain CSV reader lets one open quote
swallow the good rows behind it, and one bad byte refuses the whole file. Here a row is a run of
physical lines that parses, quotes closed, to the header's width; a line that is a whole row by
itself ends whatever was open before it. Every physical line becomes part of a row or one reject.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    raw_frame,
    truncation,
)
from orchestration.sources.readers.json_lines import long_line
from orchestration.sources.readers.lines import (
    MAXIMUM_LINE_BYTES,
    BrokenStream,
    LineBlock,
    LongLine,
    line_blocks,
)

BATCH_ROWS = 50_000
MAXIMUM_LINES = 60
"""A quoted cell may run over this many lines; then the quote was never meant to be open."""


_OPEN = "open_quote"
_ERRORS = (
    ("unexpected end of data", _OPEN),
    ("expected after", "broken_quotes"),
    ("field larger", "cell_too_long"),
)
"""What the csv machine says, and what it means here."""


class Row(NamedTuple):
    """Cells of one row and the physical lines it runs over."""

    first_line: int
    last_line: int
    cells: Sequence[str]


class _Line(NamedTuple):
    number: int
    text: str


@dataclass(frozen=True)
class LineRows:
    """Comma-separated rows under a header, in bounded memory.

    anchor: a column and the pattern its cells begin with; it tells a whole row from a piece of
    text that happens to have as many commas. The record number is the row's physical line.
    """

    fields: tuple[str, ...]
    anchor: tuple[str, str]

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        rows: list[list[Any]] = []
        header: list[str] = []
        places: list[int | None] = []
        for found in self._rows(file, options, header):
            if isinstance(found, Reject):
                yield found
                continue
            places = places or [
                header.index(name) if name in header else None for name in self.fields
            ]
            cells = [None if place is None else found.cells[place] for place in places]
            rows.append([found.first_line, found.first_line, *cells])
            if len(rows) >= BATCH_ROWS:
                yield raw_frame(self.fields, rows)
                rows = []
        if rows:
            yield raw_frame(self.fields, rows)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        for found in self._rows(file, options, []):
            if isinstance(found, Row) and found.first_line == record_number:
                return _bytes_of(file, found)
        return None

    def _rows(
        self, file: RawFile, options: ReadOptions, header: list[str]
    ) -> Iterator[Row | Reject]:
        """Rows and rejects in order; the header is written into `header` first."""
        assembler: _Assembler | None = None
        last = 0
        csv.field_size_limit(MAXIMUM_LINE_BYTES)
        try:
            with file.open() as stream:
                for part in line_blocks(stream):
                    if isinstance(part, LongLine):
                        yield long_line(part)
                        continue
                    if isinstance(part, BrokenStream):
                        yield truncation(part.error, part.line_number - 1, part.line_number)
                        continue
                    last = part.first_line + part.data.count(b"\n") - 1
                    for line in _decoded(part, options.encoding or "utf-8"):
                        if isinstance(line, Reject):
                            yield line
                        elif assembler is None:
                            if line.text.strip():
                                header += _names(line.text)
                                refusal, assembler = self._start(header)
                                if refusal is not None:
                                    yield refusal
                        else:
                            yield from assembler.feed(line)
        except DecompressionBombError as error:
            yield Reject("decompression_bomb", str(error), extent="file")
        except (OSError, EOFError) as error:
            yield truncation(error, last, last + 1)
        if assembler is not None:
            yield from assembler.finish()

    def _start(self, header: list[str]) -> tuple[Reject | None, _Assembler]:
        column, pattern = self.anchor
        absent = [name for name in self.fields if name not in header]
        place = header.index(column) if column in header else -1
        refusal = None
        if absent:
            refusal = Reject(
                "missing_column",
                f"the header has no column {', '.join(absent)}",
                line_number=1,
                records=0,
                extent="file",
            )
        return refusal, _Assembler(len(header), place, re.compile(pattern))


@dataclass
class _Assembler:
    """Turns lines into rows; `open` are the lines of a row whose quote is not closed yet."""

    width: int
    anchor: int
    pattern: re.Pattern[str]
    open: list[_Line] = field(default_factory=list)

    def feed(self, line: _Line) -> Iterator[Row | Reject]:
        """What is known once this line has been seen."""
        if not self.open and '"' not in line.text:
            cells = line.text.split(",")
            if len(cells) == self.width:
                yield Row(line.number, line.number, cells)
                return
        waiting = deque((line,))
        while waiting:
            current = waiting.popleft()
            outcome = self._take(current)
            if isinstance(outcome, Row) and not (
                self.open and outcome.first_line == current.number
            ):
                self.open = []
                yield outcome
            elif isinstance(outcome, Row):
                # A whole row by itself: what was open before it never was a row.
                yield self._drop(waiting, current)
            elif outcome is not None:
                self.open.append(current)
                yield self._drop(waiting, None, outcome)

    def finish(self) -> Iterator[Row | Reject]:
        """What is still open at the end of the file is no row."""
        while self.open:
            waiting: deque[_Line] = deque()
            yield self._drop(waiting, None)
            for line in waiting:
                yield from self.feed(line)

    def _take(self, line: _Line) -> Row | str | None:
        """A row, why the open lines are none, or None while their quote is open."""
        if not self.open and not line.text.strip():
            return None
        outcome = self._judge((line,))
        if self.open:
            if isinstance(outcome, Row) and self._is_anchored(outcome):
                return outcome
            if len(self.open) >= MAXIMUM_LINES:
                return "unclosed_quote"
            outcome = self._judge((*self.open, line)) if '"' in line.text else _OPEN
        if outcome == _OPEN:
            self.open.append(line)
            return None
        return outcome

    def _is_anchored(self, row: Row) -> bool:
        return self.anchor >= 0 and self.pattern.match(row.cells[self.anchor]) is not None

    def _judge(self, lines: Sequence[_Line]) -> Row | str:
        """The row that the lines make, _OPEN, or why they make none."""
        text = "\n".join(line.text for line in lines)
        if '"' not in text:
            cells = text.split(",")
        else:
            try:
                cells = next(csv.reader([text], strict=True))
            except csv.Error as error:
                return next((why for words, why in _ERRORS if words in str(error)), "broken_row")
        if len(cells) != self.width:
            return "ragged_row"
        return Row(lines[0].number, lines[-1].number, cells)

    def _drop(
        self, waiting: deque[_Line], current: _Line | None, reason: str = "unclosed_quote"
    ) -> Reject:
        """Reject the first open line; the lines behind it are looked at again on their own."""
        first, *rest = self.open
        self.open = []
        waiting.extendleft(reversed([*rest, *([current] if current else [])]))
        return Reject(
            reason,
            f"the line is no row of {self.width} cells, nor part of one",
            first.number,
            first.number,
        )


def _decoded(block: LineBlock, encoding: str) -> Iterator[_Line | Reject]:
    """Lines as text without their ends; a line that is not in the encoding is a reject."""
    data = block.data.removeprefix(b"\xef\xbb\xbf") if block.first_line == 1 else block.data
    for number, raw in enumerate(data.removesuffix(b"\n").split(b"\n"), block.first_line):
        try:
            text = raw.decode(encoding).removesuffix("\r")
        except UnicodeDecodeError as error:
            yield Reject(
                "encoding", f"byte {error.start} of the line is not {encoding}", number, number
            )
            continue
        if "\x00" in text:
            yield Reject("control_character", "a NUL stands in the line", number, number)
        else:
            yield _Line(number, text)


def _names(header: str) -> list[str]:
    return [name.strip() for name in next(csv.reader([header]))]


def _bytes_of(file: RawFile, row: Row) -> Located:
    """The bytes of the row's lines."""
    pieces: list[bytes] = []
    offset = 0
    with file.open() as stream:
        for part in line_blocks(stream):
            if not isinstance(part, LineBlock):
                continue
            begin = part.offset
            for number, raw in enumerate(part.data.split(b"\n"), part.first_line):
                if number == row.first_line and not pieces:
                    offset = begin
                if row.first_line <= number <= row.last_line and begin < part.offset + len(
                    part.data
                ):
                    pieces.append(raw)
                begin += len(raw) + 1
    return Located(row.first_line, offset, b"\n".join(pieces).rstrip(b"\r"))
