"""Texts become UTC instants with precision, source and the assumption made about the zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning import articles
from orchestration.cleaning.times import (
    DAY_PATTERNS,
    INSTANT,
    RARE_PATTERNS,
    WALL_PATTERNS,
    ZONED_PATTERNS,
    beginnings,
    parse_instants,
)

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
        ("2026年2月1日 下午3:05", utc(2026, 2, 1, 7, 5), "minute", "api", True),
        ("2026年2月1日 星期日 15时5分", utc(2026, 2, 1, 7, 5), "minute", "api", True),
        ("2021年7月5日 星期一", utc(2021, 7, 4, 16), "day", "api", True),
        ("2026年2月1日 15时5分7秒", utc(2026, 2, 1, 7, 5, 7), "second", "api", True),
        ("2026-02-01 03:05:07 PM", utc(2026, 2, 1, 7, 5, 7), "second", "api", True),
        ("2026-02-01 12:05 AM", utc(2026, 1, 31, 16, 5), "minute", "api", True),
        ("2026/2/1 3:05 p.m.", utc(2026, 2, 1, 7, 5), "minute", "api", True),
        ("2021-07-01T08:00:00.123+08:00", datetime(2021, 7, 1, 0, 0, 0, 123000, UTC), "second",
         "api", False),
        ("2021-07-01 08:00:00 +0800", utc(2021, 7, 1), "second", "api", False),
        ("2021-07-01T08:00:00+0800", utc(2021, 7, 1), "second", "api", False),
        ("2021-07-01 08:00+08:00", utc(2021, 7, 1), "minute", "api", False),
        ("2021-07-01T08:00Z", utc(2021, 7, 1, 8), "minute", "api", False),
        ("Thu, 02 Jul 2020 18:28:24 GMT", utc(2020, 7, 2, 18, 28, 24), "second", "api", False),
        ("20260213T101500Z", utc(2026, 2, 13, 10, 15), "second", "api", False),
        ("Wed Oct 19 13:41:29 2022", utc(2022, 10, 19, 5, 41, 29), "second", "api", True),
        ("刚刚", SEEN, "minute", "relative", False),
        ("1小时前", utc(2026, 3, 1, 0, 0), "hour", "relative", False),
        ("昨天08:15", utc(2026, 2, 28, 0, 15), "minute", "relative", True),
        ("昨天 下午8:15:09", utc(2026, 2, 28, 12, 15, 9), "second", "relative", True),
        ("昨天晚上8:15", utc(2026, 2, 28, 12, 15), "minute", "relative", True),
        ("今天 09:10", utc(2026, 3, 1, 1, 10), "minute", "relative", True),  # clocks drift
        ("前天 23:59", utc(2026, 2, 27, 15, 59), "minute", "relative", True),
        ("前天", utc(2026, 2, 26, 16), "day", "relative", True),
        ("3天前", utc(2026, 2, 25, 16), "day", "relative", True),
        ("3月5日", utc(2025, 3, 4, 16), "day", "relative", True),
        ("02-28", utc(2026, 2, 27, 16), "day", "relative", True),
        ("02-29 12:30", utc(2024, 2, 29, 4, 30), "minute", "relative", True),
        ("03-01 09:05", utc(2026, 3, 1, 1, 5), "minute", "relative", True),  # clocks drift
        ("03-01 09:11", utc(2025, 3, 1, 1, 11), "minute", "relative", True),
    ],
)  # fmt: skip
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
        ("0001-01-01 00:00:00", "time_range"),
        ("+20226-01-01 00:00:00", "time_range"),
        ("9999-12-31 23:59:59", "time_range"),
        ("昨天abc 08:15", "not_a_time"),
        ("昨天 25:15", "not_a_time"),
        ("13-01 10:00", "not_a_time"),
        ("3-5", "not_a_time"),
        ("03/04 10:00", "not_a_time"),
        ("2/3/2021 5:04:03 PM", "not_a_time"),  # of March or of February
        ("2026-02-01 13:05 PM", "not_a_time"),
        ("2026-02-30", "not_a_time"),
        ("2026年2月1日 星期一 15时5分", "not_a_time"),  # it was a Sunday
        ("2021年7月5日 周日", "not_a_time"),
        ("Thu Oct 19 13:41:29 +0800 2022", "not_a_time"),  # it was a Wednesday
        ("2周前", "too_coarse_time"),
        ("半年前", "too_coarse_time"),
        ("3个月前", "too_coarse_time"),
        ("今天 23:00", "later_than_observed"),  # seen at nine
        ("今天 09:11", "later_than_observed"),
        ("2026年2月1日 晚上12:30", "ambiguous_hour"),
        ("2026年2月1日 晚上1点30分", "ambiguous_hour"),
        ("2026年2月1日 上午13:30", "not_a_time"),
        ("2026年2月1日 晚上25:30", "not_a_time"),
    ],
)
def test_what_is_no_time_has_a_reason(text, reason):
    assert one(text) == (None, None, None, None, reason)


@pytest.mark.parametrize(
    ("clock", "hour"),
    [
        ("凌晨12:30", 0), ("早上12:30", 0), ("上午12:30", 0), ("上午0:30", 0), ("凌晨1:30", 1),
        ("早上7:30", 7), ("上午11:30", 11), ("下午12:30", 12), ("下午1:30", 13), ("下午15:30", 15),
        ("晚上5:30", 17), ("晚上11:30", 23), ("晚上 21:30", 21), ("晚上12:30", None),
        ("晚上1:30", None), ("晚上4:30", None), ("晚上0:30", None), ("上午13:30", None),
        ("晚上13:30", None), ("下午24:30", None),
    ],
)  # fmt: skip
def test_halves_of_the_day_are_read_alike_in_columns_and_in_articles(clock, hour):
    text = f"2026年2月1日 {clock}"
    at = None if hour is None else utc(2026, 2, 1, hour, 30) - timedelta(hours=8)
    assert one(text)[0] == at
    assert articles.plain_time(text) == (None if hour is None else f"2026-02-01T{hour:02}:30")
    assert articles.is_impossible_time(text) == (hour is None)


def in_zone(text, zone, **options):
    found = parse_instants(pl.Series([text]), zone, **options)
    return found.at[0], found.problem[0]


@pytest.mark.parametrize(
    ("zone", "gap", "overlap", "first"),
    [
        ("Asia/Shanghai", "1988-04-17 02:30:00", "1988-09-11 01:30:00", utc(1988, 9, 10, 16, 30)),
        ("Asia/Shanghai", "1986-05-04 02:30:00", "1986-09-14 01:30:00", utc(1986, 9, 13, 16, 30)),
        ("America/New_York", "2022-03-13 02:30", "2022-11-06 01:30", utc(2022, 11, 6, 5, 30)),
        ("Europe/Berlin", "2022-03-27 02:30", "2022-10-30 02:30", utc(2022, 10, 30, 0, 30)),
    ],
)
def test_a_clock_set_back_shows_a_time_twice_and_the_first_is_meant(zone, gap, overlap, first):
    assert in_zone(gap, zone) == (None, "nonexistent_time")
    assert in_zone(overlap, zone) == (first, None)


def test_a_day_that_begins_with_a_gap_begins_after_it():
    assert in_zone("2017-10-15", "America/Sao_Paulo") == (utc(2017, 10, 15, 3), None)
    assert in_zone("2011-12-30", "Pacific/Apia") == (None, "nonexistent_time")  # never was


def test_a_gap_is_a_gap_among_other_times_too():
    found = parse_instants(
        pl.Series(["2022-03-13 02:30:00", "2022-03-13 03:30:00", "soon", None]), "America/New_York"
    )
    assert found.problem.to_list() == ["nonexistent_time", None, "not_a_time", None]
    assert found.at[1] == utc(2022, 3, 13, 7, 30)


@pytest.mark.parametrize(
    ("text", "seen", "at"),
    [
        ("02-29", utc(2023, 5, 1), utc(2020, 2, 28, 16)),
        ("02-29", utc(2024, 2, 28, 23), utc(2024, 2, 28, 16)),
        ("02-29", utc(2024, 2, 28, 10), utc(2020, 2, 28, 16)),  # still the 28th in Shanghai
        ("12-31 23:59", utc(2025, 12, 31, 16, 1), utc(2025, 12, 31, 15, 59)),
        ("01-01 00:01", utc(2025, 12, 31, 16, 5), utc(2025, 12, 31, 16, 1)),
        ("今天 00:01", utc(2025, 12, 31, 16, 5), utc(2025, 12, 31, 16, 1)),
        ("昨天 23:59", utc(2025, 12, 31, 16, 5), utc(2025, 12, 31, 15, 59)),
    ],
)
def test_a_day_without_a_year_is_the_latest_before_its_sighting(text, seen, at):
    assert one(text, seen)[0] == at


@pytest.mark.parametrize(
    ("text", "pattern", "at", "precision"),
    [
        ("2021-07-01 08", "%Y-%m-%d %H", utc(2021, 7, 1), "hour"),
        ("01.07.2021", "%d.%m.%Y", utc(2021, 6, 30, 16), "day"),
        ("2021-07-01T08:00:00Z", "%Y-%m-%dT%H:%M:%SZ", utc(2021, 7, 1, 8), "second"),
        ("2021-07-01T08:00:00+0200", "%Y-%m-%dT%H:%M:%S%z", utc(2021, 7, 1, 6), "second"),
        ("08:30 01/07/21", "%R %d/%m/%y", utc(2021, 7, 1, 0, 30), "minute"),
        ("1.7.2021 8:30", "%-d.%-m.%Y %-H:%M", utc(2021, 7, 1, 0, 30), "minute"),
        ("8PM 01/07/2021", "%I%p %d/%m/%Y", utc(2021, 7, 1, 12), "hour"),
        ("2021-07-01 08:00:00 GMT", "%Y-%m-%d %H:%M:%S GMT", utc(2021, 7, 1, 8), "second"),
    ],
)
def test_a_declared_notation_has_the_precision_it_can_express(text, pattern, at, precision):
    assert one(text, pattern=pattern)[:2] == (at, precision)
    assert one("soon", pattern=pattern)[4] == "not_a_time"


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2021-03-05 14:30:15+08:00", "%Y-%m-%d %H:%M:%S%:z"),
        ("2021-03-05 14:30:15+08", "%Y-%m-%d %H:%M:%S%#z"),
        ("2021-03-05T14:30:15+08:00", "%+"),
        ("1614925815", "%s"),
    ],
)
def test_a_declared_notation_that_holds_its_offset_needs_no_zone(text, pattern):
    at = utc(2021, 3, 5, 6, 30, 15)
    assert one(text, pattern=pattern) == (at, "second", "api", False, None)


def test_a_declared_fraction_of_a_second_is_one_and_no_count_of_nanoseconds():
    for text, after in (("15.5", 500_000), ("15.123456", 123_456), ("15.05", 50_000)):
        at = one(f"2021-03-05 14:30:{text}", pattern="%Y-%m-%d %H:%M:%S.%f")[0]
        assert at == datetime(2021, 3, 5, 6, 30, 15, after, UTC)


def test_a_relative_time_without_observation_is_refused_not_guessed():
    texts = ["5分钟前", "昨天 08:15", "刚刚", "3天前", "前天", "03-05 12:30", "3月5日"]
    found = parse_instants(pl.Series(texts), "Asia/Shanghai")
    assert found.at.null_count() == len(texts)
    assert set(found.problem) == {"relative_without_observed_at"}


def test_missing_is_missing_not_wrong():
    assert one(None)[0] is None
    assert one("")[4] is None


def test_epochs_are_read_only_when_declared():
    assert one("1349768694")[4] == "not_a_time"
    assert one("1349768694", pattern="epoch_s")[0] == utc(2012, 10, 9, 7, 44, 54)
    assert one("1349768694000", pattern="epoch_ms")[0] == utc(2012, 10, 9, 7, 44, 54)
    assert one("1349768694.25", pattern="epoch_s")[0] == utc(2012, 10, 9, 7, 44, 54, 250000)
    assert one("1349768694000.5", pattern="epoch_ms")[0] == utc(2012, 10, 9, 7, 44, 54, 500)
    for wrong in ("1349768694000", "99999999999999999999", "-1", "0"):
        assert one(wrong, pattern="epoch_s")[4] == "time_range"
    assert one("1349768694", pattern="epoch_ms")[4] == "time_range"
    assert one("1.3e9", pattern="epoch_s")[4] == "not_a_time"
    mixed = one("Sat Jun 29 12:40:09 +0800 2013", pattern="epoch_s_or_text")
    assert mixed[0] == utc(2013, 6, 29, 4, 40, 9)


ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
WIDTHS = {
    "second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1),
    "day": timedelta(days=1, hours=1),
}  # fmt: skip
"""A day on which clocks are set back has an hour more."""
NOTATIONS = (*ZONED_PATTERNS, *WALL_PATTERNS, *((p, "day") for p in DAY_PATTERNS), *RARE_PATTERNS)
MOMENTS = st.datetimes(datetime(1986, 1, 2), datetime(2099, 1, 1), timezones=st.just(UTC))
"""Up to where the table of summer times that Polars brings along ends."""


@given(MOMENTS, st.sampled_from(NOTATIONS), st.sampled_from(ZONES))
def test_what_is_printed_in_any_notation_and_zone_is_read_as_it_was(true, notation, zone):
    pattern, precision = notation
    local = true.replace(microsecond=0).astimezone(ZoneInfo(zone))
    text = local.strftime(pattern.replace("%.f", ".000000"))
    found = parse_instants(pl.Series([text]), zone)
    at = found.at[0]
    assert found.precision[0] == precision
    assert found.problem[0] is None
    if local.fold and "%z" not in pattern:  # shown twice, and the first is meant
        local = local.replace(fold=0)
    assert at <= local < at + WIDTHS[precision]


@given(
    MOMENTS,
    st.integers(0, 3 * 86400),
    st.sampled_from(ZONES[:1]),
    st.sampled_from(["ago", "days", "named", "year_less", "month_day"]),
)
def test_a_relative_time_is_true_within_its_precision(true, age, zone, notation):
    true = true.replace(microsecond=0, year=max(true.year, 1993))
    seen = true + timedelta(seconds=age)
    local, now = true.astimezone(ZoneInfo(zone)), seen.astimezone(ZoneInfo(zone))
    back = (now.date() - local.date()).days
    if notation == "ago":
        text = f"{age}秒前" if age < 60 else f"{age // 60}分钟前" if age < 3600 else (
            f"{age // 3600}小时前" if age < 10**4 * 3600 else "刚刚"
        )  # fmt: skip
    elif notation == "days":
        text = f"{back}天前"
    elif notation == "named":
        text = ("今天", "昨天", "前天", "3天前")[min(back, 3)] + (f" {local:%H:%M}" * (back < 3))
    else:
        text = f"{local:%m-%d %H:%M}" if notation == "year_less" else f"{local:%m-%d}"
    found = parse_instants(
        pl.Series([text]), zone, observed_at=pl.Series([seen], dtype=pl.Datetime("us", "UTC"))
    )
    width = WIDTHS[found.precision[0]]
    assert found.source[0] == "relative"
    assert found.at[0] - width < true < found.at[0] + width


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


def test_a_long_column_of_few_values_is_read_like_a_short_one():
    values = ["2026-07-30T02:30:00+08:00", None, "2026-07-30", "yesterday?", "", "2026-13-01 00:00"]
    few, many = pl.Series("at", values), pl.Series("at", values * 1_000)
    once, often = parse_instants(few, "Asia/Shanghai"), parse_instants(many, "Asia/Shanghai")
    for short, long in zip(once, often, strict=True):
        assert long.to_list() == short.to_list() * 1_000
        assert (long.dtype, long.name) == (short.dtype, short.name)


def test_an_hour_or_day_begins_where_its_zone_is():
    """11-03 of New York has 25 hours; a day of Kolkata begins at half past. Others stay."""
    noon = datetime(2024, 11, 3, 17, 12, tzinfo=UTC)
    at = pl.Series([noon] * 4, dtype=INSTANT)
    precision = pl.Series(["day", "hour", "minute", None])
    found = {
        zone: beginnings(at, precision, zone).to_list()
        for zone in ("America/New_York", "Asia/Kolkata")
    }
    assert found["America/New_York"] == [
        datetime(2024, 11, 3, 4, tzinfo=UTC), datetime(2024, 11, 3, 17, tzinfo=UTC), noon, noon,
    ]  # fmt: skip
    assert found["Asia/Kolkata"] == [
        datetime(2024, 11, 2, 18, 30, tzinfo=UTC), datetime(2024, 11, 3, 16, 30, tzinfo=UTC), noon,
        noon,
    ]  # fmt: skip
