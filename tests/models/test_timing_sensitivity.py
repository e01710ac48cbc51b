"""Property: every choice of timing_sensitivity, delayed entry among them, as lifelines has it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import duckdb
import pytest
from compiled_chain import Queries, compiled_queries, empty_database, run
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from model_warehouse import Warehouse

EXACT = 1e-9
HOUR = 3_600_000_000
WINDOW = 336 * HOUR
FROM = datetime(2020, 3, 1, tzinfo=UTC)
THROUGH = FROM + timedelta(hours=500)
CHOICES = (("exact", 1.0), ("all", 0.9), ("all", 0.75), ("all", 0.55))


@pytest.fixture(scope="module")
def chain(world: Warehouse) -> Iterator[tuple[duckdb.DuckDBPyConnection, Queries]]:
    con = empty_database(world)
    yield con, compiled_queries(world, [("main", "timing_sensitivity")])
    con.close()


hours = st.one_of(
    st.sampled_from([0, 1, 24, 72, 100, 168, 336, 400]), st.integers(0, 400), st.integers(-100, -1)
)
drawn_events = st.lists(
    st.tuples(
        st.integers(-400, 560),  # onset, in hours from the first collected post
        # How much earlier it may have begun.
        st.one_of(st.none(), st.sampled_from([0, 6, 24, 100])),
        st.lists(st.tuples(hours, st.sampled_from([("exact", 1.0), ("lexical", 0.95),
                                                   ("lexical", 0.8), ("lexical", 0.6)])),
                 max_size=3),
    ),
    min_size=1,
    max_size=30,
)  # fmt: skip


def us(length: timedelta) -> int:
    return int(length / timedelta(microseconds=1))


def earliest_watch(onset: int, width: int) -> int:
    """Hours watched from `width` hours before the onset: until the watch or the stretch ends."""
    if 0 <= onset <= 500:
        return width + min(336, 500 - onset)
    return 500 - (onset - width) if 0 <= onset - width <= 500 else 0


def is_collected(onset: int, waited: int) -> bool:
    """Between the end of the stretch and an onset after it, posts of another platform are known."""
    return 0 <= onset + waited <= max(500, onset) and waited <= 336


def fill(con: duckdb.DuckDBPyConnection, drawn: Any) -> None:
    con.execute(
        "create or replace table intermediate.int_event_follow_ups (event_id varchar, "
        "event_type varchar, onset_hi_at timestamptz, watched_us bigint, onset_width_us bigint, "
        "earliest_watched_us bigint, late_entry_us bigint, late_until_us bigint)"
    )
    for table, schema in (("int_responses", "intermediate"), ("event_links", "core")):
        con.execute(
            f"create or replace table {schema}.{table} (event_id varchar, "
            "posted_at timestamptz, response_us bigint, link_level varchar, "
            "link_probability double, account_id varchar, is_person boolean)"
        )
    for number, (onset, width, answers) in enumerate(drawn):
        at = FROM + timedelta(hours=onset)
        watched = max(0, min(WINDOW, us(THROUGH - at))) if onset >= 0 else 0
        is_late = -336 < onset < 0
        con.execute(
            "insert into intermediate.int_event_follow_ups values (?, 'rumor', ?, ?, ?, ?, ?, ?)",
            [
                str(number), at, watched, None if width is None else width * HOUR,
                None if width is None else earliest_watch(onset, width) * HOUR,
                us(FROM - at) if is_late else None,
                min(WINDOW, us(THROUGH - at)) if is_late else None,
            ],
        )  # fmt: skip
        if is_late:
            # Said elsewhere before the stretch began: no answer in it.
            con.execute(
                "insert into core.event_links values (?, ?, 0, 'exact', 1, '1', false)",
                [str(number), at],
            )
        for waited, (level, probability) in answers:
            posted = at + timedelta(hours=waited)
            row = [str(number), posted, waited * HOUR, level, probability, "1", False]
            if is_collected(onset, waited):
                con.execute("insert into core.event_links values (?, ?, ?, ?, ?, ?, ?)", row)
                if onset >= 0:
                    con.execute(
                        "insert into intermediate.int_responses values (?, ?, ?, ?, ?, ?, ?)", row
                    )


def lives(drawn: Any, definition: str, level: str, least: float) -> list[tuple[float, float, bool]]:
    """Entry, exit and whether answered, in hours, told plainly."""
    found = []
    for onset, width, answers in drawn:
        through = 500 - onset
        starts, ends, shift = 0, max(0, min(336, through)) if onset >= 0 else 0, 0
        if definition == "earliest":
            if width is None:
                continue
            shift, ends = width, earliest_watch(onset, width)
        if definition == "late_entry" and -336 < onset < 0 and through > -onset:
            starts, ends = -onset, min(336, through)
        own = [
            waited
            for waited, (its_level, probability) in answers
            if probability >= least and level in ("all", its_level)
            and is_collected(onset, waited) and (onset >= 0 or starts)
        ]  # fmt: skip
        first = min(own, default=None)
        if first is not None and first + shift < 0:
            continue
        if first is not None and first + shift > ends:
            first = None
        exit_ = ends if first is None else first + shift
        if exit_ > starts or starts == 0:
            found.append((starts, exit_, first is not None))
    return found


def estimate(told: list[tuple[float, float, bool]], at: float) -> tuple[float, float, float]:
    """Survival with its bounds by the definitions: n_j counts entry < t_j <= exit."""
    survival, variance = Fraction(1), 0.0
    for time in sorted({end for _, end, answered in told if answered and end <= at}):
        at_risk = sum((start < time or start == 0) and time <= end for start, end, _ in told)
        hits = sum(end == time and answered for _, end, answered in told)
        survival *= 1 - Fraction(hits, at_risk)
        if hits == at_risk:
            break
        variance += hits / at_risk / (at_risk - hits)
    value = float(survival)
    if value in (0.0, 1.0):
        return value, value, value
    half = 1.959963984540054 * math.sqrt(variance) / -math.log(value)
    log_log = math.log(-math.log(value))
    low, high = (math.exp(-math.exp(log_log + sign * half)) for sign in (1, -1))
    return value, low, high


def close(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return abs(left - right) <= EXACT


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=drawn_events)
def test_every_choice_is_what_its_definition_says(chain: Any, drawn: Any) -> None:
    con, queries = chain
    fill(con, drawn)
    run(con, queries)
    for definition in ("first_sighting", "earliest", "late_entry"):
        for level, least in CHOICES:
            rows = con.execute(
                "select horizon_hours, answered_ratio, answered_ratio_lo, answered_ratio_hi "
                "from main.timing_sensitivity where event_type = 'all' and onset_definition = ? "
                "and link_level = ? and min_probability = ?",
                [definition, level, least],
            ).fetchall()
            told = lives(drawn, definition, level, least)
            for horizon, *found in rows:
                if not told:
                    assert found == [None] * 3
                    continue
                ended = estimate(told, math.inf)[0] == 0
                known = ended or max(end for _, end, _ in told) >= horizon
                # With late entrants only, nothing is known before anything happens to them.
                last = max(end for _, end, _ in told)
                known = known and (
                    any(start == 0 for start, *_ in told)
                    or any(
                        end <= horizon and (answered or end == last) for _, end, answered in told
                    )
                )
                value, low, high = estimate(told, horizon)
                where = (definition, level, least, horizon)
                assert close(found[0], 1 - value if known else None), where
                if known and 0 < value < 1:
                    assert close(found[1], 1 - high), where
                    assert close(found[2], 1 - low), where


def test_silence_counts_until_the_stretch_ends_within_the_onset(chain: Any) -> None:
    """Four topics seen 12 h after the last post, three days after their earliest onset; one has a
    post 36 h after that. A post of elsewhere after the stretch is no answer in it."""
    con, queries = chain
    silent: tuple[int, int, list[Any]] = (512, 72, [])
    elsewhere, answered = ((512, 72, [(waited, ("exact", 1.0))]) for waited in (-2, -36))
    fill(con, [silent, silent, elsewhere, answered])
    run(con, queries)
    read = (
        "select {} from main.timing_sensitivity where event_type = 'all' and link_level = 'exact' "
        "and onset_definition = 'earliest' order by horizon_hours"
    )
    assert con.execute(read.format("answered_ratio")).fetchall() == [
        (0,),
        (None,),
        (None,),
        (None,),
    ]
    assert con.execute(read.format("responded, median_hours")).fetchall()[1] == (1, None)
    assert con.execute(read.format("events, proactive")).fetchone() == (4, 0)


def test_delayed_entry_is_that_of_lifelines(chain: Any) -> None:
    """Many events, so that nobody is waiting alone, which lifelines refuses."""
    con, queries = chain
    rng = random.Random(11)
    drawn = [
        (
            rng.randrange(-330, 160),
            None,
            [(rng.randrange(1, 336), ("exact", 1.0))] if rng.random() < 0.5 else [],
        )
        for _ in range(300)
    ]
    drawn += [(n, None, []) for n in range(40)]
    fill(con, drawn)
    run(con, queries)
    entry, exit_, answered = zip(*lives(drawn, "late_entry", "all", 0.55), strict=True)
    assert sum(start > 0 for start in entry) > 100
    fit = KaplanMeierFitter().fit(exit_, answered, entry=entry)
    for horizon, *found in con.execute(
        "select horizon_hours, answered_ratio, answered_ratio_lo, answered_ratio_hi "
        "from main.timing_sensitivity where event_type = 'all' and link_level = 'all' "
        "and onset_definition = 'late_entry' and min_probability = 0.55"
    ).fetchall():
        survival, bounds = fit.survival_function_.iloc[:, 0], fit.confidence_interval_
        assert close(found[0], 1 - float(survival[survival.index <= horizon].iloc[-1])), horizon
        low, high = bounds[bounds.index <= horizon].iloc[-1]
        assert close(found[1], 1 - high), horizon
        assert close(found[2], 1 - low), horizon
