"""A world whose answers are known, 200 times over: do the 95 % intervals hold the truth 95 times of
a hundred?

Every replicate is an event type of its own, so that one run of the compiled chain does them all.
Seven of ten events are ever answered, after a Weibull time; watching ends at random. Each event
was seen up to six hours late, and every fifth stimulus is removed after an exponential time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
import pytest
from compiled_chain import compiled_queries, empty_database, run
from model_warehouse import Warehouse
from scipy.stats import binom
from test_kaplan_meier_against_lifelines import CHAIN

REPLICATES, EVENTS = 200, 60
ANSWERED, SHAPE, SCALE = 0.7, 0.6, 20.0
HOUR = 3_600_000_000
SHARE = {h: ANSWERED * (1 - math.exp(-((h / SCALE) ** SHAPE))) for h in (1, 6, 24, 72)}
"""The truth: share answered within h hours."""
MEDIAN = SCALE * math.log(1 / (1 - 0.5 / ANSWERED)) ** (1 / SHAPE)
REMOVED, REMOVAL_MEAN = 0.2, 48.0


@pytest.fixture(scope="module")
def replicates(world: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    rng = np.random.default_rng(2016)
    count = REPLICATES * EVENTS
    answers = np.where(
        rng.random(count) < ANSWERED, SCALE * rng.weibull(SHAPE, count), np.inf
    )  # hours from the first sighting
    watched = np.where(rng.random(count) < 0.7, 336.0, rng.uniform(0, 336, count))
    removal = np.where(rng.random(count) < REMOVED, rng.exponential(REMOVAL_MEAN, count), np.inf)
    drawn = pl.DataFrame(
        {
            "event_number": np.arange(count),
            "event_type": [f"r{n // EVENTS:03d}" for n in range(count)],
            "response": answers,
            "watched_us": (watched * HOUR).astype(np.int64),
            "onset_width_us": (rng.uniform(0, 6, count) * HOUR).astype(np.int64),
            "removed": removal,
        }
    ).with_columns(
        removed_us=pl.when(pl.col("removed") <= pl.col("watched_us") / HOUR).then(
            (pl.col("removed").clip(0, 1000) * HOUR).cast(pl.Int64)
        ),
        response_us=(pl.col("response").clip(0, 1000) * HOUR).cast(pl.Int64),
    )
    con = empty_database(world)
    con.register("drawn", drawn.to_arrow())
    con.execute(
        "create table intermediate.int_event_follow_ups as select "
        "event_number::varchar as event_id, event_number, event_type, "
        "date '2020-01-01' as onset_date, watched_us, onset_width_us, "
        "watched_us + onset_width_us as earliest_watched_us, removed_us from drawn"
    )
    con.execute(
        "create table intermediate.int_responses as select event_number::varchar as event_id, "
        "'organ' as account_kind, 'county' as admin_level, null::varchar as region_code, "
        "'exact' as link_level, response_us from drawn where response_us <= watched_us"
    )
    con.execute(
        "create table intermediate.int_observed_groups (period varchar, period_start date, "
        "account_kind varchar, admin_level varchar, region_code varchar, accounts bigint)"
    )
    run(con, compiled_queries(world, CHAIN))
    yield con
    con.close()


def everybody(table: str) -> str:
    return (
        f"(from main.{table} where period = 'all' and event_type <> 'all' and account_kind = 'all' "
        "and admin_level = 'all' and region_code = 'all' and link_level = 'all')"
    )


def is_nominal(hits: int) -> bool:
    """Within what 200 draws of an honest 95 % interval give in all but one of a thousand tests."""
    low, high = binom.interval(0.999, REPLICATES, 0.95)
    return bool(low <= hits <= high)


@pytest.mark.parametrize("hours", SHARE)
def test_intervals_hold_the_share_at_the_nominal_rate(
    replicates: duckdb.DuckDBPyConnection, hours: int, record_property
) -> None:
    rows = replicates.execute(
        "select max_by(survival_lo, hours), max_by(survival_hi, hours) "
        f"from {everybody('response_curves')} where hours <= {hours} group by event_type"
    ).fetchall()
    hits = sum(low <= 1 - SHARE[hours] <= high for low, high in rows)
    record_property("held", hits)
    assert len(rows) == REPLICATES
    assert is_nominal(hits), (hours, hits)


def test_intervals_of_the_median_hold_it_at_the_nominal_rate(
    replicates: duckdb.DuckDBPyConnection, record_property
) -> None:
    rows = replicates.execute(
        "select coalesce(median_hours_lo, 1e9), coalesce(median_hours_hi, 1e9) "
        f"from {everybody('response_timing')}"
    ).fetchall()
    hits = sum(low <= MEDIAN <= high for low, high in rows)
    record_property("held", hits)
    assert len(rows) == REPLICATES
    assert is_nominal(hits), hits


def test_rates_and_incidences_are_unbiased(replicates: duckdb.DuckDBPyConnection) -> None:
    rates, incidence, removed, earliest = replicates.execute(
        "select avg(rate_24h), avg(incidence_24h), avg(incidence_removed_24h), "
        f"avg(rate_24h_earliest) from {everybody('response_timing')}"
    ).fetchone()
    # P(answered by 24 h and before the removal), by numerical integration.
    grid = np.linspace(1e-6, 24, 200_001)
    density = ANSWERED * (SHAPE / SCALE) * (grid / SCALE) ** (SHAPE - 1)
    density *= np.exp(-((grid / SCALE) ** SHAPE))
    there = 1 - REMOVED * (1 - np.exp(-grid / REMOVAL_MEAN))
    waiting = 1 - ANSWERED * (1 - np.exp(-((grid / SCALE) ** SHAPE)))
    going = REMOVED / REMOVAL_MEAN * np.exp(-grid / REMOVAL_MEAN)
    assert abs(rates - SHARE[24]) < 0.01
    assert abs(incidence - np.trapezoid(density * there, grid)) < 0.01
    assert abs(removed - np.trapezoid(going * waiting, grid)) < 0.01
    # Counted from up to six hours earlier, fewer are answered within a day: not by much.
    assert SHARE[24] - 0.06 < earliest < SHARE[24]
