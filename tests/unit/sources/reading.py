"""A file written, read through a format and cleaned, without intake or warehouse.

It is NOW, 2024-08-20 12:00 UTC, in here: a fixture with a later time is refused as `future_time`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from orchestration.cleaning import engine, times
from orchestration.cleaning.fields import (
    OBSERVED_AT,
    OBSERVED_AT_PROBLEM,
    OBSERVED_AT_SOURCE,
    OBSERVED_AT_TEXT,
    Context,
)
from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import REPAIR_SCHEMA
from orchestration.sources.formats.base import Format, FromModificationTime, FromRecord
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import LINE, RECORD, ReadOptions, Reject

NOW = datetime(2024, 8, 20, 12, tzinfo=UTC)
MODIFIED = datetime(2024, 8, 18, 1, 30, tzinfo=UTC)
KEY = "0" * 64


@dataclass(frozen=True)
class Outcome:
    """What became of one file. is_used, people: as in engine.Cleaned."""

    tables: dict[str, pl.DataFrame]
    problems: pl.DataFrame
    rejects: list[Reject]
    repairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REPAIR_SCHEMA))
    is_used: pl.Series = field(default_factory=pl.Series)
    people: pl.DataFrame = field(default_factory=pl.DataFrame)

    def only(self, table: str) -> dict[str, object]:
        """The single row of a table."""
        (row,) = self.tables[table].to_dicts()
        return row

    @property
    def reasons(self) -> list[str]:
        """Reasons of rejects and problems, in the order found."""
        return [reject.reason for reject in self.rejects] + self.problems["reason"].to_list()


def raw_file(folder: Path, name: str, content: bytes | str) -> RawFile:
    """A delivery of these bytes."""
    data = content.encode() if isinstance(content, str) else content
    blob = folder / name
    blob.parent.mkdir(parents=True, exist_ok=True)
    blob.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    return RawFile(
        file_id=digest[:16], sha256=digest, path=f"test/{name}", size=len(data),
        modified_at=MODIFIED, archived_at=NOW, source_name="test", blob=blob,
    )  # fmt: skip


def clean(
    form: Format,
    file: RawFile,
    *,
    zone: str | None = None,
    encoding: str | None = None,
    door: Door | None = None,
    declared: engine.DeclaredAccount | None = None,
) -> Outcome:
    """Read a file through a format and clean what it holds. zone: as declared, if it is."""
    is_zone_declared, zone = zone is not None, zone or "Asia/Shanghai"
    found = list(form.reader.read(file, ReadOptions(encoding)))
    rejects = [item for item in found if isinstance(item, Reject)]
    frames = [item for item in found if isinstance(item, pl.DataFrame)]
    facts = form.facts(file, zone)
    if isinstance(facts, Reject):
        return Outcome({}, pl.DataFrame(schema={"reason": pl.String}), [*rejects, facts])
    if not frames:
        return Outcome({}, pl.DataFrame(schema={"reason": pl.String}), rejects)
    raw = pl.concat(frames).rename({RECORD: "record_number"}).drop(LINE)
    seen = pl.repeat(MODIFIED, raw.height, dtype=times.INSTANT, eager=True)
    if isinstance(answer := form.observation[0], FromRecord):
        said = times.parse_instants(raw[answer.column], answer.zone or zone, pattern=answer.pattern)
        seen = said.at
        if FromModificationTime() in form.observation:
            seen = seen.set(said.problem.is_null() & seen.is_null(), MODIFIED)
        raw = raw.with_columns(
            said.problem.alias(OBSERVED_AT_PROBLEM), raw[answer.column].alias(OBSERVED_AT_TEXT)
        )
    raw = raw.with_columns(
        seen.alias(OBSERVED_AT),
        pl.lit("file_mtime").alias(OBSERVED_AT_SOURCE),
        *[pl.lit(value).alias(name) for name, value in facts.items()],
        source_name=pl.lit(file.source_name),
        file_id=pl.lit(file.file_id),
        file_sha256=pl.lit(file.sha256),
    )
    context = Context(file.source_name, form.platform, zone, NOW, is_zone_declared=is_zone_declared)
    cleaned = engine.clean_batch(raw, form.mappings, context, door or Door(KEY), declared)
    return Outcome(
        cleaned.tables, cleaned.problems, rejects, cleaned.repairs, cleaned.is_used, cleaned.people
    )
