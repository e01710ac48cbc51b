"""Texts become UTC instants with precision, source and the assumption made about the zone."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.times import parse_instants

SEEN = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


def one(text, seen=SEEN, **options):
    observed = pl.Series([seen], dtype=pl.Datetime("us", "UTC"))
    found = parse_instants(
        pl.Series([text], dtype=pl.String), "Asia/Shanghai", observed_at=observed, **options
    )
    return tuple(series[0] for series in found)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "precision", "source", "assumed"),
    [
        ("2026-02-01 10:00:05", utc(2026, 2, 1, 2, 0, 5), "second", "api", True),
        ("2026-02-01T10:00:05", utc(2026, 2, 1, 2, 0, 5), "second", "api", True),
        ("2026-02-01 10:00", utc(2026, 2, 1, 2, 0), "minute", "api", True),
        ("2026年02月01日 10:00", utc(2026, 2, 1, 2, 0), "minute", "api", True),
        ("2026-02-01", utc(2026, 1, 31, 16, 0), "day", "api", True),
        ("2026-02-01T10:00:05Z", utc(2026, 2, 1, 10, 0, 5), "second", "api", False),
        ("2026-02-01T10:00:05+08:00", utc(2026, 2, 1, 2, 0, 5), "second", "api", False),
        ("Wed Oct 19 13:41:29 +0800 2022", utc(2022, 10, 19, 5, 41, 29), "second", "api", False),
        ("Thu, 02 Jul 2020 18:28:24 +0000", utc(2020, 7, 2, 18, 28, 24), "second", "api", False),
        ("5分钟前", utc(2026, 3, 1, 0, 55), "minute", "relative", False),
        ("30秒前", utc(2026, 3, 1, 0, 59, 30), "second", "relative", False),
        ("3小时前", utc(2026, 2, 28, 22, 0), "hour", "relative", False),
        ("今天 08:15", utc(2026, 3, 1, 0, 15), "minute", "relative", True),
        ("昨天 08:15", utc(2026, 2, 28, 0, 15), "minute", "relative", True),
        ("02-28 12:30", utc(2026, 2, 28, 4, 30), "minute", "relative", True),
        ("12-30 12:30", utc(2025, 12, 30, 4, 30), "minute", "relative", True),
        ("03月05日 12:30", utc(2025, 3, 5, 4, 30), "minute", "relative", True),
    ],
)
def test_known_notations(text, at, precision, source, assumed):
    assert one(text) == (at, precision, source, assumed, None)


def test_shanghai_summer_time_of_1986_to_1991_is_known():
    assert one("1988-07-01 10:00:00")[0] == utc(1988, 7, 1, 1, 0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("soon", "not_a_time"),
        ("2026-13-01 00:00", "not_a_time"),
        ("1970-01-01 00:00:00", "time_range"),
    ],
)
def test_what_is_no_time_has_a_reason(text, reason):
    at, *_, problem = one(text)
    assert (at, problem) == (None, reason)


def test_a_relative_time_without_observation_is_refused_not_guessed():
    found = parse_instants(pl.Series(["5分钟前", "昨天 08:15"]), "Asia/Shanghai")
    assert found.at.null_count() == 2
    assert set(found.problem) == {"relative_without_observed_at"}


def test_missing_is_missing_not_wrong():
    assert one(None)[0] is None
    assert one("")[4] is None


def test_epochs_are_read_only_when_declared():
    assert one("1349768694")[4] == "not_a_time"
    assert one("1349768694", pattern="epoch_s")[0] == utc(2012, 10, 9, 7, 44, 54)
    assert one("1349768694000", pattern="epoch_ms")[0] == utc(2012, 10, 9, 7, 44, 54)
    mixed = one("Sat Jun 29 12:40:09 +0800 2013", pattern="epoch_s_or_text")
    assert mixed[0] == utc(2013, 6, 29, 4, 40, 9)


@given(st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1)))
def test_a_wall_time_survives_the_way_there_and_back(wall):
    wall = wall.replace(microsecond=0)
    at = one(wall.strftime("%Y-%m-%d %H:%M:%S"))[0]
    assert at == wall.replace(tzinfo=UTC) - timedelta(hours=8)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_any_text_gives_an_instant_a_reason_or_nothing(texts):
    found = parse_instants(pl.Series(texts, dtype=pl.String), "Asia/Shanghai")
    for at, problem in zip(found.at, found.problem, strict=True):
        assert at is None or problem is None
