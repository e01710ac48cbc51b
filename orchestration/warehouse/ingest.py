"""Clean and load: every archived delivery that the ledger does not know, until none is left.

When an account comes into scope after its posts were already read, the files in which it passed
as an ordinary person are read again from the archive, so that the order of arrival does not
matter.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration import memory
from orchestration.cleaning.people import PSEUDONYM_PREFIX, Door, hashed_ids
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import CLAIM_REVIEWS, CORE_TABLES, SCHEMA_DRIFT, SOURCES
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.sources.declarations import Declarations
from orchestration.sources.intake import Intake
from orchestration.sources.rawfile import RawFile
from orchestration.warehouse import claims, furniture, load, reviews, stories
from orchestration.warehouse.builds import Build, code_version
from orchestration.warehouse.lake import withdraw_from_lake, write_lake
from orchestration.warehouse.staging import Staging
from orchestration.warehouse.statements import count_rows, insert_rows, rows_of

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
    memory.prepare()
    rows_before = _core_rows(connection)
    waiting = pending(connection, Archive(settings.root.archive).deliveries())
    settled = _settled_scope(connection, settings)
    _take_reviews(connection, settings, declarations, settled)
    reread = _passed_too_early(connection, settings, settled)
    reread += _broken_by_other_code(connection, settings, {f.file_id for f in reread})
    replaced = {f.file_id for f in reread}
    waiting = reread + waiting
    if waiting:
        _note_settled(settings, settled)
    while waiting:
        batch, waiting = waiting[:FILES_PER_LOAD], waiting[FILES_PER_LOAD:]
        before = load.scope(connection)
        again = [f.file_id for f in batch if f.file_id in replaced]
        _ingest_batch(connection, settings, declarations, build, batch, again, progress)
        replaced.difference_update(again)
        # What a review protects may have come into scope only now.
        _take_reviews(connection, settings, declarations, settled)
        reread = [
            f for f in _passed_too_early(connection, settings, before) if f.file_id not in replaced
        ]
        replaced.update(f.file_id for f in reread)
        if reread:
            progress(f"{len(reread)} files are read again: accounts in them came into scope")
        waiting = reread + waiting
    claims.read_new_articles(connection, progress)
    stories.group_new_articles(connection, build.build_id, progress)
    furniture.take_off_furniture(connection, progress)
    if settings.root.settled_scope.exists():
        _forget_exposed(connection, settings)
        settings.root.settled_scope.unlink()
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
    again: list[str],
    progress: Callable[[str], None],
) -> None:
    """Read, stage and load one batch. again: ids of those of its files that were loaded before."""
    staging_folder = settings.root.staging
    for foresee in (True, False):
        shutil.rmtree(staging_folder, ignore_errors=True)
        staging = Staging(staging_folder)
        door = Door(settings.pseudonym_key(), load.scope(connection))
        intake = Intake(declarations, door, staging, settings.clock.now(), progress)
        read = intake.read_all(files, foresee=foresee)
        if door.unmet().is_empty():
            break
        # A file held no post of the account in its path: nobody may be named on its account.
    staged = staging.close()
    progress(f"read {len(read)} files, {sum(r.records_in for r in read)} records")
    withdraw_from_lake(settings.root.lake, again)
    _record_unread(connection, intake, build)
    write_lake(settings.root.lake, staged, [file.file_id for file in files])
    load.load_batch(connection, staged, read, build.build_id, again)
    shutil.rmtree(staging_folder, ignore_errors=True)


def _record_unread(connection: duckdb.DuckDBPyConnection, intake: Intake, build: Build) -> None:
    """quality.schema_drift: columns that no file of the source had before."""
    rows = [(*key, *place, build.build_id) for key, place in sorted(intake.unread.items())]
    found = pl.DataFrame(rows, schema=polars_schema(SCHEMA_DRIFT), orient="row")
    with rows_of(connection, found) as unread_columns:
        connection.execute(
            f"""insert into {SCHEMA_DRIFT.full_name} by name
                select * from {unread_columns}
                anti join {SCHEMA_DRIFT.full_name} using (source_name, format, column_name)"""
        )


def _settled_scope(connection: duckdb.DuckDBPyConnection, settings: Settings) -> pl.DataFrame:
    """The scope under which all that is loaded was read.

    A run that was killed between a load and the second reading it called for left a note.
    """
    now = load.scope(connection)
    note = settings.root.settled_scope
    if not note.exists():
        return now
    return now.join(pl.read_parquet(note), on=["platform", "account_id"], how="semi")


def _take_reviews(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    declarations: Declarations,
    settled: pl.DataFrame,
) -> None:
    """Renew what was reviewed. Officers found are hidden, which calls for a second reading: that
    is noted first.

    A review of an account of which nothing is loaded yet says the same before and after, so
    whether anybody is to be hidden is asked whatever the table holds.
    """
    decided = reviews.claims_reviewed(declarations)
    if reviews.differ(connection, decided, CLAIM_REVIEWS):
        reviews.write_claim_reviews(connection, decided)
    door = Door(settings.pseudonym_key(), load.scope(connection))
    rows = reviews.reviewed(door, declarations.overrides)
    hidden = reviews.newly_hidden(door, rows)
    if hidden.is_empty() and not reviews.differ(connection, rows):
        return
    if hidden.height:
        _note_settled(settings, settled)
    reviews.write_reviewed(connection, rows, hidden)


def _note_settled(settings: Settings, scope: pl.DataFrame) -> None:
    """Write the settled scope down before anything is loaded that may outgrow it."""
    note = settings.root.settled_scope
    temporary = note.with_suffix(".incoming")
    with temporary.open("wb") as file:
        scope.write_parquet(file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(note)


def _passed_too_early(
    connection: duckdb.DuckDBPyConnection, settings: Settings, before: pl.DataFrame
) -> list[RawFile]:
    """Deliveries that would give other rows now that more accounts are in scope than before."""
    now = load.scope(connection)
    admitted = now.join(before, on=["platform", "account_id"], how="anti")
    if admitted.is_empty():
        return []
    door = Door(settings.pseudonym_key())
    is_officer = pl.col("account_kind") == "officer"
    named, officers = admitted.filter(~is_officer), admitted.filter(is_officer)
    file_ids = {
        *load.files_of_accounts(connection, _as_ordinary(door, named)),
        *load.files_of_accounts(connection, _exposed(door, now, officers)),
        *_files_of_unknown_officers(connection, officers),
    }
    return [f for f in Archive(settings.root.archive).deliveries() if f.file_id in file_ids]


def _broken_by_other_code(
    connection: duckdb.DuckDBPyConnection, settings: Settings, known: set[str]
) -> list[RawFile]:
    """Deliveries on which the program broke, when it was another one than now."""
    file_ids = {
        row[0]
        for row in connection.execute(
            """select file_id from quality.quarantine join meta.builds using (build_id)
               where reason like 'unforeseen_error%' and code_version is distinct from $1""",
            [code_version()],
        ).fetchall()
    } - known
    if not file_ids:
        return []
    return [f for f in Archive(settings.root.archive).deliveries() if f.file_id in file_ids]


def _as_ordinary(door: Door, named: pl.DataFrame) -> pl.DataFrame:
    """Accounts (platform, account_id) under the pseudonyms that ordinary people have."""
    known_as = pl.concat(
        [
            named.select("platform", "account_id"),
            named.select("platform", hashed_ids(named["account_id"]).alias("account_id")),
        ]
    )
    return known_as.select(
        "platform",
        door.pseudonyms(known_as["platform"], known_as["account_id"]).alias("account_id"),
    )


def _exposed(door: Door, scope: pl.DataFrame, officers: pl.DataFrame) -> pl.DataFrame:
    """Accounts in scope under their own ids that have turned out to be officers'."""
    if officers.is_empty():
        return officers.select("platform", "account_id")
    own = scope.filter(~pl.col("account_id").str.starts_with(PSEUDONYM_PREFIX))
    return (
        own.with_columns(hidden=door.pseudonyms(own["platform"], own["account_id"]))
        .join(officers, left_on=["platform", "hidden"], right_on=["platform", "account_id"],
              how="semi")
        .select("platform", "account_id")
    )  # fmt: skip


def _files_of_unknown_officers(
    connection: duckdb.DuckDBPyConnection, officers: pl.DataFrame
) -> list[str]:
    """Deliveries in which officers, under the same pseudonyms, lack what ordinary people lack."""
    if officers.is_empty():
        return []
    with rows_of(connection, officers.select("platform", "account_id")) as accounts:
        found = connection.execute(
            f"with officers as (select * from {accounts}) "
            + " union ".join(
                f"select file_id from core.{table} semi join officers using (platform, account_id) "
                f"where {unknown}"
                for table, unknown in (
                    ("posts", "not is_official"),
                    ("comments", "not is_official"),
                    ("account_snapshots", "scope_evidence is null"),
                )
            )
        ).fetchall()
    return [row[0] for row in found]


def _forget_exposed(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Take the own ids of officers out of the scope, once no row bears them any more."""
    scope = load.scope(connection)
    officers = scope.filter(pl.col("account_kind") == "officer")
    exposed = _exposed(Door(settings.pseudonym_key()), scope, officers)
    for platform, account_id in exposed.iter_rows():
        connection.execute(
            "delete from quality.account_scope where platform = $1 and account_id = $2",
            [platform, account_id],
        )


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
        insert_rows(connection, SOURCES.full_name, frame)
