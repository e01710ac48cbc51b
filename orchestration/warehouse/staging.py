"""Cleaned rows on their way to lake and core: Parquet by table and local day.

What is written here is what the lake holds: a day that only one batch touches is placed in the
lake as it is. Of the sightings of one and the same version of something only the earliest is
staged, as core keeps it; that every sighting was counted is the intake's to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.clock import SHANGHAI
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import FILE_DAYS, TABLES, Table

ROWS_AT_ONCE = 120_000
"""Rows of a table that are kept in memory before they are written."""
VERSIONS_KNOWN = 4_000_000
"""Versions remembered while a batch is read, to leave out their repeated sightings."""
KEYS_KNOWN = 20_000_000
"""Rows of a table whose keys are compared while a batch is read; of more, the load compares."""
UNDATED = "__HIVE_DEFAULT_PARTITION__"
_DAY = "_day"


@dataclass(frozen=True)
class Staged:
    """What one batch brings. core: table name to its folder of `observed_date=…/*.parquet`;
    distinct: tables in which no two staged rows share a key; notes: quarantine and repairs, a glob
    each; days: the local days on which each file saw anything."""

    folder: Path
    core: dict[str, Path]
    distinct: frozenset[str]
    notes: dict[str, Path]
    days: pl.DataFrame

    def parts(self, table: Table) -> str:
        """Glob of a core table's staged files."""
        return str(self.core[table.name] / "*" / "*.parquet")


@dataclass
class _Waiting:
    """Rows of one table that are not written yet."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0
    parts: int = 0
    keys: list[pl.Series] | None = field(default_factory=list)

    def note_keys(self, hashes: pl.Series) -> None:
        """Remember the keys of rows, as long as they are few enough."""
        if self.keys is None:
            return
        self.keys.append(hashes)
        if sum(map(len, self.keys)) > KEYS_KNOWN:
            self.keys = None

    def has_distinct_keys(self) -> bool:
        """Whether no two rows share a key, as far as hashes were kept: equal ones prove nothing,
        different ones do."""
        if self.keys is None:
            return False
        hashes = pl.concat(self.keys)
        return hashes.n_unique() == len(hashes)


class Staging:
    """Takes cleaned frames and writes them below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[str, _Waiting] = {}
        self._versions: dict[str, _Versions] = {}
        self._days: list[pl.DataFrame] = []

    def append(self, name: str, frame: pl.DataFrame) -> None:
        """Add rows of a core table, of `quarantine` or of `repairs`."""
        if frame.is_empty():
            return
        table = TABLES.get(f"core.{name}")
        waiting = self._waiting.setdefault(name, _Waiting())
        if table is not None:
            self._note_days(table, frame)
            keys = frame.select(table.key).hash_rows(seed=2)
            is_first = self._is_first_sighting(table, frame, keys)
            if not is_first.all():
                frame, keys = frame.filter(is_first), keys.filter(is_first)
            frame = _compact(frame)
            waiting.note_keys(keys)
        waiting.frames.append(frame)
        waiting.rows += frame.height
        if waiting.rows >= ROWS_AT_ONCE:
            self._write(name, waiting)

    def close(self) -> Staged:
        """Write what is left."""
        for name, waiting in self._waiting.items():
            self._write(name, waiting)
        names = [name for name, waiting in self._waiting.items() if waiting.parts]
        core = {n: self.folder / n for n in names if f"core.{n}" in TABLES}
        notes = {n: self.folder / n / "*.parquet" for n in names if n not in core}
        distinct = frozenset(n for n in core if self._waiting[n].has_distinct_keys())
        schema = polars_schema(FILE_DAYS)
        days = pl.concat(self._days).unique() if self._days else pl.DataFrame(schema=schema)
        return Staged(self.folder, core, distinct, notes, days.select(list(schema)))

    def _note_days(self, table: Table, frame: pl.DataFrame) -> None:
        moment = pl.col(table.moment)
        hours = (
            frame.lazy()
            .select("file_id", "source_name", hour=moment.dt.truncate("1h"))
            .drop_nulls("hour")
            .unique()
            .collect()
        )
        self._days.append(
            hours.select(
                "file_id", "source_name",
                observed_date=pl.col("hour").dt.convert_time_zone(SHANGHAI.key).dt.date(),
            ).unique()
        )  # fmt: skip

    def _is_first_sighting(self, table: Table, frame: pl.DataFrame, keys: pl.Series) -> pl.Series:
        versions = self._versions.setdefault(table.name, _Versions(table))
        return versions.is_first_sighting(frame, keys)

    def _write(self, name: str, waiting: _Waiting) -> None:
        if not waiting.frames:
            return
        frame = pl.concat(waiting.frames)
        waiting.frames, waiting.rows = [], 0
        waiting.parts += 1
        table = TABLES.get(f"core.{name}")
        file_name = f"{waiting.parts:05}.parquet"
        if table is None:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            frame.write_parquet(self.folder / name / file_name)
            return
        for day, rows in _by_day(frame, table):
            folder = self.folder / name / f"observed_date={day}"
            folder.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(folder / file_name, compression="zstd", compression_level=1)


class _Versions:
    """Versions of one table already staged in this batch, each with its earliest sighting.

    A version is known by two 64-bit hashes: `a` over all its values, `b` over its key. Only rows
    of one key can be taken for each other, so that two of ten million such pairs share `a` has
    odds of one in 10^12.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: pl.DataFrame | None = None

    def is_first_sighting(self, frame: pl.DataFrame, keys: pl.Series) -> pl.Series:
        """Which rows no earlier sighting of the same version makes superfluous.

        keys: hashes of the rows' keys.
        """
        if self._table.seen is None:
            return self._is_first_of_equals(frame, keys)
        hashed = self._hashes(frame, keys).with_columns(frame[self._table.seen].alias("at"))
        earliest = hashed.group_by("a", "b").agg(pl.col("at").min())
        before = self._known_of(earliest)
        if not before.is_empty():
            earliest = pl.concat([before, earliest]).group_by("a", "b").agg(pl.col("at").min())
        first = hashed.join(earliest, on=["a", "b"], how="left", maintain_order="left")["at_right"]
        self._learn(earliest.join(before, on=["a", "b", "at"], how="anti"), before)
        return hashed["at"] == first

    def _is_first_of_equals(self, frame: pl.DataFrame, keys: pl.Series) -> pl.Series:
        """Where every sighting is a row of its own: the first of rows that one file repeats."""
        hashed = self._hashes(frame, keys, "file_id")
        is_first = hashed.to_struct("both").is_first_distinct()
        before = self._known_of(hashed)
        if not before.is_empty():
            is_first &= ~hashed.to_struct("both").is_in(before.to_struct("both").implode())
        self._learn(hashed if is_first.all() else hashed.filter(is_first), before.clear())
        return is_first

    def _known_of(self, hashed: pl.DataFrame) -> pl.DataFrame:
        """What is known of the versions of one frame; the many known ones are only looked
        through, never sorted or hashed again."""
        if self._known is None:
            return hashed.clear()
        near = self._known.filter(pl.col("a").is_in(hashed["a"].implode()))
        return near.join(hashed, on=["a", "b"], how="semi") if near.height else near

    def _learn(self, new: pl.DataFrame, outdated: pl.DataFrame) -> None:
        """Know new versions, and earlier sightings in the place of those they outdate."""
        known = self._known
        changed = new.join(outdated, on=["a", "b"], how="semi") if outdated.height else outdated
        if known is not None and changed.height:
            known = known.join(changed, on=["a", "b"], how="anti")
        known = new if known is None else pl.concat([known, new])
        self._known = known if known.height <= VERSIONS_KNOWN else None

    def _hashes(self, frame: pl.DataFrame, keys: pl.Series, *more: str) -> pl.DataFrame:
        values = frame.select(*self._table.value_names, *more)
        return pl.DataFrame({"a": values.hash_rows(seed=1), "b": keys})


def _compact(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in memory of their own: a column keeps all the texts it was read with."""
    return pl.DataFrame(pl.from_arrow(frame.to_arrow(compat_level=pl.CompatLevel.oldest())))


def _by_day(frame: pl.DataFrame, table: Table) -> list[tuple[str, pl.DataFrame]]:
    """The rows of each local day, in order."""
    dated = frame.with_columns(
        pl.col(table.moment).dt.convert_time_zone(SHANGHAI.key).dt.date().alias(_DAY)
    )
    days: Any = dated[_DAY]
    if days.null_count() == 0 and days.min() == days.max():
        return [(str(days.min()), frame)]
    parts = dated.partition_by(_DAY, as_dict=True, include_key=False, maintain_order=True)
    return [(UNDATED if day is None else str(day), rows) for (day,), rows in parts.items()]
