"""The fast path of JSON Lines: DuckDB's parser on a block of lines, accepted only when proven.

DuckDB refuses by itself what is no JSON, is not UTF-8, has a key that is read twice in an object,
a lone surrogate or a value of another shape; then the block has no fast reading. What it would
accept or change without a word is looked for in the bytes before (NUL, deep nesting, keys with
dots) and in the outcome after (one row a line, no row without any value, no NaN, no object read
whole). A number with a fraction or exponent comes out as Python's `repr(float)`, on both paths.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any, BinaryIO

import polars as pl

from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import LINE, RECORD
from orchestration.sources.readers.lines import LineBlock

_LONGEST_LINE = 1024 * 1024
"""Longer ones are rare, and DuckDB reserves twice as much for every block."""
_LONGEST_NO_NUMBER = 10
_NO_NUMBERS = ("nan", "inf", "infinity", "-nan", "-inf", "-infinity")
_MARKED = r"^[-\[{nNiI]"
"""How objects, lists and numbers that are none begin."""
_STRING = r'"(?:[^"\\]|\\.)*"'


class FastJson:
    """Reads blocks of JSON lines into raw frames of the given dotted fields.

    One instance serves one file.
    """

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._dotted = tuple(name for name in fields if "." in name)

    def read(self, block: LineBlock) -> pl.DataFrame | None:
        """The block as a raw frame, or None where the careful path has to decide."""
        if _is_suspicious(block):
            return None
        rows = block.lines
        found = self._parse(block.data)
        if found is None or found.height != rows or self._has_dotted_key(found):
            return None
        if _has_empty_row(found):
            return None
        numbers = pl.int_range(block.first_line, block.first_line + rows, dtype=pl.Int64)
        frame = found.select(numbers.alias(RECORD), numbers.alias(LINE), *self._leaves)
        return None if _needs_care(frame.select(self._fields)) else frame

    def _parse(self, data: bytes) -> pl.DataFrame | None:
        import duckdb

        with _as_file(data) as path:
            try:
                table = self._connection.execute(self._query, [path]).to_arrow_table()
            except duckdb.Error:
                return None
        if any(_has_nul(column) for column in table.columns):
            return None
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _has_dotted_key(self, found: pl.DataFrame) -> bool:
        """A key that has a dot in it itself: what it stands for, the careful path decides."""
        return any(found[name].null_count() < found.height for name in self._dotted)

    @cached_property
    def _connection(self) -> Any:
        return _database().cursor()

    @cached_property
    def _query(self) -> str:
        columns = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in self._schema())
        return (
            f"select * from read_json($1, columns = {{{columns}}}, "
            "format = 'newline_delimited', compression = 'uncompressed', "
            f"maximum_object_size = {_LONGEST_LINE})"
        )

    def _schema(self) -> list[tuple[str, str]]:
        """Top-level keys and their DuckDB types: text, or structs of text."""
        tree: dict[str, Any] = {}
        for name in self._fields:
            *parents, leaf = name.split(".")
            node = tree
            for parent in parents:
                node = node.setdefault(parent, {})
            node[leaf] = None
        nested = [(name, _type(child)) for name, child in tree.items()]
        return nested + [(name, "VARCHAR") for name in self._dotted]

    @property
    def _leaves(self) -> Iterator[pl.Expr]:
        for name in self._fields:
            first, *rest = name.split(".")
            leaf = pl.col(first)
            for part in rest:
                leaf = leaf.struct.field(part)
            yield leaf.alias(name)


@cache
def _database() -> Any:
    """One in-memory DuckDB for all files: opening one costs more than reading a small file."""
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("set threads = 1")  # a block is too small to be worth sharing
    connection.execute("set memory_limit = '256MB'")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set enable_external_file_cache = false")  # one path, many contents
    return connection


def _is_suspicious(block: LineBlock) -> bool:
    """Whether a block holds what DuckDB accepts and the careful path refuses."""
    if b"\x00" in block.data or block.data.startswith(b"\xef\xbb\xbf"):
        return True
    return _may_be_too_deep(block)


def _has_nul(column: Any) -> bool:
    """Whether a NUL stands in any text of an Arrow column, however deep in structs: it can only
    have been written as an escape."""
    import pyarrow as pa

    if pa.types.is_struct(column.type):
        return any(_has_nul(child) for child in column.flatten())
    return any(_holds_nul(chunk.buffers()[-1]) for chunk in column.chunks)


def _holds_nul(texts: Any) -> bool:
    """Whether a NUL stands in the bytes of all texts of an Arrow array; None: it has no text."""
    import numpy as np

    return texts is not None and texts.size > 0 and np.frombuffer(texts, dtype=np.uint8).min() == 0


def _has_empty_row(frame: pl.DataFrame) -> bool:
    """A line `null` comes out as a row of NULLs; so does an object without any field."""
    if any(count == 0 for count in frame.null_count().row(0)):
        return False
    return bool(frame.select(pl.all_horizontal(pl.all().is_null()).any()).item())


def _needs_care(frame: pl.DataFrame) -> bool:
    """Whether a value is an object read whole (what stands twice inside it would be kept), or may
    be a number that is none."""
    extremes = frame.select(pl.all().min().name.prefix("<"), pl.all().max().name.prefix(">")).row(
        0, named=True
    )
    return any(
        _may_need_care(extremes["<" + name], extremes[">" + name])
        and _value_needs_care(frame[name])
        for name in frame.columns
    )


def _may_need_care(first: str | None, last: str | None) -> bool:
    """Objects, lists and words sort behind every digit, and minus signs before."""
    return first is not None and last is not None and (last >= "I" or first < "/")


def _value_needs_care(values: pl.Series) -> bool:
    marked = values.filter(values.str.contains(_MARKED))
    if marked.is_empty():
        return False
    short = marked.filter(marked.str.len_bytes() < _LONGEST_NO_NUMBER)
    if short.str.to_lowercase().is_in(_NO_NUMBERS).any():
        return True
    if marked.str.starts_with("{").any() or marked.str.contains("\\u0000", literal=True).any():
        return True
    return _has_strange_list(marked)


def _has_strange_list(values: pl.Series) -> bool:
    """Lists that hold an object, a number that is none, or a fraction, which DuckDB prints by rules
    of its own (1e+16 as 10000000000000000.0)."""
    lists = values.filter(values.str.starts_with("["))
    bare = lists.str.replace_all(_STRING, "")
    return bool(bare.str.contains(r"(?i)[0-9][.e]|\{|nan|inf").any())


def _type(node: dict[str, Any] | None) -> str:
    if node is None:
        return "VARCHAR"
    return f"STRUCT({', '.join(f'{_name(key)} {_type(child)}' for key, child in node.items())})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _may_be_too_deep(block: LineBlock) -> bool:
    """Whether any line has more brackets than the depth that is allowed."""
    import numpy as np

    marks = np.frombuffer(block.marks, dtype=np.uint8)
    line_ends = np.flatnonzero(marks == ord("\n"))
    openers = np.diff(line_ends, prepend=-1, append=len(marks)) - 1
    return bool(openers.max() > strict_json.MAXIMUM_DEPTH)


@contextmanager
def _as_file(data: bytes) -> Iterator[str]:
    """The bytes under a path that DuckDB can open: in memory where the system offers that."""
    if hasattr(os, "memfd_create"):
        file = _memory_file()
        file.seek(0)
        file.write(data)
        file.truncate()
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as named:
        named.write(data)
        named.flush()
        yield named.name


@cache
def _memory_file() -> BinaryIO:
    """One for all blocks: its memory is written over, not asked for anew with every block."""
    return os.fdopen(os.memfd_create("block"), "wb")
