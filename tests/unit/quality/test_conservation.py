"""Every sum that must come out even is broken once, and noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.cleaning.people import Door
from orchestration.quality.conservation import CHECKS, conservation_results
from orchestration.schemas.tables import MARTS
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.warehouse.connect import open_work

BUILD = "b000001-20260901T000000Z"


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    """One delivered and ledgered file, with one row of it, and empty marts."""
    made = make_settings()
    path = made.root.inbox / "a.csv"
    path.write_text("uid\n1\n")
    (file,) = Archive(made.root.archive).add(path, "s/a.csv", "s", made.clock)
    with open_work(made.root.warehouse) as work:
        work.execute(
            """insert into quality.file_ledger (file_id, file_sha256, path, source_name, bytes,
                 records_in, records_loaded, records_duplicate, records_quarantined, build_id)
               values ($1, $2, 's/a.csv', 's', 6, 3, 1, 1, 1, $3)""",
            [file.file_id, file.sha256, BUILD],
        )
        work.execute(
            """insert into quality.quarantine (file_id, path, extent, records, reason, build_id)
               values ($1, 's/a.csv', 'record', 1, 'missing_key', $2)""",
            [file.file_id, BUILD],
        )
        work.execute(
            """insert into core.account_snapshots (platform, account_id, observed_at, source_name,
                 file_id, file_sha256, record_number)
               values ('weibo', '1', '2026-08-31 10:00:00+00', 's', $1, $2, 1)""",
            [file.file_id, file.sha256],
        )
        work.execute(
            "insert into meta.touched_days values ($1, 'core.account_snapshots', '2026-08-31')",
            [BUILD],
        )
        for table in MARTS:
            work.execute(f"create schema if not exists {table.schema}")
            work.execute(f"create table {table.full_name} (build_id varchar)")
    return made


def _failed(settings: Settings) -> dict[str, str]:
    with open_work(settings.root.warehouse) as work:
        archive, door = Archive(settings.root.archive), Door(settings.pseudonym_key())
        results = conservation_results(work, BUILD, archive, door)
    assert len(results) == len(CHECKS)
    return {f"{r.table_name} {r.check_name}": r.observed for r in results if not r.passed}


def _change(settings: Settings, statement: str) -> None:
    with open_work(settings.root.warehouse) as work:
        work.execute(statement)


def test_what_is_even_passes(settings: Settings) -> None:
    assert _failed(settings) == {}


def _review_an_officer(settings: Settings) -> None:
    """The one account of the rows, reviewed and hidden where reviews stand only."""
    door, platform, account = Door(settings.pseudonym_key()), pl.Series(["weibo"]), pl.Series(["1"])
    with open_work(settings.root.warehouse) as work:
        work.execute(
            """insert into quality.account_overrides
                 (platform, account_id, account_kind, reviewer, reviewed_at)
               values ('weibo', $1, 'officer', 'R', '2026-01-31')""",
            [door.pseudonyms(platform, account)[0]],
        )


def _lose_a_blob(settings: Settings) -> None:
    next(path for path in Path(settings.root.archive).rglob("*") if len(path.name) == 64).unlink()


CASES: list[tuple[str | Callable[[Settings], None], str, str]] = [
    (
        "update quality.file_ledger set records_loaded = 2",
        "quality.file_ledger records_are_conserved",
        "s/a.csv: 3 in, 2 loaded + 1 duplicate + 1 refused",
    ),
    (
        "update quality.quarantine set records = 2",
        "quality.quarantine refusals_are_ledgered",
        "s/a.csv: 1 in the ledger, 2 in quarantine",
    ),
    (
        "insert into quality.quarantine (file_id, extent, records, reason, detail) values "
        "('event_alias.csv', 'field', 0, 'unknown_event', 'line 2: no event has this id')",
        "quality.quarantine editors_lines_are_used",
        "line 2: no event has this id",
    ),
    (
        "update core.account_snapshots set file_id = 'stranger'",
        "core.account_snapshots rows_are_ledgered",
        "1 rows of unknown file stranger",
    ),
    (
        "insert into main.accounts values ('b0'), ('" + BUILD + "')",
        "main.accounts rows_are_of_this_build",
        "1 of 2 rows are of another build",
    ),
    (
        "insert into main.account_days values ('b0'), ('a0')",
        "main.account_days rows_are_of_this_build",
        "2 of 2 rows are of another build",
    ),
    (
        "update quality.file_ledger set file_id = 'stranger'",
        "quality.file_ledger deliveries_are_ledgered",
        "file e1b255f1a14bae20 of the archive's index is not in the ledger; "
        "1 ledgered files are not in the archive's index",
    ),
    (
        _review_an_officer,
        "quality.account_overrides officers_are_hidden",
        "1 accounts of officers are under their own ids in core.account_snapshots",
    ),
    (
        _lose_a_blob,
        "quality.file_ledger bytes_are_archived",
        "gone from the archive",
    ),
]
"""A change, the check that must notice it, and what it says."""


def test_every_check_has_a_case_that_fails() -> None:
    named = {check.split()[1] for _, check, _ in CASES}
    assert {check.check_name for check in CHECKS} == named


@pytest.mark.parametrize(("change", "check", "words"), CASES)
def test_what_is_lost_is_named(
    settings: Settings, change: str | Callable[[Settings], None], check: str, words: str
) -> None:
    if callable(change):
        change(settings)
    else:
        _change(settings, change)
    assert words in _failed(settings)[check]


def test_a_grown_table_keeps_rows_of_earlier_builds(settings: Settings) -> None:
    _change(settings, "insert into main.account_days values ('b0'), ('" + BUILD + "')")
    assert _failed(settings) == {}


def test_a_mart_that_does_not_exist_fails_its_check(settings: Settings) -> None:
    _change(settings, "drop table main.events")
    assert (
        "could not run: CatalogException" in _failed(settings)["main.events rows_are_of_this_build"]
    )


def test_every_check_of_conservation_blocks_but_that_of_editors() -> None:
    warn = [check.check_name for check in CHECKS if check.severity != "error"]
    assert warn == ["editors_lines_are_used"]
