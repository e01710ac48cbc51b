"""Files that are one record each: articles and other documents.

`split` turns the decoded text into records of named fields; most formats give one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import (
    FLAW,
    Found,
    Located,
    ReadOptions,
    Reject,
    noted,
    raw_frame,
    whole_content,
)

MAXIMUM_DOCUMENT = 64 * 1024 * 1024

Splitter = Callable[[bytes, RawFile, ReadOptions], Iterator[dict[str, str | None] | Reject]]
Spans = Callable[[bytes, ReadOptions], Sequence[tuple[int, int]] | None]
"""First byte of every record and the byte after its last; None where they cannot be told."""


@dataclass(frozen=True)
class WholeFile:
    """A document and the function that takes its records out. Records count from 1.

    spans: where each record of a document of several lies.
    """

    fields: Sequence[str]
    split: Splitter
    spans: Spans | None = None

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        notes: list[Reject] = []
        data = whole_content(file, notes, MAXIMUM_DOCUMENT)
        yield from notes
        if isinstance(data, Reject):
            yield data
            return
        if not data.strip():
            return
        rows: list[list[Any]] = []
        for number, record in enumerate(self.split(data, file, options), start=1):
            if isinstance(record, Reject):
                yield Reject(
                    record.reason, record.detail, record.record_number or number,
                    record.line_number, record.records, record.extent,
                )  # fmt: skip
            else:
                line = record.get("_line")
                values = [_without_nul(record.get(name)) for name in self.fields]
                rows.append([number, int(line) if line else None, *values])
                if flaw := record.get(FLAW):
                    yield noted(flaw, number)
        if rows:
            yield raw_frame(self.fields, rows)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        data = whole_content(file, [], MAXIMUM_DOCUMENT)
        if isinstance(data, Reject):
            return None
        for number, record in enumerate(self.split(data, file, options), start=1):
            if number == record_number and not isinstance(record, Reject):
                line = record.get("_line")
                spans = self.spans(data, options) if self.spans is not None else None
                first, end = spans[number - 1] if spans else (0, len(data))
                return Located(int(line) if line else 1, first, data[first:end])
        return None


def _without_nul(value: str | None) -> str | None:
    """Entities can spell a NUL (`&#0;`), which no column may hold; it is shown as U+FFFD."""
    return value.replace("\x00", "\ufffd") if value and "\x00" in value else value
