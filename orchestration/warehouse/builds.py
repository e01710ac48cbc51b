"""meta.builds: which builds there were, and whether the last one is still up to date."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import duckdb

from orchestration.clock import Clock
from orchestration.paths import DBT_PROJECT, PROJECT_ROOT
from orchestration.schemas.tables import Table

_CODE_SUFFIXES = (".py", ".sql", ".yml", ".csv")


@dataclass(frozen=True)
class Build:
    """One run over the data. Ids count upwards, so a clock that steps back changes no order."""

    build_id: str
    started_at: datetime


def rows_of_other_builds(
    connection: duckdb.DuckDBPyConnection, table: Table, build_id: str
) -> tuple[int, int]:
    """How many rows of a mart this build should have made and did not, and how many there are.

    Every build makes the latest day of a grown table anew: if the newest of its rows is not of this
    build, none of them counts.
    """
    foreign = "build_id is distinct from $1"
    if table.is_grown:
        foreign = f"(select max(build_id) from work.{table.full_name}) is distinct from $1"
    row = connection.execute(
        f"select count(*) filter (where {foreign}), count(*) from work.{table.full_name}",
        [build_id],
    ).fetchone()
    return row or (0, 0)


def start_build(connection: duckdb.DuckDBPyConnection, clock: Clock, synthetic: bool) -> Build:
    """Open a build. One that was left running by a killed process is marked failed."""
    connection.execute(
        "update meta.builds set outcome = 'failed', message = 'interrupted' "
        "where outcome = 'running'"
    )
    (last,) = connection.execute("select max(build_id) from meta.builds").fetchone() or (None,)
    number = int(last[1:7]) + 1 if last else 1
    started_at = clock.now()
    build = Build(f"b{number:06}-{started_at:%Y%m%dT%H%M%SZ}", started_at)
    connection.execute(
        "insert into meta.builds (build_id, started_at, outcome, code_version, is_synthetic) "
        "values ($1, $2, 'running', $3, $4)",
        [build.build_id, started_at, code_version(), synthetic],
    )
    return build


def current_build(connection: duckdb.DuckDBPyConnection) -> Build:
    """The build that is being made; steps that run alone continue the latest one."""
    row = connection.execute(
        "select build_id, started_at from meta.builds order by build_id desc limit 1"
    ).fetchone()
    if row is None:
        raise LookupError("no build was started; run the whole job: observatory run")
    return Build(row[0], row[1])


def finish_build(
    connection: duckdb.DuckDBPyConnection,
    build: Build,
    outcome: str,
    message: str,
    *,
    published_at: datetime | None = None,
    data_through_at: datetime | None = None,
    row_counts: str | None = None,
) -> None:
    """Close a build as published, refused (a check failed) or failed (it broke)."""
    connection.execute(
        """update meta.builds
           set outcome = $2, message = $3, published_at = $4, data_through_at = $5,
               row_counts = $6, inputs = $7
           where build_id = $1""",
        [
            build.build_id, outcome, message, published_at, data_through_at, row_counts,
            inputs_version(connection),
        ],
    )  # fmt: skip


def is_up_to_date(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the newest published build holds exactly these files and reviews under this code."""
    row = connection.execute(
        "select code_version, inputs from meta.builds where outcome = 'published' "
        "order by build_id desc limit 1"
    ).fetchone()
    # The code first: a warehouse of older code may lack what the inputs are read from.
    return row is not None and row[0] == code_version() and row[1] == inputs_version(connection)


def is_of_other_code(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables of the newest published build were made by other code than this."""
    row = connection.execute(
        "select code_version from meta.builds where outcome = 'published' "
        "order by build_id desc limit 1"
    ).fetchone()
    return row is not None and row[0] != code_version()


def inputs_version(connection: duckdb.DuckDBPyConnection) -> str:
    """Hash over ledger and reviews: equal for the same files, in whatever order they came."""
    row = connection.execute(
        """select coalesce(md5(string_agg(input, ',' order by input)), '') from (
             select file_id as input from quality.file_ledger
             union all select o::varchar from quality.account_overrides as o
             union all select c::varchar from quality.claim_reviews as c
           )"""
    ).fetchone()
    assert row is not None
    return str(row[0])


@cache
def code_version() -> str:
    """Hash over everything that can change a number: Python, models, seeds."""
    hasher = hashlib.sha256()
    for folder in (PROJECT_ROOT / "orchestration", DBT_PROJECT):
        for path in sorted(folder.rglob("*")):
            if path.suffix in _CODE_SUFFIXES and "target" not in path.parts:
                hasher.update(path.relative_to(PROJECT_ROOT).as_posix().encode())
                hasher.update(path.read_bytes())
    return hasher.hexdigest()[:16]


def is_synthetic(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the data of the newest build are invented."""
    row = connection.execute(
        "select is_synthetic from meta.builds order by build_id desc limit 1"
    ).fetchone()
    return bool(row and row[0])
