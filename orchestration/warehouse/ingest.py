"""Clean and load: every archived delivery that the ledger does not know, until none is left.

When an account comes into scope after its posts were already read, the files in which it passed
as an ordinary person are read again from the archive, so that the order of arrival does not
matter.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.cleaning.people import Door, hashed_ids
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import CORE_TABLES, SCHEMA_DRIFT, SOURCES
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.sources.declarations import Declarations
from orchestration.sources.intake import Intake
from orchestration.sources.rawfile import RawFile
from orchestration.warehouse import load
from orchestration.warehouse.builds import Build
from orchestration.warehouse.connect import count_rows
from orchestration.warehouse.lake import withdraw_from_lake, write_lake
from orchestration.warehouse.staging import Staging

FILES_PER_LOAD = 20_000
"""Deliveries taken together: enough to make small files cheap, few enough to resume soon."""


@dataclass(frozen=True)
class Ingested:
    """What one build brought in, read back from the ledger and the tables."""

    files: int
    records_in: int
    records_loaded: int
    records_duplicate: int
    records_quarantined: int
    rows_added: dict[str, int]


def pending(connection: duckdb.DuckDBPyConnection, deliveries: Sequence[RawFile]) -> list[RawFile]:
    """Archived deliveries that are not in the ledger yet."""
    known = load.ledgered_files(connection)
    return [file for file in deliveries if file.file_id not in known]


def ingest(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    declarations: Declarations,
    build: Build,
    progress: Callable[[str], None] = lambda message: None,
) -> Ingested:
    """Bring every pending delivery into lake and core tables; interrupted, it resumes."""
    rows_before = _core_rows(connection)
    waiting = pending(connection, Archive(settings.root.archive).deliveries())
    replaced: list[str] = []
    while waiting:
        batch, waiting = waiting[:FILES_PER_LOAD], waiting[FILES_PER_LOAD:]
        before = load.scope(connection)
        _ingest_batch(connection, settings, declarations, build, batch, replaced, progress)
        reread = _passed_too_early(connection, settings, before)
        replaced = [f.file_id for f in reread]
        if reread:
            progress(f"{len(reread)} files are read again: accounts in them came into scope")
        waiting = reread + waiting
    _record_sources(connection, declarations)
    rows_after = _core_rows(connection)
    return Ingested(
        *_ledger_totals(connection, build),
        {name: rows - rows_before[name] for name, rows in rows_after.items()},
    )


def _core_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {table.full_name: count_rows(connection, table.full_name) for table in CORE_TABLES}


def _ledger_totals(
    connection: duckdb.DuckDBPyConnection, build: Build
) -> tuple[int, int, int, int, int]:
    """Files and records in, loaded, duplicate, quarantined of one build."""
    row = connection.execute(
        """select count(*), sum(records_in), sum(records_loaded), sum(records_duplicate),
                  sum(records_quarantined)
           from quality.file_ledger where build_id = $1""",
        [build.build_id],
    ).fetchone()
    files, records_in, loaded, duplicate, quarantined = (int(value or 0) for value in row or ())
    return files, records_in, loaded, duplicate, quarantined


def _ingest_batch(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    declarations: Declarations,
    build: Build,
    files: list[RawFile],
    replaced: list[str],
    progress: Callable[[str], None],
) -> None:
    staging_folder = settings.root.staging
    shutil.rmtree(staging_folder, ignore_errors=True)
    staging = Staging(staging_folder)
    door = Door(settings.pseudonym_key(), load.scope(connection))
    intake = Intake(declarations, door, staging, settings.clock.now(), progress)
    read = intake.read_all(files)
    staged = staging.close()
    progress(f"read {len(read)} files, {sum(r.records_in for r in read)} records")
    again = [file_id for file_id in replaced if file_id in {f.file_id for f in files}]
    withdraw_from_lake(settings.root.lake, again)
    _record_unread(connection, intake, build)
    write_lake(settings.root.lake, staged, [file.file_id for file in files])
    load.load_batch(connection, staged, read, build.build_id, again)
    shutil.rmtree(staging_folder, ignore_errors=True)


def _record_unread(connection: duckdb.DuckDBPyConnection, intake: Intake, build: Build) -> None:
    """quality.schema_drift: columns that no file of the source had before."""
    rows = [(*key, *place, build.build_id) for key, place in sorted(intake.unread.items())]
    found = pl.DataFrame(rows, schema=polars_schema(SCHEMA_DRIFT), orient="row")
    connection.register("unread_columns", found.to_arrow())
    connection.execute(
        f"""insert into {SCHEMA_DRIFT.full_name} by name
            select * from unread_columns
            anti join {SCHEMA_DRIFT.full_name} using (source_name, format, column_name)"""
    )
    connection.unregister("unread_columns")


def _passed_too_early(
    connection: duckdb.DuckDBPyConnection, settings: Settings, before: pl.DataFrame
) -> list[RawFile]:
    """Deliveries in which an account newly in scope still stands as an ordinary person."""
    now = load.scope(connection)
    admitted = now.join(before, on=["platform", "account_id"], how="anti")
    named = admitted.filter(pl.col("account_kind") != "officer")
    if named.is_empty():
        return []
    door = Door(settings.pseudonym_key())
    known_as = pl.concat(
        [
            named.select("platform", "account_id"),
            named.select("platform", hashed_ids(named["account_id"]).alias("account_id")),
        ]
    )
    pseudonyms = known_as.select(
        "platform",
        door.pseudonyms(known_as["platform"], known_as["account_id"]).alias("account_id"),
    )
    file_ids = set(load.files_of_accounts(connection, pseudonyms))
    return [f for f in Archive(settings.root.archive).deliveries() if f.file_id in file_ids]


def _record_sources(connection: duckdb.DuckDBPyConnection, declarations: Declarations) -> None:
    """meta.sources: what every source was taken for."""
    names = [
        row[0]
        for row in connection.execute(
            "select distinct source_name from quality.file_ledger"
        ).fetchall()
    ]
    rows = []
    for name in sorted({*names, *declarations.by_name}):
        declared = declarations.for_source(name)
        rows.append(
            {
                "source_name": name,
                "format": declared.format,
                "platform": declared.platform,
                "timezone": declared.timezone,
                "declaration": declared.as_json(),
                "is_synthetic": declarations.is_synthetic,
            }
        )
    connection.execute("delete from meta.sources")
    if rows:
        frame = pl.DataFrame(rows, infer_schema_length=None).select(SOURCES.column_names)
        connection.register("declared", frame.to_arrow())
        connection.execute("insert into meta.sources by name select * from declared")
        connection.unregister("declared")
