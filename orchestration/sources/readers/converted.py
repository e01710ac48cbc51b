"""Records of another reader, turned into a format's fields one by one.

For producers whose fields depend on each other: an address that falls back on another, a time
in one of two columns. What a function refuses, and markup that is not read, is a reject
with the record's place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from orchestration.cleaning.markup_limits import MarkupRefusedError
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import (
    LINE,
    RECORD,
    Found,
    Located,
    Reader,
    ReadOptions,
    Reject,
    raw_frame,
)

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Converted:
    """`convert` gets one raw record and gives its fields, or why it is refused."""

    inner: Reader
    fields: tuple[str, ...]
    convert: Callable[[Row], Row | Reject]

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        for found in self.inner.read(file, options):
            if isinstance(found, Reject):
                yield found
            else:
                yield from self._converted(found)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        return self.inner.locate(file, record_number, options)

    def _converted(self, frame: pl.DataFrame) -> Iterator[Found]:
        rows: list[list[Any]] = []
        for record in frame.iter_rows(named=True):
            number, line = record[RECORD], record[LINE]
            fields = self._fields(record)
            if isinstance(fields, Reject):
                yield replace(fields, record_number=number, line_number=line)
            else:
                rows.append([number, line, *[fields.get(name) for name in self.fields]])
        if rows:
            yield raw_frame(self.fields, rows)

    def _fields(self, record: Row) -> Row | Reject:
        try:
            return self.convert(record)
        except MarkupRefusedError as error:
            return Reject(error.reason, str(error))
