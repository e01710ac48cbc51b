"""main.diffusion_fits: which series are fitted, what is kept, what a row says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.growth.fits import last_day, read_scopes, renew_fits
from orchestration.warehouse.connect import open_work


def months(first: int, count: int) -> list[date]:
    return [date(first + n // 12, n % 12 + 1, 1) for n in range(count)]


def level(n: int) -> int:
    return round(50 + 3000 / (1 + math.exp(-0.25 * (n - 20))))


@pytest.fixture
def work(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_work(tmp_path / "work.duckdb") as connection:
        connection.execute(
            """create table intermediate.int_observation_bounds as
               select timestamptz '2014-01-15 00:00:00+00' as data_through_at;
               create table main.account_growth (platform varchar, account_kind varchar,
                   admin_level varchar, region_code varchar, period varchar, period_start date,
                   accounts_registered bigint, growth_state varchar default 'grew',
                   coverage_ratio double default 1)"""
        )
        grow(connection, "weibo", [level(n) for n in range(49)])
        grow(connection, "web", [5 + n for n in range(5)])
        grow(connection, "weibo", [level(n) for n in range(49)], level_name="county")
        yield connection


def grow(
    connection: duckdb.DuckDBPyConnection, platform: str, counts: list[int], level_name: str = "all"
) -> None:
    connection.executemany(
        "insert into main.account_growth (platform, account_kind, admin_level, region_code, "
        "period, period_start, accounts_registered) values (?, 'organ', ?, 'all', 'month', ?, ?)",
        [
            (platform, level_name, start, count)
            for start, count in zip(months(2010, len(counts)), counts, strict=True)
        ],
    )


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def test_scopes_are_platform_and_kind_in_complete_periods(work: duckdb.DuckDBPyConnection) -> None:
    scopes = {scope.names: scope for scope in read_scopes(work)}
    assert set(scopes) == {("weibo", "organ", "all", "all"), ("web", "organ", "all", "all")}
    weibo = scopes["weibo", "organ", "all", "all"]
    # January 2014 is not over.
    assert (weibo.days[0], weibo.days[-1], len(weibo.days)) == (
        date(2010, 1, 31), date(2013, 12, 31), 48,
    )  # fmt: skip
    assert weibo.series.times[-1] == pytest.approx(3.915, abs=0.01)
    assert weibo.series.increments.sum() == level(47) - level(0)


def test_a_series_ends_with_its_own_last_look(work: duckdb.DuckDBPyConnection) -> None:
    """Others were looked at for years after: what nobody saw come is no sign of saturation."""
    before = [level(n) for n in range(18)]
    grow(work, "web2", before + before[-1:] * 24)
    work.execute(
        """update main.account_growth set growth_state = 'not_observed', coverage_ratio = 0
           where platform = 'web2' and period_start >= '2011-07-01'"""
    )
    grow(work, "cut", before)
    scopes = {scope.names[0]: scope for scope in read_scopes(work)}
    assert scopes["web2"].days[-1] == date(2011, 6, 30)
    assert (scopes["web2"].days, scopes["web2"].accounts) == (
        scopes["cut"].days, scopes["cut"].accounts,
    )  # fmt: skip
    # Of the last month little was looked at, though somebody was found: it is not known yet.
    work.execute("update main.account_growth set coverage_ratio = 0.1 "
                 "where platform = 'cut' and period_start = '2011-06-01'")  # fmt: skip
    scopes = {scope.names[0]: scope for scope in read_scopes(work)}
    assert scopes["cut"].days[-1] == date(2011, 5, 31)


def test_a_gap_inside_is_one_longer_interval(work: duckdb.DuckDBPyConnection) -> None:
    work.execute(
        """update main.account_growth set growth_state = 'not_observed', coverage_ratio = 0
           where platform = 'weibo' and period_start between '2011-03-01' and '2011-08-01'"""
    )
    (scope,) = (scope for scope in read_scopes(work) if scope.names[0] == "weibo")
    assert len(scope.days) == 48 - 6
    place = scope.days.index(date(2011, 9, 30))
    assert scope.days[place - 1] == date(2011, 2, 28)
    assert scope.series.increments[place - 1] == level(20) - level(13)


def test_what_was_never_looked_at_is_no_series(work: duckdb.DuckDBPyConnection) -> None:
    work.execute("update main.account_growth set growth_state = 'not_observed', coverage_ratio = 0 "
                 "where platform = 'web'")  # fmt: skip
    assert {scope.names[0] for scope in read_scopes(work)} == {"weibo"}


def test_a_row_says_what_was_fitted_or_why_not(work: duckdb.DuckDBPyConnection) -> None:
    assert renew_fits(work, "b1") == (2, 0)
    found = rows(
        work,
        """select diffusion_model, period, fitted_to, time_points, ceiling between 2900 and 3300,
                  ceiling_lo < ceiling_hi, inflection_date between '2011-08-01' and '2011-11-30',
                  is_before_inflection, is_best_aic, no_fit_reason, build_id
           from main.diffusion_fits where platform = 'weibo' and diffusion_model = 'logistic'""",
    )
    assert found == [
        ("logistic", "month", date(2013, 12, 31), 47, True, True, True, False, True, None, "b1")
    ]
    assert rows(
        work,
        """select diffusion_model, no_fit_reason, ceiling, aic from main.diffusion_fits
           where platform = 'web' order by 1""",
    ) == [(m, "4 time points, 8 are needed", None, None) for m in ("bass", "gompertz", "logistic")]


def test_a_rows_ceiling_is_that_of_all_accounts(work: duckdb.DuckDBPyConnection) -> None:
    """Of a wave of 284 upon 1000 it counts both; a straight line has none."""
    wave = [round(40 * math.exp(-(((n - 10) / 4) ** 2))) for n in range(24)]
    grow(work, "wave", [1000 + sum(wave[:n]) for n in range(25)])
    grow(work, "line", [100 + 5 * n for n in range(25)])
    renew_fits(work, "b1")
    assert rows(
        work,
        """select accounts_after, ceiling between 1284 and 1285, ceiling_lo < ceiling,
                  ceiling < ceiling_hi
           from main.diffusion_fits where platform = 'wave' and is_best_aic""",
    ) == [(1284, True, True, True)]
    assert rows(
        work,
        """select distinct ceiling, ceiling_lo, ceiling_hi, no_fit_reason from main.diffusion_fits
           where platform = 'line'""",
    ) == [(None, None, None, None)]
    assert rows(
        work,
        """select count(*) from main.diffusion_fits
           where ceiling < accounts_after or ceiling_hi < accounts_after
              or (ceiling_hi is null) <> (ceiling is null)""",
    ) == [(0,)]


def test_a_series_that_did_not_change_is_not_fitted_again(work: duckdb.DuckDBPyConnection) -> None:
    renew_fits(work, "b1")
    before = rows(work, "select * exclude (build_id) from main.diffusion_fits order by all")
    assert renew_fits(work, "b2") == (0, 2)
    assert rows(work, "select * exclude (build_id) from main.diffusion_fits order by all") == before
    assert rows(work, "select distinct build_id from main.diffusion_fits") == [("b2",)]
    # One series grows, the other leaves.
    work.execute("update main.account_growth set accounts_registered = accounts_registered + 9 "
                 "where platform = 'weibo' and period_start >= '2013-12-01'")  # fmt: skip
    work.execute("delete from main.account_growth where platform = 'web'")
    assert renew_fits(work, "b3") == (1, 0)
    assert rows(
        work, "select platform, count(*), min(accounts_after) from main.diffusion_fits group by 1"
    ) == [("weibo", 3, level(47) + 9)]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("month", date(2012, 2, 1), date(2012, 2, 29)),
        ("month", date(2012, 12, 1), date(2012, 12, 31)),
        ("week", date(2012, 12, 31), date(2013, 1, 6)),
    ],
)
def test_last_days(period: str, start: date, end: date) -> None:
    assert last_day(period, start) == end
