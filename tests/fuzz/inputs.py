"""What the targets share: deliveries that live in memory, and the account every reader owes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import RECORD, Reader, ReadOptions, Reject, raw_schema

WHEN = datetime(2026, 7, 1, tzinfo=UTC)


@dataclass(frozen=True)
class MemoryFile(RawFile):
    """A delivery whose bytes stand in memory."""

    content: bytes = b""

    @contextmanager
    def open_raw(self) -> Iterator[BinaryIO]:
        yield io.BytesIO(self.content)


def memory_file(name: str, content: bytes) -> MemoryFile:
    """A delivery of these bytes under this name."""
    return MemoryFile(
        "f" * 16, "0" * 64, name, len(content), WHEN, WHEN, "source", Path("unused"),
        content=content,
    )  # fmt: skip


def read_all(
    reader: Reader, file: RawFile, fields: tuple[str, ...] | None, encoding: str | None = None
) -> tuple[list[pl.DataFrame], list[Reject]]:
    """Frames and rejects of a file, checked for shape: known columns, records numbered once,
    reason codes in snake case, and never a NUL in a value."""
    found = list(reader.read(file, ReadOptions(encoding)))
    frames = [item for item in found if isinstance(item, pl.DataFrame)]
    rejects = [item for item in found if isinstance(item, Reject)]
    numbers: list[int] = []
    for frame in frames:
        if fields is not None:
            assert dict(frame.schema) == raw_schema(fields), frame.schema
        assert frame.height, "an empty frame"
        numbers += frame[RECORD].to_list()
        for name in frame.columns[2:]:
            assert not frame[name].str.contains("\x00", literal=True).any(), name
    numbers += [r.record_number for r in rejects if r.extent == "record" and r.record_number]
    assert len(numbers) == len(set(numbers)), "a record stands twice"
    for reject in rejects:
        assert reject.reason.replace("_", "").isalnum(), reject.reason
        assert reject.reason == reject.reason.lower(), reject.reason
        assert reject.detail, reject
        assert reject.records >= 0, reject
    return frames, rejects


def texts_of(data: bytes, most: int = 24) -> list[str]:
    """Lines of an input as the values of a column."""
    return data.decode("utf-8", "replace").split("\n")[:most]
