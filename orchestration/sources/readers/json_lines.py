"""JSON Lines: a fast path that proves itself block by block, and a careful path.

The fast path hands a block to Polars and accepts the result only when it has one row per
line, every key that is read stands as often as values came out, and the block holds nothing
Polars is known to damage silently: NUL, surrogate escapes, deep nesting, and numbers it writes
anew (4.9e15 comes out as 4900000000000000, an id that nobody ever wrote). Any other block is
parsed line by line with `strict_json`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import (
    LINE,
    RECORD,
    Found,
    Located,
    ReadOptions,
    Reject,
    flatten,
    raw_frame,
    truncation,
)
from orchestration.sources.readers.lines import (
    MAXIMUM_LINE_BYTES,
    BrokenStream,
    LineBlock,
    LongLine,
    line_blocks,
)

_DAMAGED_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line. `fields` are dotted paths into the object.

    The record number is the physical line, so that blank lines do not shift it.
    """

    fields: tuple[str, ...]

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        del options  # JSON is UTF-8 by definition
        last = 0
        try:
            with file.open() as stream:
                for part in line_blocks(stream):
                    if isinstance(part, LineBlock):
                        yield from self._read_block(part)
                        last = part.first_line + part.data.count(b"\n") - 1
                    elif isinstance(part, LongLine):
                        yield _long_line(part)
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

    def _read_block(self, block: LineBlock) -> Iterator[Found]:
        frame = self._read_fast(block)
        if frame is not None:
            yield frame
        else:
            yield from self._read_carefully(block)

    def _read_fast(self, block: LineBlock) -> pl.DataFrame | None:
        rows = block.data.count(b"\n") + (not block.data.endswith(b"\n"))
        if _may_be_damaged(block.data) or _may_be_too_deep(block.data):
            return None
        if self._may_be_rewritten(block.data):
            return None
        try:
            nested = pl.read_ndjson(io.BytesIO(block.data), schema=_nested_schema(self.fields))
        except (pl.exceptions.PolarsError, OverflowError):
            return None
        if nested.height != rows:
            return None
        numbers = pl.int_range(block.first_line, block.first_line + rows, dtype=pl.Int64)
        frame = nested.select(
            numbers.alias(RECORD),
            numbers.alias(LINE),
            *[_leaf(name).alias(name) for name in self.fields],
        )
        return frame if self._is_every_key_accounted_for(block.data, frame) else None

    def _is_every_key_accounted_for(self, data: bytes, frame: pl.DataFrame) -> bool:
        """No key that is read stands more often in the bytes than values or nulls came out."""
        if b'" :' in data:
            return False
        for leaf in self._leaves:
            values = sum(
                frame.height - frame[name].null_count()
                for name in self.fields
                if name.rsplit(".", 1)[-1] == leaf
            )
            key = b'"' + leaf.encode() + b'":'
            stands = data.count(key)
            if stands != values and stands != values + data.count(key + b"null") + data.count(
                key + b" null"
            ):
                return False
        return True

    def _may_be_rewritten(self, data: bytes) -> bool:
        """Whether a key that is read has a number that is no plain integer, or an object or a
        list of anything but strings: Polars does not keep how those were written."""
        try:
            text = pl.Series([data.decode()])
        except UnicodeDecodeError:
            return True
        return bool(text.str.contains(self._rewritten)[0])

    @cached_property
    def _rewritten(self) -> str:
        keys = "|".join(re.escape(leaf) for leaf in sorted(self._leaves))
        strings = r'(?:"(?:[^"\\]|\\.)*"\s*,\s*)*'
        return (
            rf'"(?:{keys})"\s*:\s*'
            rf'(?:-?[0-9]+[.eE]|-0|\{{|\[\s*{strings}[^\s"\]])'
        )

    @property
    def _leaves(self) -> frozenset[str]:
        return frozenset(name.rsplit(".", 1)[-1] for name in self.fields)

    def _read_carefully(self, block: LineBlock) -> Iterator[Found]:
        rows: list[list[Any]] = []
        watched = frozenset(part for name in self.fields for part in name.split("."))
        for number, line in enumerate(block.data.split(b"\n"), start=block.first_line):
            if not line.strip():
                continue
            outcome = parse_line(line, number, watched)
            if isinstance(outcome, Reject):
                yield outcome
            else:
                rows.append([number, number, *flatten(outcome, self.fields)])
        if rows:
            yield raw_frame(self.fields, rows)

    def _read_rest(self, broken: BrokenStream) -> Iterator[Found]:
        """What follows the last whole line of a broken stream is never trusted."""
        yield truncation(broken.error, broken.line_number - 1, broken.line_number)


def parse_line(line: bytes, number: int, watched: frozenset[str]) -> dict[str, Any] | Reject:
    """One line carefully parsed, or the reject that names it; `watched` keys stand once."""
    if len(line) > MAXIMUM_LINE_BYTES:
        return _long_line(LongLine(number, len(line)))
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        value = strict_json.parse(text, watched)
    except UnicodeDecodeError as error:
        return Reject("encoding", f"byte {error.start} of the line is not UTF-8", number, number)
    except strict_json.JsonProblemError as problem:
        return Reject(problem.reason, problem.detail, number, number)
    if not isinstance(value, dict):
        return Reject("not_an_object", "the line is JSON but not an object", number, number)
    return value


def _may_be_damaged(data: bytes) -> bool:
    """Whether the block holds what Polars changes or drops without a word."""
    if b"\x00" in data or b"\xef\xbb\xbf" in data:
        return True
    return b"\\u" in data and _DAMAGED_ESCAPE.search(data) is not None


def _may_be_too_deep(data: bytes) -> bool:
    """Whether any line has more brackets than the depth that is allowed."""
    limit = strict_json.MAXIMUM_DEPTH
    return any(line.count(b"[") + line.count(b"{") > limit for line in data.split(b"\n"))


def _long_line(line: LongLine) -> Reject:
    return Reject(
        "line_too_long",
        f"the line has {line.length} bytes; at most {MAXIMUM_LINE_BYTES} are read",
        line.line_number,
        line.line_number,
    )


def _nested_schema(fields: tuple[str, ...]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name in fields:
        *parents, leaf = name.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = pl.String()

    def to_type(node: Any) -> Any:
        if isinstance(node, dict):
            return pl.Struct({name: to_type(child) for name, child in node.items()})
        return node

    return {name: to_type(child) for name, child in tree.items()}


def _leaf(name: str) -> pl.Expr:
    first, *rest = name.split(".")
    expression = pl.col(first)
    for part in rest:
        expression = expression.struct.field(part)
    return expression
