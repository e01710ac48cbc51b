"""Property: the SQL that the warehouse runs gives what lifelines gives, for every group.

dbt compiles the models once; each example fills the two tables at their base (events watched, and
responses by accounts of some kind and level) with drawn rows and runs the compiled chain from
there to main.response_timing and main.response_curves. So not only Kaplan-Meier is tested, but
also that groups are counted from the events of a period without ever multiplying the two.
"""

from __future__ import annotations

import math
import random
import warnings
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import duckdb
import numpy as np
import pytest
from compiled_chain import Queries, compiled_queries, empty_database, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from model_warehouse import Warehouse

CHAIN = (
    ("intermediate", "int_response_strata_days"),
    ("intermediate", "int_response_strata"),
    ("intermediate", "int_responder_cells"),
    ("intermediate", "int_response_cells"),
    ("intermediate", "int_response_groups"),
    ("intermediate", "int_response_group_cells"),
    ("intermediate", "int_group_first_responses"),
    ("intermediate", "int_response_totals"),
    ("intermediate", "int_response_silences"),
    ("intermediate", "int_response_stretches"),
    ("intermediate", "int_response_medians"),
    ("intermediate", "int_response_outcomes"),
    ("intermediate", "int_response_steps"),
    ("intermediate", "int_response_curves"),
    ("intermediate", "int_response_summaries"),
    ("intermediate", "int_response_bootstrap"),
    ("intermediate", "int_response_later_outcomes"),
    ("intermediate", "int_response_later_steps"),
    ("intermediate", "int_response_later_curves"),
    ("main", "response_curves"),
    ("main", "response_timing"),
)
HOUR = 3_600_000_000
LONGEST = 336 * HOUR
EXACT = 1e-9
RATE_HOURS = (1, 5, 6, 24, 48, 72)
READ_FROM = {"counts", "ranks", "stretches", "steps"}


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
        st.sampled_from(("hot_topic", "rumor")),
        st.one_of(st.just(LONGEST), times),
        responses,
        # How much earlier the event may have begun, and when its stimulus was removed.
        st.one_of(
            st.none(), st.sampled_from([0, HOUR, 12 * HOUR, 100 * HOUR]), st.integers(0, 24 * HOUR)
        ),
        st.one_of(st.none(), times),
    ),
    min_size=1,
    max_size=25,
)


def run_chain(con: duckdb.DuckDBPyConnection, queries: Queries, drawn: Any) -> None:
    con.execute(
        "create or replace table intermediate.int_event_follow_ups "
        "(event_id varchar, event_number bigint, event_type varchar, onset_date date, "
        "watched_us bigint, onset_width_us bigint, earliest_watched_us bigint, removed_us bigint)"
    )
    con.execute(
        "create or replace table intermediate.int_responses (event_id varchar, "
        "account_kind varchar, admin_level varchar, region_code varchar, link_level varchar, "
        "response_us bigint)"
    )
    # State media are observed and never speak; organs are named again where they do not.
    con.execute(
        "create or replace table intermediate.int_observed_groups as "
        "select period, period_start, account_kind, 'all' as admin_level, 'all' as region_code, "
        "cast(5 as bigint) as accounts "
        "from (values ('all'), ('month')) as periods (period), "
        "(values (date '2020-01-01')) as starts (period_start), "
        "(values ('state_media'), ('organ')) as kinds (account_kind)"
    )
    for number, (event_type, watched, answers, width, removed) in enumerate(drawn):
        removed = removed if removed is not None and removed <= watched else None
        con.execute(
            "insert into intermediate.int_event_follow_ups "
            "values (?, ?, ?, date '2020-01-01', ?, ?, ?, ?)",
            [
                str(number), number, event_type, watched, width,
                watched_from_earliest(watched, width), removed,
            ],
        )  # fmt: skip
        for kind, level, response in answers:
            if response <= watched:
                con.execute(
                    "insert into intermediate.int_responses values (?, ?, ?, null, 'exact', ?)",
                    [str(number), kind, level, response],
                )
    run(con, queries)


def watched_from_earliest(watched: int, width: int | None) -> int | None:
    """What was not watched at its first sighting was in the first half of its onset."""
    if width is None:
        return None
    return watched + width if watched else width // 2


def firsts(drawn: Any, event_type: str, kind: str, level: str) -> Iterator[tuple[Any, ...]]:
    """Watched, first response of the group or None, onset width and removal of each event."""
    for its_type, watched, answers, width, removed in drawn:
        if event_type not in ("all", its_type):
            continue
        own = [
            response
            for its_kind, its_level, response in answers
            if kind in ("all", its_kind) and level in ("all", its_level) and response <= watched
        ]
        gone = removed if removed is not None and removed <= watched else None
        yield watched, min(own, default=None), width, gone


def outcomes(
    drawn: Any, event_type: str, kind: str, level: str
) -> tuple[list[int], list[bool], int]:
    """Waiting times, whether answered, and the number addressed beforehand, told plainly."""
    waited, answered, proactive = [], [], 0
    for watched, first, *_ in firsts(drawn, event_type, kind, level):
        if first is not None and first < 0:
            proactive += 1
        else:
            waited.append(watched if first is None else first)
            answered.append(first is not None)
    return waited, answered, proactive


def outcomes_from_earliest(
    drawn: Any, event_type: str, kind: str, level: str
) -> tuple[list[float], list[bool]]:
    """The same in hours, had each event begun as early as it may, where that is known."""
    waited, answered = [], []
    for watched, first, width, _ in firsts(drawn, event_type, kind, level):
        length = watched_from_earliest(watched, width)
        if length is None:
            continue
        if first is None or first + width > length:
            waited.append(length / HOUR)
            answered.append(False)
        elif first + width >= 0:
            waited.append((first + width) / HOUR)
            answered.append(True)
    return waited, answered


def competing(drawn: Any, event_type: str, kind: str, level: str) -> tuple[list[float], list[int]]:
    """Hours until the answer (1), the removal (2) or the end of watching (0), whichever came
    first; an answer at the instant of the removal is an answer."""
    waited, ended = [], []
    for watched, first, _, removed in firsts(drawn, event_type, kind, level):
        end = watched if removed is None else removed
        if first is not None and first < 0:
            continue
        if first is not None and first <= end:
            waited.append(first / HOUR)
            ended.append(1)
        else:
            waited.append(end / HOUR)
            ended.append(0 if removed is None else 2)
    return waited, ended


def incidences(waited: list[float], ended: list[int]) -> Callable[[float], tuple[float, float]]:
    """Aalen and Johansen's estimate by its definition, in exact fractions, at any time."""
    untouched, found = Fraction(1), [Fraction(0), Fraction(0)]
    times, values = [], [(0.0, 0.0)]
    counts = Counter(zip(waited, ended, strict=True))
    at_risk = len(waited)
    for time in sorted(set(waited)):
        now = [counts[time, what] for what in (0, 1, 2)]
        for what in (1, 2):
            found[what - 1] += untouched * Fraction(now[what], at_risk)
        untouched *= 1 - Fraction(now[1] + now[2], at_risk)
        at_risk -= sum(now)
        times.append(time)
        values.append((float(found[0]), float(found[1])))
    return lambda at: values[bisect_right(times, at)]


def kaplan_meier(waited: Iterable[float], answered: Iterable[bool]) -> KaplanMeierFitter:
    """What lifelines makes of it. It takes longer than the SQL, and many groups are the same."""
    return _kaplan_meier(tuple(waited), tuple(answered))


@lru_cache(maxsize=100)
def _kaplan_meier(waited: tuple[float, ...], answered: tuple[bool, ...]) -> KaplanMeierFitter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return KaplanMeierFitter().fit(waited, answered)


def predicted_at(fit: KaplanMeierFitter, times: Sequence[float]) -> list[float]:
    """Many times at once; lifelines gives a number for one and knows none for none."""
    return np.atleast_1d(fit.predict(times)).tolist() if times else []


@cache
def restricted_mean(fit: KaplanMeierFitter) -> float:
    return float(restricted_mean_survival_time(fit, t=72))


def close(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return abs(left - right) <= EXACT


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=events)
def test_every_group_agrees_with_lifelines(chain: Any, drawn: Any) -> None:
    con, queries = chain
    run_chain(con, queries, drawn)
    check_every_group(con, drawn)


def crowd(seed: int, share: float, short: float) -> list[tuple[Any, ...]]:
    """Events enough for every way of reading a curve; some times are of whole hours, for ties."""
    rng = random.Random(seed)

    def time(until: int) -> int:
        drawn = rng.randrange(until + 1)
        return drawn // HOUR * HOUR if rng.random() < 0.3 else drawn

    return [
        (
            rng.choice(("hot_topic", "rumor")),
            time(100 * HOUR) if rng.random() < short else LONGEST,
            [
                (
                    rng.choice(("organ", "officer")),
                    rng.choice(("province", "county")),
                    -HOUR if rng.random() < 0.1 else time(LONGEST if n % 3 else 60 * HOUR),
                )
                for _ in range(2)
                if rng.random() < share
            ],
            rng.choice((None, 0, rng.randrange(3 * HOUR))),
            time(LONGEST) if rng.random() < short / 4 else None,
        )
        for n in range(rng.choice((60, 150)))
    ]


def test_every_way_of_reading_a_curve_agrees_with_lifelines(chain: Any) -> None:
    con, queries = chain
    read = set()
    for seed, (share, short) in enumerate(
        (share, short) for share in (0.02, 0.05, 0.12, 0.6) for short in (0.0, 0.03, 0.15)
    ):
        drawn = crowd(seed, share, short)
        run_chain(con, queries, drawn)
        check_every_group(con, drawn)
        read |= set(
            con.execute(
                "select reading, read_from from intermediate.int_response_totals as totals "
                "inner join intermediate.int_response_strata as strata "
                "on totals.stratum_id = strata.stratum_id where totals.responded > 0"
            ).fetchall()
        )
    assert {what for reading, what in read if reading == 1} == READ_FROM
    assert {what for reading, what in read if reading == 2} == READ_FROM


def check_every_group(con: duckdb.DuckDBPyConnection, drawn: Any) -> None:
    """Rows of all groups of all regions and links against what lifelines says of them."""
    group = "event_type, account_kind, admin_level"
    where = "period = 'all' and region_code = 'all' and link_level = 'all'"
    curves: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    besides: dict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for *key, hours, at_risk, responded, survival, low, high, earliest, told, gone in con.execute(
        f"select {group}, hours, at_risk, responded, survival, survival_lo, survival_hi, "
        "survival_earliest, incidence, incidence_removed "
        f"from main.response_curves where {where} order by hours"
    ).fetchall():
        curves[tuple(key)].append((hours, at_risk, responded, survival, low, high))
        besides[tuple(key)].append((hours, earliest, told, gone))
    rates = ", ".join(f"rate_{h}h" for h in RATE_HOURS)
    summaries = con.execute(
        f"select {group}, events, proactive, responded, censored, {rates}, "
        "median_hours, median_hours_lo, median_hours_hi, rmst_72h_hours "
        f"from main.response_timing where {where}"
    ).fetchall()
    assert ("all", "all", "all") in {row[:3] for row in summaries}
    spoke = {kind for _, _, answers, *_ in drawn for kind, _, _ in answers}
    assert ("all", "state_media", "all") in {row[:3] for row in summaries} or not spoke
    assert len({row[:3] for row in summaries}) == len(summaries)

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
        fit = kaplan_meier(hours, answered)
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
        predicted = predicted_at(fit, RATE_HOURS)
        for h, found, still in zip(RATE_HOURS, found_rates, predicted, strict=True):
            expected = 1 - still if h <= known_until else None
            assert close(found, expected), (key, h, found, expected)
        expected = restricted_mean(fit) if known_until >= 72 else None
        assert close(found_rmst, expected), (key, found_rmst, expected)
        defined = {t for t, s in survival.items() if s > 0}
        for found, curve in zip(found_medians, (survival, low, high), strict=True):
            half = [
                t
                for t, s in curve.items()
                if round(s, 12) <= 0.5 and (curve is survival or t in defined)
            ]
            assert close(found, min(half, default=None)), (key, found)

    check_other_readings(con, drawn)
    for key, rows in besides.items():
        waited, answered = outcomes_from_earliest(drawn, *key)
        from_earliest: dict[float, float] = {}
        if waited:
            fit = kaplan_meier(waited, answered)
            is_ended = fit.survival_function_.iloc[-1, 0] == 0
            known = [at for at, *_ in rows if is_ended or at <= max(waited)]
            from_earliest = dict(zip(known, predicted_at(fit, known), strict=True))
        lasting, ended = competing(drawn, *key)
        incidence = incidences(lasting, ended)
        settled = abs(sum(incidence(math.inf)) - 1) < EXACT
        for at, earliest, told, gone in rows:
            assert close(earliest, from_earliest.get(at)), (key, at)
            found = incidence(at) if settled or at <= max(lasting) else (None,) * 2
            if 2 not in ended and found[0] is not None:
                found = (found[0], 0.0)
            assert close(told, found[0]), (key, at, told, found)
            assert close(gone, found[1]), (key, at, gone, found)


def check_other_readings(con: duckdb.DuckDBPyConnection, drawn: Any) -> None:
    """What main.response_timing says of the earliest onset, as lifelines has it."""
    rates = ", ".join(f"rate_{h}h_earliest" for h in RATE_HOURS)
    for *key, rmst, median, r1, r5, r6, r24, r48, r72 in con.execute(
        f"select event_type, account_kind, admin_level, rmst_72h_hours_earliest, "
        f"median_hours_earliest, {rates} from main.response_timing "
        "where period = 'all' and region_code = 'all' and link_level = 'all'"
    ).fetchall():
        waited, answered = outcomes_from_earliest(drawn, *key)
        if not waited:
            assert {rmst, median, r1, r5, r6, r24, r48, r72} == {None}
            continue
        fit = kaplan_meier(waited, answered)
        survival = dict(fit.survival_function_.iloc[:, 0].items())
        known_until = math.inf if min(survival.values()) == 0 else max(waited)
        predicted = predicted_at(fit, RATE_HOURS)
        for h, found, still in zip(RATE_HOURS, (r1, r5, r6, r24, r48, r72), predicted, strict=True):
            expected = 1 - still if h <= known_until else None
            assert close(found, expected), (key, h, found, expected)
        expected = restricted_mean(fit) if known_until >= 72 else None
        assert close(rmst, expected), (key, rmst, expected)
        half = [t for t, s in survival.items() if round(s, 12) <= 0.5]
        assert close(median, min(half, default=None)), (key, median)


def test_incidences_are_those_of_lifelines(chain: Any) -> None:
    """Without ties, which lifelines breaks by chance."""
    con, queries = chain
    rng = random.Random(5)
    drawn = [
        (
            "rumor",
            LONGEST - n,
            [("organ", "county", rng.randrange(90 * HOUR))] if rng.random() < 0.6 else [],
            None,
            rng.randrange(200 * HOUR) if rng.random() < 0.5 else None,
        )
        for n in range(120)
    ]
    run_chain(con, queries, drawn)
    waited, ended = competing(drawn, "all", "all", "all")
    fits = [
        AalenJohansenFitter(calculate_variance=False).fit(waited, ended, event_of_interest=what)
        for what in (1, 2)
    ]
    rows = con.execute(
        "select hours, incidence, incidence_removed from main.response_curves "
        "where period = 'all' and event_type = 'all' and account_kind = 'all' "
        "and admin_level = 'all' and region_code = 'all' and link_level = 'all' and hours < 90"
    ).fetchall()
    assert len(rows) > 40
    for at, *found in rows:
        for fit, value in zip(fits, found, strict=True):
            steps = fit.cumulative_density_.iloc[:, 0]
            assert close(value, float(steps[steps.index <= at].iloc[-1])), at
    rate, gone, removed = con.execute(
        "select incidence_72h, incidence_removed_72h, removed from main.response_timing "
        "where period = 'all' and event_type = 'all' and account_kind = 'all' "
        "and admin_level = 'all' and region_code = 'all' and link_level = 'all'"
    ).fetchone()
    assert (close(rate, incidences(waited, ended)(72)[0]), removed) == (True, ended.count(2))
    assert close(gone, incidences(waited, ended)(72)[1])


def test_all_rows_hold_every_event_of_their_parts(chain: Any) -> None:
    """Types add up to `all` types, and days to months, for the responders taken together."""
    con, queries = chain
    drawn = [
        (
            "hot_topic" if n % 3 else "rumor",
            LONGEST,
            [("organ", "county", n * HOUR)] if n % 2 else [],
            None,
            None,
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
