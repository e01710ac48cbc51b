"""When a source is due, and what is remembered of it."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta

import pytest

from orchestration.sources.live.client import instant_text
from orchestration.sources.live.state import REMEMBERED, Polled, State

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "every", "is_due"),
    [
        (None, DAY, True),
        (NOW - DAY, DAY, True),
        (NOW - DAY + timedelta(seconds=40), DAY, True),  # a nightly that began a little earlier
        (NOW - 20 * HOUR, DAY, False),
        (NOW - timedelta(minutes=5), timedelta(minutes=5), True),
        (NOW - timedelta(minutes=4), timedelta(minutes=5), False),
        (NOW + HOUR, DAY, True),  # the clock was set back
    ],
)
def test_due_after_its_interval(asked, every, is_due):
    polled = Polled("a", asked_at=instant_text(asked) if asked else None)
    assert polled.is_due(NOW, every) is is_due


def test_after_a_failure_its_own_time_counts_and_after_a_bound_the_next_run():
    polled = Polled("a", asked_at=instant_text(NOW - HOUR), failures=1)
    polled.next_at = instant_text(NOW + timedelta(seconds=1))
    assert not polled.is_due(NOW, timedelta(minutes=5))
    polled.next_at = instant_text(NOW)
    assert polled.is_due(NOW, DAY)
    assert Polled("a", asked_at=instant_text(NOW), is_unfinished=True).is_due(NOW, DAY)


def test_a_source_is_stale_after_three_intervals_or_failures_without_an_answer():
    polled = Polled("a", succeeded_at=instant_text(NOW - 4 * DAY), failures=1)
    assert polled.is_stale(NOW, DAY)
    assert not polled.is_stale(NOW, 2 * DAY)
    polled.failures = 0  # not asked for as long, and no failure
    assert not polled.is_stale(NOW, DAY)
    assert [Polled("a", failures=n).is_stale(NOW, DAY) for n in (0, 2, 3)] == [False, False, True]


def test_memory_survives_is_private_and_forgets_another_address(tmp_path):
    path = tmp_path / "archive" / "live.json"
    state = State(path)
    polled = state.of("news", "a")
    polled.memory["after"] = "x"
    for number in range(REMEMBERED + 5):
        polled.remember(str(number), is_flawed=False)
    state.save()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = State(path)
    assert again.of("news", "a") == polled
    assert len(polled.recent) == REMEMBERED
    assert polled.recent[-1] == str(REMEMBERED + 4)
    assert again.of("news", "b") == Polled("b")
    assert [p.name for p in path.parent.iterdir()] == ["live.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"news": 3}', '{"news": {}}'])
def test_a_damaged_memory_is_said_and_begun_anew(tmp_path, text):
    path = tmp_path / "live.json"
    path.write_text(text)
    state = State(path)
    assert state.is_unreadable
    assert state.of("news", "a") == Polled("a")
