from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import polars as pl

from orchestration import calendar_days


def test_the_seed_is_what_the_package_says():
    assert calendar_days.SEED.read_text(encoding="utf-8") == calendar_days.seed_text()


def test_weekdays_and_the_seed_give_every_day_of_the_package():
    seed = pl.read_csv(calendar_days.SEED, try_parse_dates=True)
    marked = dict(zip(seed["calendar_date"], seed["is_workday"], strict=True))
    day, last = date(2004, 1, 1), date(2026, 12, 31)
    while day <= last:
        assert marked.get(day, day.weekday() < 5) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert {d.year for d in marked} == set(range(2004, 2027))
