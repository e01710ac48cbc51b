"""Property: answers to questions, on both clocks, as lifelines and a plain calendar give them."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import chinese_calendar
import duckdb
import pytest
from compiled_chain import Queries, compiled_queries, empty_database, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from model_warehouse import PROJECT, Warehouse

EXACT = 1e-9
RATE_HOURS = (1, 5, 6, 24, 48, 72, 168, 1440)
SHANGHAI = timedelta(hours=8)
OPENS, CLOSES = timedelta(hours=8, minutes=30), timedelta(hours=17, minutes=30)


@pytest.fixture(scope="module")
def chain(world: Warehouse) -> Iterator[tuple[duckdb.DuckDBPyConnection, Queries]]:
    con = empty_database(world)
    seed = PROJECT / "seeds" / "working_day_exceptions.csv"
    con.execute(f"create table seeds.working_day_exceptions as from read_csv('{seed}')")
    run(con, compiled_queries(world, [("intermediate", "int_working_days")]))
    yield con, compiled_queries(world, [("main", "reply_timing")])
    con.close()


def worked(start: datetime, end: datetime) -> float:
    """Working hours between two instants, day by day."""
    total = timedelta()
    begins, ends = start.replace(tzinfo=None) + SHANGHAI, end.replace(tzinfo=None) + SHANGHAI
    day = begins.date()
    while day <= ends.date():
        if chinese_calendar.is_workday(day):
            midnight = datetime.combine(day, datetime.min.time())
            total += max(timedelta(), min(ends, midnight + CLOSES) - max(begins, midnight + OPENS))
        day += timedelta(days=1)
    return total / timedelta(hours=1)


# The Spring Festival of 2020 was prolonged, the National Day's weeks have make-up Saturdays, and
# the turn of 2026 is the end of what is known.
asked = st.sampled_from(
    [
        datetime(2020, 1, 22, 15, tzinfo=UTC),
        datetime(2020, 1, 19, 0, 30, tzinfo=UTC),
        datetime(2021, 9, 24, 9, 29, 59, tzinfo=UTC),
        datetime(2024, 2, 2, 4, tzinfo=UTC),
        datetime(2026, 12, 30, 2, tzinfo=UTC),
    ]
)
waits = st.one_of(
    st.sampled_from([0, 3600, 5 * 3600, 86_400, 7 * 86_400, 60 * 86_400]),
    st.integers(0, 80 * 86_400),
)
questions = st.lists(
    st.tuples(
        asked,
        waits,
        st.sampled_from(("answered", "undated", "open", "in_progress")),
        st.sampled_from((("board", "office a", "440000"), ("board", "office b", None),
                         ("comment", "weibo:1", "440000"))),
    ),
    min_size=1,
    max_size=40,
)  # fmt: skip


def fill(con: duckdb.DuckDBPyConnection, drawn: Any) -> None:
    con.execute(
        "create or replace table intermediate.int_public_questions (question_id varchar, "
        "channel varchar, addressee varchar, region_code varchar, asked_at timestamptz, "
        "asked_date date, question_status varchar, answered_at timestamptz, "
        "watched_until_at timestamptz, is_automatic boolean)"
    )
    rows = []
    for number, (at, wait, state, (channel, addressee, region)) in enumerate(drawn):
        until = at + timedelta(seconds=wait)
        status = "answered" if state == "undated" else state
        answered = until if state == "answered" else None
        rows.append(
            (str(number), channel, addressee, region, at, (at + SHANGHAI).date(), status,
             answered, until, False)
        )  # fmt: skip
    con.executemany(
        "insert into intermediate.int_public_questions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
    )


def close(left: float | None, right: float | None) -> bool:
    if left is None or right is None:
        return left is right
    return abs(left - right) <= EXACT


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=questions)
def test_every_group_and_clock_agrees_with_lifelines(chain: Any, drawn: Any) -> None:
    con, queries = chain
    fill(con, drawn)
    run(con, queries)
    groups: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for at, wait, state, (channel, addressee, region) in drawn:
        known = region or "unknown"
        for key in (
            ("all", "all", "all"), (channel, "all", "all"), ("all", "all", known),
            (channel, "all", known), (channel, addressee, known),
        ):  # fmt: skip
            groups[key].append((at, at + timedelta(seconds=wait), state))
    rates = ", ".join(f"rate_{h}h" for h in RATE_HOURS)
    rows = con.execute(
        "select clock, channel, addressee, region_code, is_suppressed, questions, "
        "questions_answered, questions_open, questions_in_progress, answers_undated, "
        f"questions_off_calendar, {rates}, median_hours, rmst_72h_hours "
        "from main.reply_timing where period = 'all'"
    ).fetchall()
    assert {tuple(row[1:4]) for row in rows} == set(groups)
    assert len(rows) == 2 * len(groups)
    for clock, *rest in rows:
        key, is_suppressed, numbers = tuple(rest[:3]), rest[3], rest[4:]
        lives = groups[key]
        assert is_suppressed == (len(lives) < 5)
        if is_suppressed:
            assert set(numbers) == {None}
            continue
        last = date(2026, 12, 31)
        timed = [
            (
                (end - start) / timedelta(hours=1) if clock == "elapsed" else worked(start, end),
                state == "answered",
            )
            for start, end, state in lives
            if clock == "elapsed" or (end + SHANGHAI).date() <= last
        ]
        states = [state for *_, state in lives]
        assert numbers[:6] == [
            len(lives), states.count("answered") + states.count("undated"), states.count("open"),
            states.count("in_progress"), states.count("undated"), len(lives) - len(timed),
        ]  # fmt: skip
        if not timed:
            assert set(numbers[6:]) == {None}
            continue
        hours, answered = [t for t, _ in timed], [a for _, a in timed]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = KaplanMeierFitter().fit(hours, answered)
        ended = fit.survival_function_.iloc[-1, 0] == 0
        for h, found in zip(RATE_HOURS, numbers[6:14], strict=True):
            known = ended or max(hours) >= h
            expected = float(1 - fit.predict(h)) if known else None
            assert close(found, expected), (clock, key, h, found, expected)
        half = [t for t, s in fit.survival_function_.iloc[:, 0].items() if round(s, 12) <= 0.5]
        assert close(numbers[14], min(half, default=None)), (clock, key)
        known = ended or max(hours) >= 72
        expected = float(restricted_mean_survival_time(fit, t=72)) if known else None
        assert close(numbers[15], expected), (clock, key)
