"""JSON Lines: a fast path that proves itself block by block, and a careful path.

A block that the fast path (`fast_json`) cannot prove is halved until what remains is small, and
that is parsed line by line with `strict_json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    flatten,
    raw_frame,
    truncation,
)
from orchestration.sources.readers.fast_json import FastJson
from orchestration.sources.readers.lines import (
    MAXIMUM_LINE_BYTES,
    SMALL_BYTES,
    BrokenStream,
    LineBlock,
    LongLine,
    halves,
    line_blocks,
)

_BLANKS = " \t\r\n\x0b\x0c"
"""What both ways of reading overlook around an object."""


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line. `fields` are dotted paths into the object.

    The record number is the physical line, so that blank lines do not shift it.
    """

    fields: tuple[str, ...]

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        del options  # JSON is UTF-8 by definition
        last, fast = 0, FastJson(self.fields)
        try:
            with file.open() as stream:
                for part in line_blocks(stream):
                    if isinstance(part, LineBlock):
                        yield from self._read_block(fast, part)
                        last = part.first_line + part.newlines - 1
                    elif isinstance(part, LongLine):
                        yield long_line(part)
                    else:
                        yield from self._read_rest(part)
        except DecompressionBombError as error:
            yield Reject("decompression_bomb", str(error), extent="file")
        except (OSError, EOFError) as error:
            yield truncation(error, last, last + 1)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        del options
        with file.open() as stream:
            for part in line_blocks(stream):
                if not isinstance(part, LineBlock):
                    continue
                lines = part.data.splitlines(keepends=True)
                index = record_number - part.first_line
                if 0 <= index < len(lines):
                    offset = part.offset + sum(len(line) for line in lines[:index])
                    return Located(record_number, offset, lines[index].rstrip(b"\r\n"))
        return None

    def _read_block(self, fast: FastJson, block: LineBlock) -> Iterator[Found]:
        frame = None if len(block.data) <= SMALL_BYTES else fast.read(block)
        if frame is not None:
            yield frame
            return
        parts = halves(block)
        if len(parts) == 1:
            yield from self._read_carefully(block)
        else:
            for part in parts:
                yield from self._read_block(fast, part)

    def _read_carefully(self, block: LineBlock) -> Iterator[Found]:
        rows: list[list[Any]] = []
        for number, line in enumerate(block.data.split(b"\n"), start=block.first_line):
            if not line.strip():
                continue
            outcome = parse_line(line, number, self.fields)
            if isinstance(outcome, Reject):
                yield outcome
            else:
                rows.append([number, number, *flatten(outcome, self.fields)])
        if rows:
            yield raw_frame(self.fields, rows)

    def _read_rest(self, broken: BrokenStream) -> Iterator[Found]:
        """What follows the last whole line of a broken stream is never trusted."""
        yield truncation(broken.error, broken.line_number - 1, broken.line_number)


def parse_line(line: bytes, number: int, read: Sequence[str]) -> dict[str, Any] | Reject:
    """One line carefully parsed, or the reject that names it. read: dotted paths of the fields."""
    if len(line) > MAXIMUM_LINE_BYTES:
        return long_line(LongLine(number, len(line)))
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        value = strict_json.parse(text.strip(_BLANKS), read)
    except UnicodeDecodeError as error:
        return Reject("encoding", f"byte {error.start} of the line is not UTF-8", number, number)
    except strict_json.JsonProblemError as problem:
        return Reject(problem.reason, problem.detail, number, number)
    if not isinstance(value, dict):
        return Reject("not_an_object", "the line is JSON but not an object", number, number)
    return value


def long_line(line: LongLine) -> Reject:
    """The reject for a line that is too long to be read."""
    return Reject(
        "line_too_long",
        f"the line has {line.length} bytes; at most {MAXIMUM_LINE_BYTES} are read",
        line.line_number,
        line.line_number,
    )
