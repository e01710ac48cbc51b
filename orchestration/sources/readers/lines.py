"""Physical lines of a byte stream, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

from orchestration.sources.rawfile import TrailingGarbageError

BLOCK_BYTES = 16 * 1024 * 1024
SMALL_BYTES = 16 * 1024
MAXIMUM_LINE_BYTES = 8 * 1024 * 1024
_ALL_BUT_MARKS = bytes(byte for byte in range(256) if byte not in b"[{\n")


@dataclass(frozen=True)
class LineBlock:
    """Complete physical lines. `first_line` counts from 1; `offset` is that of the first byte."""

    data: bytes
    first_line: int
    offset: int

    @cached_property
    def marks(self) -> bytes:
        """The opening brackets and line ends, in order, and nothing else."""
        return self.data.translate(None, _ALL_BUT_MARKS)

    @cached_property
    def newlines(self) -> int:
        known = self.__dict__.get("marks", self.data)  # far fewer bytes, where somebody asked
        return int(known.count(b"\n"))

    @property
    def lines(self) -> int:
        """Lines of the block; the last one may lack its newline."""
        return self.newlines + (not self.data.endswith(b"\n"))


@dataclass(frozen=True)
class LongLine:
    """A line beyond MAXIMUM_LINE_BYTES, skipped while streaming."""

    line_number: int
    length: int


@dataclass(frozen=True)
class BrokenStream:
    """The stream ended with an error after the lines given so far; `rest` is unterminated."""

    error: Exception
    line_number: int
    rest: bytes


def halves(block: LineBlock) -> list[LineBlock]:
    """Two blocks of whole lines that together are the given one, or itself where it is small or
    one line."""
    half = len(block.data) // 2
    middle = block.data.find(b"\n", half) + 1
    if middle in (0, len(block.data)):
        middle = block.data.rfind(b"\n", 0, half) + 1
    if len(block.data) <= SMALL_BYTES or middle == 0:
        return [block]
    first = LineBlock(block.data[:middle], block.first_line, block.offset)
    rest = block.data[middle:]
    return [first, LineBlock(rest, block.first_line + first.newlines, block.offset + middle)]


def line_blocks(stream: BinaryIO) -> Iterator[LineBlock | LongLine | BrokenStream]:
    """Cut a stream into blocks of whole lines; the last line may lack its newline."""
    line, offset, carry = 1, 0, b""
    while True:
        try:
            data = stream.read(BLOCK_BYTES)
        except TrailingGarbageError as error:
            # The last line is whole: what follows the stream's end is no part of it.
            if carry:
                yield LineBlock(carry, line, offset)
            yield BrokenStream(error, line + bool(carry), b"")
            return
        except (OSError, EOFError) as error:
            yield BrokenStream(error, line, carry)
            return
        if not data:
            break
        end = data.rfind(b"\n") + 1
        if end == 0:
            carry += data
            if len(carry) > MAXIMUM_LINE_BYTES:
                try:
                    skipped = _skip_line(stream, carry)
                except (OSError, EOFError) as error:
                    yield BrokenStream(error, line, b"")
                    return
                yield LongLine(line, skipped.length)
                line, offset = line + 1, offset + skipped.length
                whole = skipped.rest.rfind(b"\n") + 1
                carry = skipped.rest[whole:]
                if whole:
                    block = LineBlock(skipped.rest[:whole], line, offset)
                    yield block
                    line, offset = line + block.newlines, offset + whole
            continue
        # Joined in one step: every copy of a block costs as much as looking through it.
        block = LineBlock(b"".join((carry, memoryview(data)[:end])), line, offset)
        carry = data[end:]
        yield block
        line, offset = line + block.newlines, offset + len(block.data)
    if carry:
        yield LineBlock(carry, line, offset)


@dataclass(frozen=True)
class _Skipped:
    length: int
    rest: bytes


def _skip_line(stream: BinaryIO, begun: bytes) -> _Skipped:
    length = len(begun)
    while data := stream.read(BLOCK_BYTES):
        end = data.find(b"\n")
        if end >= 0:
            return _Skipped(length + end + 1, data[end + 1 :])
        length += len(data)
    return _Skipped(length, b"")
