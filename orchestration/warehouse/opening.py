"""The start of a night: archive what lies in the inbox, and decide whether there is work.

A build is opened only when there is; a night with nothing new changes no row of any table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from orchestration.cleaning.people import Door
from orchestration.linking.nightly import are_links_up_to_date
from orchestration.schemas.tables import CLAIM_REVIEWS
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.sources.declarations import Declarations
from orchestration.sources.extract import Extracted, extract, read_declarations
from orchestration.warehouse import load, reviews
from orchestration.warehouse.builds import Build, is_up_to_date, start_build
from orchestration.warehouse.connect import bring_up_to_date, open_published, open_work
from orchestration.warehouse.ingest import pending


@dataclass(frozen=True)
class Opening:
    """What was archived, how many deliveries there are by now, how many of them wait, and the
    build opened for them (or None).

    reason: why there is work, or why there is none; one line for people.
    """

    extracted: Extracted
    archived: int
    waiting: int
    build: Build | None
    reason: str


def open_night(
    settings: Settings, progress: Callable[[str], None] = lambda message: None
) -> Opening:
    """Scan the inbox into the archive and open a build if anything makes one necessary.

    Raises DeclarationError for a sources.yaml or a reviewed CSV that cannot work,
    InboxMissingError when the inbox vanished.
    """
    declarations = read_declarations(settings)
    extracted = extract(settings, declarations, progress)
    deliveries = Archive(settings.root.archive).deliveries()
    with open_work(settings.root.warehouse) as connection:
        waiting = len(pending(connection, deliveries))
        need = _need(connection, settings, declarations, waiting)
        if need is None:
            return Opening(extracted, len(deliveries), 0, None, _nothing_new(connection))
        bring_up_to_date(connection)
        build = start_build(connection, settings.clock, declarations.is_synthetic)
    return Opening(extracted, len(deliveries), waiting, build, need)


def _need(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    declarations: Declarations,
    waiting: int,
) -> str | None:
    """Why a build is necessary, or None."""
    if waiting:
        return f"{waiting} files are new"
    published = published_build(settings)
    if published is None and not load.ledgered_files(connection):
        settings.root.inbox.mkdir(parents=True, exist_ok=True)
        return f"a first build without observations: put files into {settings.root.inbox}"
    if published is None:
        return "no readable build is published"
    newest = _newest_published(connection)
    if newest is not None and newest > published:
        return f"build {newest} never reached its readers, who have {published}"
    if not is_up_to_date(connection):
        return "the code, the models or what was reviewed changed since the last build"
    door = Door(settings.pseudonym_key(), load.scope(connection))
    if reviews.differ(connection, reviews.reviewed(door, declarations.overrides)):
        return f"{settings.root.overrides_file.name} changed since the last build"
    if not are_links_up_to_date(connection, settings.root):
        return "the editors' files or the linking model changed since the last build"
    if reviews.differ(connection, reviews.claims_reviewed(declarations), CLAIM_REVIEWS):
        return f"{settings.root.claims_review_file.name} changed since the last build"
    return None


def published_build(settings: Settings) -> str | None:
    """The id of the build that readers have; None where there is none or it cannot be read."""
    if not settings.root.published.exists():
        return None
    try:
        with open_published(settings.root.published) as connection:
            return _newest_published(connection)
    except duckdb.Error:
        return None


def _newest_published(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute(
        "select max(build_id) from meta.builds where outcome = 'published'"
    ).fetchone()
    return row[0] if row else None


def _nothing_new(connection: duckdb.DuckDBPyConnection) -> str:
    row = connection.execute(
        "select build_id, data_through_at from meta.builds where outcome = 'published' "
        "order by build_id desc limit 1"
    ).fetchone()
    assert row is not None  # otherwise a build would have been necessary
    through = f", data through {row[1]:%Y-%m-%d %H:%M} UTC" if row[1] else ""
    return f"nothing new: {row[0]} stays published{through}"
