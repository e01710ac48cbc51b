"""The release before, taken over: which of its rows still hold, and what is written anew.

The long tables of a release (what the load keeps, the marts that grow, the notes on records) differ
from those of the release before only where builds since have written. A night copies that release,
takes the days and files out that were touched, and writes these alone. Every other table is written
anew. Where anything is not as it was (other code, a release between, a person hidden who was not),
there is nothing to take over, and the whole file is written from nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from orchestration.paths import ALIASES_FILE
from orchestration.schemas.tables import CORE_TABLES, TABLES, Table
from orchestration.spans import Span, spans
from orchestration.warehouse.statements import quote

RECORD_NOTES = ("quality.quarantine", "quality.repairs")
"""What is said about single records, with values out of them: kept file by file."""
MOST_SPANS = 200
"""Above so many stretches of touched days a table is written anew: each is a query."""


@dataclass(frozen=True)
class Part:
    """What a night writes anew of a table, as SQL conditions on its own columns: rows of the
    release before that go, and rows of `work` that come."""

    goes: str
    comes: str


Parts = Sequence[Part]


@dataclass(frozen=True)
class Takeover:
    """The release that is taken over, by the build that made it."""

    build_id: str

    def anew(self, connection: duckdb.DuckDBPyConnection, table: Table) -> Parts | None:
        """The parts that are written anew; None: all, because the table is not kept in parts."""
        if table in CORE_TABLES:
            return self._days_anew(connection, table)
        if table.is_grown:
            return self._keys_anew(connection, table)
        if table.full_name in RECORD_NOTES:
            of_new_files = f"select file_id from work.quality.file_ledger where {self.since}"
            of_editors = f"file_id = {quote(ALIASES_FILE)}"  # renewed by every build
            noted = f"({self.since} or {of_editors} or file_id in ({of_new_files}))"
            return [Part(noted, noted)]
        return None

    @property
    def since(self) -> str:
        """SQL condition: made by a build that the release knows nothing of."""
        return f"build_id > {quote(self.build_id)}"

    def _days_anew(self, connection: duckdb.DuckDBPyConnection, table: Table) -> Parts | None:
        days = [
            row[0]
            for row in connection.execute(
                "select distinct bucket_date from work.meta.touched_buckets "
                f"where table_name = $1 and {self.since}",
                [table.full_name],
            ).fetchall()
        ]
        stretches = spans(day for day in days if day is not None)
        undated = [f"{table.bucket} is null"] if None in days else []
        dated = [_within(str(table.bucket), stretch) for stretch in stretches]
        return _few([Part(condition, condition) for condition in undated + dated])

    def _keys_anew(self, connection: duckdb.DuckDBPyConnection, table: Table) -> Parts | None:
        """A grown mart's rows bear the build that made them; the days of these bound the search."""
        made = f"from work.{table.full_name} where {self.since}"
        day = table.day
        days = connection.execute(f"select distinct {day} {made}").fetchall()
        keys = ", ".join(table.key)
        stretches = [
            f"{day} between date '{first}' and date '{last}'"
            for first, last in spans(row[0] for row in days)
        ]
        return _few(
            [
                Part(
                    goes=f"{stretch} and ({keys}) in (select ({keys}) {made} and {stretch})",
                    comes=f"{stretch} and {self.since}",
                )
                for stretch in stretches
            ]
        )


def _few(parts: list[Part]) -> Parts | None:
    return parts if len(parts) <= MOST_SPANS else None


def _within(bucket: str, stretch: Span) -> str:
    first, last = (_midnight(day) for day in (stretch[0], stretch[1] + timedelta(days=1)))
    return f"{bucket} >= {first} and {bucket} < {last}"


def _midnight(day: date) -> str:
    return f"timestamptz '{day.isoformat()} 00:00:00+00'"


def takeover_of(connection: duckdb.DuckDBPyConnection, before: Path) -> Takeover | None:
    """The release before, if it is the newest one and made by the code of the build in `work`.

    None where there is none that may be taken over, whatever the reason: then all is written anew.
    """
    if not before.exists():
        return None
    try:
        connection.execute(f"attach {quote(str(before))} as before_this (read_only)")
    except duckdb.Error:  # no file of DuckDB's: nothing of it can be kept
        return None
    try:
        published = "select max(build_id) from {} where outcome = 'published'"
        row = connection.execute(
            f"""select of_release.build_id
                from before_this.meta.builds as of_release, work.meta.builds as now
                where of_release.build_id = ({published.format("before_this.meta.builds")})
                  and now.build_id = (select max(build_id) from work.meta.builds)
                  and of_release.code_version = now.code_version
                  and of_release.build_id = (
                    {published.format("work.meta.builds")} and build_id < now.build_id
                  )"""
        ).fetchone()
    except duckdb.CatalogException:  # a release of other code may lack what is asked for
        return None
    finally:
        connection.execute("detach before_this")
    return Takeover(row[0]) if row else None


def kept_in_parts(takeover: Takeover, connection: duckdb.DuckDBPyConnection) -> dict[str, Parts]:
    """The tables of which the most is kept, with what is written anew of each."""
    found = {name: takeover.anew(connection, table) for name, table in TABLES.items()}
    return {name: parts for name, parts in found.items() if parts is not None}


def forget(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, Parts]) -> None:
    """Leave in the copy, attached as `released`, what still holds: no table that is written whole,
    and of the others no row that is written anew. The room of what went is free for what comes."""
    connection.execute("begin")
    for name in TABLES:
        if name not in kept:
            connection.execute(f"drop table released.{name}")
        for part in kept.get(name, ()):
            connection.execute(f"delete from released.{name} where {part.goes}")
    connection.execute("commit")
    connection.execute("checkpoint released")
