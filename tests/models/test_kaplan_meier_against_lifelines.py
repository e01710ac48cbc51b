"""Property: the SQL that the warehouse runs gives what lifelines gives, for every group.

dbt compiles the models once; each example fills the two tables at their base (events watched, and
responses by accounts of some kind and level) with drawn rows and runs the compiled chain from
there to main.response_timing and main.response_curves. So not only Kaplan-Meier is tested, but
also that groups are counted from the events of a period without ever multiplying the two.
"""

from __future__ import annotations

import math
import warnings
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from compiled_chain import Queries, compiled_queries, empty_database, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from model_warehouse import Warehouse

CHAIN = (
    ("intermediate", "int_response_strata_days"),
    ("intermediate", "int_response_strata"),
    ("intermediate", "int_response_cells"),
    ("intermediate", "int_response_groups"),
    ("intermediate", "int_response_group_cells"),
    ("intermediate", "int_group_first_responses"),
    ("intermediate", "int_response_outcomes"),
    ("intermediate", "int_response_totals"),
    ("intermediate", "int_response_steps"),
    ("intermediate", "int_response_curves"),
    ("intermediate", "int_response_summaries"),
    ("main", "response_curves"),
    ("main", "response_timing"),
)
HOUR = 3_600_000_000
LONGEST = 336 * HOUR
EXACT = 1e-9
RATE_HOURS = (1, 5, 6, 24, 48, 72)


@pytest.fixture(scope="module")
def chain(world: Warehouse) -> Iterator[tuple[duckdb.DuckDBPyConnection, Queries]]:
    """An empty database of the same name, and the compiled SQL of every model of the chain."""
    con = empty_database(world)
    yield con, compiled_queries(world, CHAIN)
    con.close()


# Few distinct times, on and between the hours that are reported, so that ties are common.
times = st.one_of(
    st.sampled_from([h * HOUR for h in (0, 1, 2, 5, 6, 24, 47, 48, 72, 73, 200, 336)]),
    st.integers(0, LONGEST),
)
responses = st.lists(
    st.tuples(
        st.sampled_from(("organ", "officer")),
        st.sampled_from(("province", "county")),
        st.one_of(times, st.integers(-72 * HOUR, -1)),
    ),
    max_size=3,
)
events = st.lists(
    st.tuples(
        st.sampled_from(("hot_topic", "rumor")), st.one_of(st.just(LONGEST), times), responses
    ),
    min_size=1,
    max_size=25,
)


def run_chain(con: duckdb.DuckDBPyConnection, queries: Queries, drawn: Any) -> None:
    con.execute(
        "create or replace table intermediate.int_event_follow_ups "
        "(event_id varchar, event_number bigint, event_type varchar, onset_date date, "
        "watched_us bigint)"
    )
    con.execute(
        "create or replace table intermediate.int_responses (event_id varchar, "
        "account_kind varchar, admin_level varchar, region_code varchar, link_level varchar, "
        "response_us bigint)"
    )
    for number, (event_type, watched, answers) in enumerate(drawn):
        con.execute(
            "insert into intermediate.int_event_follow_ups values (?, ?, ?, date '2020-01-01', ?)",
            [str(number), number, event_type, watched],
        )
        for kind, level, response in answers:
            if response <= watched:
                con.execute(
                    "insert into intermediate.int_responses values (?, ?, ?, null, 'exact', ?)",
                    [str(number), kind, level, response],
                )
    run(con, queries)


def outcomes(
    drawn: Any, event_type: str, kind: str, level: str
) -> tuple[list[int], list[bool], int]:
    """Waiting times, whether answered, and the number addressed beforehand, told plainly."""
    waited, answered, proactive = [], [], 0
    for its_type, watched, answers in drawn:
        if event_type not in ("all", its_type):
            continue
        own = [
            response
            for its_kind, its_level, response in answers
            if kind in ("all", its_kind) and level in ("all", its_level) and response <= watched
        ]
        first = min(own, default=None)
        if first is not None and first < 0:
            proactive += 1
        else:
            waited.append(watched if first is None else first)
            answered.append(first is not None)
    return waited, answered, proactive


def close(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return abs(left - right) <= EXACT


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=events)
def test_every_group_agrees_with_lifelines(chain: Any, drawn: Any) -> None:
    con, queries = chain
    run_chain(con, queries, drawn)
    group = "event_type, account_kind, admin_level"
    where = "period = 'all' and region_code = 'all' and link_level = 'all'"
    curves: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for *key, hours, at_risk, responded, survival, low, high in con.execute(
        f"select {group}, hours, at_risk, responded, survival, survival_lo, survival_hi "
        f"from main.response_curves where {where} order by hours"
    ).fetchall():
        curves[tuple(key)].append((hours, at_risk, responded, survival, low, high))
    rates = ", ".join(f"rate_{h}h" for h in RATE_HOURS)
    summaries = con.execute(
        f"select {group}, events, proactive, responded, censored, {rates}, "
        "median_hours, median_hours_lo, median_hours_hi, rmst_72h_hours "
        f"from main.response_timing where {where}"
    ).fetchall()
    assert ("all", "all", "all") in {row[:3] for row in summaries}

    for row in summaries:
        key, counts = row[:3], row[3:7]
        found_rates, found_medians, found_rmst = row[7:13], row[13:16], row[16]
        waited, answered, proactive = outcomes(drawn, *key)
        responded = sum(answered)
        assert counts == (len(waited) + proactive, proactive, responded, len(waited) - responded)
        if not waited:
            assert set(row[7:]) == {None}
            assert key not in curves
            continue
        hours = [t / 3.6e9 for t in waited]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = KaplanMeierFitter().fit(hours, answered)
            bounds = fit.confidence_interval_
        survival = dict(fit.survival_function_.iloc[:, 0].items())
        low = dict(bounds.iloc[:, 0].items())
        high = dict(bounds.iloc[:, 1].items())

        # The curve, at every time it has.
        for at, at_risk, at_once, estimate, lower, upper in curves[key]:
            assert at_risk == sum(h >= at for h in hours)
            assert at_once == sum(h == at and a for h, a in zip(hours, answered, strict=True))
            assert close(estimate, survival[at]), (key, at)
            if estimate == 0:
                # Undefined; lifelines prints 1.0.
                assert (lower, upper) == (None, None)
            else:
                assert close(lower, low[at]), (key, at)
                assert close(upper, high[at]), (key, at)
        assert curves[key][0][0] == 0
        assert curves[key][-1][0] == max(hours)
        assert sum(step[2] for step in curves[key]) == responded

        # What is read off the curve.
        known_until = math.inf if min(survival.values()) == 0 else max(hours)
        for h, found in zip(RATE_HOURS, found_rates, strict=True):
            expected = float(1 - fit.predict(h)) if h <= known_until else None
            assert close(found, expected), (key, h, found, expected)
        expected = float(restricted_mean_survival_time(fit, t=72)) if known_until >= 72 else None
        assert close(found_rmst, expected), (key, found_rmst, expected)
        defined = {t for t, s in survival.items() if s > 0}
        for found, curve in zip(found_medians, (survival, low, high), strict=True):
            half = [
                t
                for t, s in curve.items()
                if round(s, 12) <= 0.5 and (curve is survival or t in defined)
            ]
            assert close(found, min(half, default=None)), (key, found)


def test_all_rows_hold_every_event_of_their_parts(chain: Any) -> None:
    """Types add up to `all` types, and days to months, for the responders taken together."""
    con, queries = chain
    drawn = [
        (
            "hot_topic" if n % 3 else "rumor",
            LONGEST,
            [("organ", "county", n * HOUR)] if n % 2 else [],
        )
        for n in range(20)
    ]
    run_chain(con, queries, drawn)
    for part in ("events", "proactive", "responded", "censored"):
        whole, parts, days, months = con.execute(
            f"""
            select
                sum({part}) filter (where period = 'all' and event_type = 'all'),
                sum({part}) filter (where period = 'all' and event_type <> 'all'),
                sum({part}) filter (where period = 'day' and event_type = 'all'),
                sum({part}) filter (where period = 'month' and event_type = 'all')
            from main.response_timing
            where account_kind = 'all' and admin_level = 'all' and region_code = 'all'
                and link_level = 'all'
            """
        ).fetchone()
        assert whole == parts == days == months
