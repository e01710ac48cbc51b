"""Profiles count what a build changed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import duckdb
import pytest

from orchestration.quality import profiles
from orchestration.schemas.tables import TABLES
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_work

NOW = datetime(2026, 9, 1, tzinfo=UTC)
SNAPSHOTS = TABLES["core.account_snapshots"]


@pytest.fixture
def work(make_settings: Callable[..., Settings]) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_work(make_settings().root.warehouse) as connection:
        connection.execute("insert into meta.builds (build_id, outcome) values ('b1', 'published')")
        yield connection


def _snapshot(
    work: duckdb.DuckDBPyConnection, at: str, low: int | None, high: int | None, who: str = "1"
) -> None:
    work.execute(
        """insert into core.account_snapshots (platform, account_id, observed_at, followers_lo,
             followers_hi, source_name, file_id, file_sha256, record_number)
           values ('weibo', $4, $1::timestamptz, $2, $3, 's', 'f', 'h', 1)""",
        [at, low, high, who],
    )


def _touch(work: duckdb.DuckDBPyConnection, day: str, build: str = "b2") -> None:
    work.execute(
        "insert into meta.touched_days values ($1, 'core.account_snapshots', $2)", [build, day]
    )


def _file(
    work: duckdb.DuckDBPyConnection, day: date, records: int, build: str, source: str = "s"
) -> None:
    work.execute(
        """insert into quality.file_ledger (file_id, source_name, records_in, records_loaded,
             records_duplicate, records_quarantined, observed_from, observed_to, build_id)
           values ($1 || $2::varchar, $1, $3, $3, 0, 0, $2, $2, $4)""",
        [source, day, records, build],
    )


def test_days_that_follow_each_other_are_one_span() -> None:
    days = [date(2026, 8, 3), date(2026, 8, 1), date(2026, 8, 2), date(2026, 8, 9)]
    assert profiles.spans(days) == [
        (date(2026, 8, 1), date(2026, 8, 3)),
        (date(2026, 8, 9), date(2026, 8, 9)),
    ]


def test_a_core_table_is_profiled_on_touched_local_days_only(
    work: duckdb.DuckDBPyConnection,
) -> None:
    _snapshot(work, "2026-08-30 15:59:00+00", 0, 0)  # the 30th in Shanghai
    _snapshot(work, "2026-08-30 16:00:00+00", 0, 0)  # already the 31st
    _snapshot(work, "2026-08-31 04:00:00+00", 100, 90, who="2")
    _snapshot(work, "2026-08-31 05:00:00+00", None, None, who="3")
    _touch(work, "2026-08-31")
    touched = profiles.touched_spans(work, "b2", SNAPSHOTS.full_name)
    (row,) = profiles.profile_days(work, SNAPSHOTS, touched, NOW).to_dicts()
    assert row["observed_date"] == date(2026, 8, 31)
    assert (row["rows"], row["distinct_keys"], row["reversed_intervals"]) == (3, 3, 1)
    assert (row["null_keys"], row["future_instants"]) == (0, 0)
    assert row["followers_zero_share"] == pytest.approx(0.5)
    assert row["followers_null_share"] == pytest.approx(1 / 3)


def test_future_instants_are_counted_beyond_the_skew_of_clocks(
    work: duckdb.DuckDBPyConnection,
) -> None:
    _snapshot(work, "2026-09-01 00:09:00+00", 1, 1)
    _snapshot(work, "2026-09-01 00:11:00+00", 1, 1)
    _touch(work, "2026-09-01")
    touched = profiles.touched_spans(work, "b2", SNAPSHOTS.full_name)
    assert profiles.profile_days(work, SNAPSHOTS, touched, NOW)["future_instants"].to_list() == [1]


def test_a_build_that_changed_nothing_has_an_empty_profile(
    work: duckdb.DuckDBPyConnection,
) -> None:
    assert profiles.profile_days(work, SNAPSHOTS, [], NOW).is_empty()


def test_volume_is_compared_with_the_median_of_earlier_days(
    work: duckdb.DuckDBPyConnection,
) -> None:
    for day in range(1, 7):
        _file(work, date(2026, 8, day), 100 + day, "b1")
    _file(work, date(2026, 8, 7), 10, "b2")
    (row,) = profiles.source_volumes(work, "b2").to_dicts()
    assert row["usual_records"] == pytest.approx(103.5)
    assert row["volume_ratio"] == pytest.approx(10 / 103.5)


def test_four_earlier_days_are_too_few_to_call_a_level_usual(
    work: duckdb.DuckDBPyConnection,
) -> None:
    for day in range(1, 5):
        _file(work, date(2026, 8, day), 100, "b1")
    _file(work, date(2026, 8, 7), 10, "b2")
    assert profiles.source_volumes(work, "b2")["volume_ratio"].to_list() == [None]


def test_only_a_daily_source_can_be_late(work: duckdb.DuckDBPyConnection) -> None:
    for day in range(1, 21):
        _file(work, date(2026, 8, day), 5, "b1", "punctual")
        if day <= 17:
            _file(work, date(2026, 8, day), 5, "b1", "stopped")
    _file(work, date(2026, 7, 1), 5, "b1", "registry")
    found = {r["source_name"]: r for r in profiles.source_freshness(work).to_dicts()}
    assert {name: row["is_daily"] for name, row in found.items()} == {
        "punctual": True, "stopped": True, "registry": False,
    }  # fmt: skip
    assert (found["punctual"]["days_behind"], found["stopped"]["days_behind"]) == (0, 3)


def test_what_a_refused_night_brought_is_judged_again_by_the_next(
    work: duckdb.DuckDBPyConnection,
) -> None:
    work.execute("insert into meta.builds (build_id, outcome) values ('b2', 'refused')")
    _file(work, date(2026, 8, 2), 100, "b2")
    (row,) = profiles.source_intake(work, "b3").to_dicts()
    assert row["records_in"] == 100


def test_shares_of_refused_records_count_this_build_only(
    work: duckdb.DuckDBPyConnection,
) -> None:
    _file(work, date(2026, 8, 1), 100, "b1")
    _file(work, date(2026, 8, 2), 100, "b2")
    work.execute("update quality.file_ledger set records_quarantined = 30, records_loaded = 70")
    (row,) = profiles.source_intake(work, "b2").to_dicts()
    assert (row["records_in"], row["refused"], row["refused_share"]) == (100, 30, 0.3)


@pytest.mark.parametrize(
    ("records", "refused", "share"),
    [(60, 60, 1.0), (1, 1, 1.0), (60, 59, None), (60, 0, None), (0, 0, None), (100, 99, 0.99)],
)
def test_a_small_source_is_judged_only_where_all_of_it_was_refused(
    work: duckdb.DuckDBPyConnection, records: int, refused: int, share: float | None
) -> None:
    _file(work, date(2026, 8, 2), records, "b2")
    work.execute(f"update quality.file_ledger set records_quarantined = {refused}")
    (row,) = profiles.source_intake(work, "b2").to_dicts()
    assert row["refused_share"] == share


def test_the_share_of_unclear_accounts_is_told_by_platform(work: duckdb.DuckDBPyConnection) -> None:
    work.execute(
        """create table work.main.accounts as select * from (values
             ('weibo', 'organ'), ('weibo', 'unclear'), ('weibo', 'organ'), ('weibo', 'officer'),
             ('twitter', 'unclear')) as t(platform, account_kind)"""
    )
    assert profiles.unclear_shares(work).rows() == [("twitter", 1, 1.0), ("weibo", 4, 0.25)]
