"""Publish: the audited work file becomes what people read, by one rename.

The work file is checkpointed and closed; what of it may be published (`released.py`) is written
into `releases/<build_id>/`, synced and made read-only; `published/observatory.duckdb` is then
replaced by a hard link to it. Whatever fails before the rename leaves the last good version where
it was, and older releases stay for a rollback.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.paths import DataRoot
from orchestration.schemas.render import comment_sql
from orchestration.schemas.tables import FITTED_TABLES, MARTS, TABLES
from orchestration.settings import Settings
from orchestration.warehouse.builds import Build, finish_build, rows_of_other_builds
from orchestration.warehouse.connect import open_published, open_work
from orchestration.warehouse.released import write_released
from orchestration.warehouse.statements import count_rows

RELEASES_KEPT = 3
FREE_SPACE_FACTOR = 1.5


class PublishRefusedError(Exception):
    """A check of severity error failed, or a table is not of this build. Readers keep the last
    good version; the message says what to look at."""


@dataclass(frozen=True)
class Published:
    """What readers now have.

    row_counts: rows of every table, of the release and not of the work file.
    renewed_from: the build whose release was taken over, of which only what was touched since is
    written anew; None where the whole file was.
    """

    build_id: str
    path: Path
    bytes: int
    row_counts: dict[str, int]
    renewed_from: str | None


def publish(settings: Settings, build: Build) -> Published:
    """Replace the published file by this build, if and only if everything about it is sound."""
    root = settings.root
    with open_work(root.warehouse) as connection:
        problems = blocking_problems(connection, build)
        if problems:
            message = "; ".join(problems[:5])
            finish_build(connection, build, "refused", message)
            raise PublishRefusedError(
                f"build {build.build_id} is not published: {message}. Readers keep the last good "
                "version. See: observatory status"
            )
        for statement in comment_sql(MARTS):
            connection.execute(statement)
        finish_build(
            connection, build, "published", "all checks passed",
            published_at=settings.clock.now(),
            data_through_at=_data_through(connection),
            row_counts=json.dumps(row_counts(connection)),
        )  # fmt: skip
        _forget_what_was_taken_in(connection, build)
        connection.execute("checkpoint work")
    try:
        release, renewed_from = _release(root, build)
        _link_atomically(release, root.published)
    except BaseException as error:
        with open_work(root.warehouse) as connection:
            finish_build(connection, build, "failed", f"publishing broke: {error}"[:300])
        raise
    _drop_old_releases(root)
    return Published(
        build.build_id, root.published, release.stat().st_size, _rows_told(release, build),
        renewed_from,
    )  # fmt: skip


def _rows_told(release: Path, build: Build) -> dict[str, int]:
    with open_published(release) as connection:
        row = connection.execute(
            "select row_counts from meta.builds where build_id = $1", [build.build_id]
        ).fetchone()
    counts: dict[str, int] = json.loads(row[0]) if row else {}
    return counts


def _forget_what_was_taken_in(connection: duckdb.DuckDBPyConnection, build: Build) -> None:
    """Every earlier build's days are in the models, and what was touched up to the last release is
    in that: nothing of theirs is left to take in."""
    connection.execute("delete from meta.touched_days where build_id <> $1", [build.build_id])
    connection.execute(
        """delete from meta.touched_buckets
           where build_id <= (select max(build_id) from meta.builds
                              where outcome = 'published' and build_id < $1)""",
        [build.build_id],
    )


def blocking_problems(connection: duckdb.DuckDBPyConnection, build: Build) -> list[str]:
    """Why a build may not be published: failed error checks, tables left from another build."""
    failed = connection.execute(
        """select tool || ' check ' || check_name || ' failed on ' || table_name
                  || ' (found ' || coalesce(observed, 'nothing') || ')'
           from quality.check_results
           where build_id = $1 and severity = 'error' and not passed order by 1""",
        [build.build_id],
    ).fetchall()
    problems = [row[0] for row in failed]
    if not connection.execute(
        "select 1 from quality.check_results where build_id = $1 limit 1", [build.build_id]
    ).fetchone():
        problems.append("no check ran for this build")
    return problems + _stale_tables(connection, build)


def _stale_tables(connection: duckdb.DuckDBPyConnection, build: Build) -> list[str]:
    """Marts that are missing or carry another build's id: a run can be green with assets
    skipped."""
    stale = []
    for table in (*MARTS, *FITTED_TABLES):
        try:
            foreign, total = rows_of_other_builds(connection, table, build.build_id)
        except duckdb.CatalogException:
            stale.append(f"{table.full_name} does not exist")
            continue
        if foreign:
            stale.append(f"{table.full_name} has {foreign} of {total} rows of another build")
    return stale


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table as the work file has it; the release counts its own."""
    return {name: count_rows(connection, name) for name in TABLES}


def _data_through(connection: duckdb.DuckDBPyConnection) -> datetime | None:
    row = connection.execute(
        "select data_through_at from intermediate.int_observation_bounds"
    ).fetchone()
    return row[0] if row else None


def _release(root: DataRoot, build: Build) -> tuple[Path, str | None]:
    """Write the release of the closed work file into its folder, synced and read-only; where it
    is, and the build whose release was taken over."""
    source = root.warehouse
    _refuse_wal(source)
    _require_space(source, root.releases)
    folder = root.releases / build.build_id
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / root.published.name
    temporary = target.with_suffix(".incoming")
    try:
        # A process that was killed here has left its file, and DuckDB's log of it.
        for left in (temporary, _wal_of(temporary)):
            left.unlink(missing_ok=True)
        renewed_from = write_released(source, temporary, root.published)
        _refuse_wal(temporary)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o444)
        os.replace(temporary, target)
    finally:
        for left in (temporary, _wal_of(temporary)):
            left.unlink(missing_ok=True)
    _sync_folder(folder)
    return target, renewed_from


def _link_atomically(release: Path, published: Path) -> None:
    """Point the published name at a release; one rename, synced."""
    published.parent.mkdir(parents=True, exist_ok=True)
    stray = published.with_name(published.name + ".wal")
    if stray.exists():
        aside = stray.with_name(f"{stray.name}.moved-aside")
        stray.replace(aside)
    temporary = published.with_name(f".{published.name}.incoming")
    temporary.unlink(missing_ok=True)
    try:
        os.link(release, temporary)
    except OSError:  # a file system without hard links
        shutil.copy2(release, temporary)
    os.replace(temporary, published)
    _sync_folder(published.parent)


def _wal_of(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


def _refuse_wal(path: Path) -> None:
    wal = _wal_of(path)
    if wal.exists() and wal.stat().st_size:
        raise RuntimeError(f"{wal} was left by an open writer; a copy would lose its rows")


def _require_space(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    needed = int(source.stat().st_size * FREE_SPACE_FACTOR)
    free = shutil.disk_usage(target).free
    if free < needed:
        raise OSError(f"{needed} bytes are needed below {target}, {free} are free")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _drop_old_releases(root: DataRoot) -> None:
    releases = sorted(path for path in root.releases.iterdir() if path.is_dir())
    for path in releases[:-RELEASES_KEPT]:
        shutil.rmtree(path)
