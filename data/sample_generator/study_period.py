"""The 60 days of the invented world, and wall times in Shanghai (UTC+8, no summer time)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
FIRST_DAY = date(2026, 7, 1)
DAY_COUNT = 60
DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in range(DAY_COUNT))
MORNING_AFTER = FIRST_DAY + timedelta(days=DAY_COUNT)
"""2026-08-30: the last night of collection falls on it."""

MISSING_NIGHT = date(2026, 7, 19)
"""No nightly source delivered on this date."""
USER_OUTAGE = tuple(date(2026, 8, day) for day in range(3, 8))
"""The user crawler alone delivered nothing on these dates."""
PURGE_DAY = date(2026, 8, 12)
"""The platform removed zombie followers: many accounts fall between this night and the next."""
SECOND_LIST_DAY = date(2026, 8, 10)
"""A longer account list arrives; its new accounts are collected from now on."""

HOUR = 3600
DAY = 86400


def second_at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """Unix second of a Shanghai wall time."""
    return int(datetime.combine(day, time(hour, minute, second), SHANGHAI).timestamp())


START = second_at(FIRST_DAY)
END = second_at(MORNING_AFTER)


def local(second: int) -> datetime:
    """A Unix second on the Shanghai clock."""
    return datetime.fromtimestamp(second, SHANGHAI)


def day_of(second: int) -> date:
    """Shanghai date of a Unix second."""
    return local(second).date()


def wall(second: int) -> str:
    """`2026-07-01 08:30:00`, as most collectors print it."""
    return local(second).strftime("%Y-%m-%d %H:%M:%S")


def rfc822(second: int) -> str:
    """`Wed, 01 Jul 2026 00:30:00 +0000`, as feeds print it."""
    return datetime.fromtimestamp(second, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def tweet_nights() -> list[date]:
    """Dates on which the post crawler ran, at 02:30, over the days before."""
    nights = [day + timedelta(days=1) for day in DAYS]
    return [night for night in nights if night != MISSING_NIGHT]


def user_nights() -> list[date]:
    """Dates on which the user crawler ran, at 02:10."""
    lost = {MISSING_NIGHT, *USER_OUTAGE}
    return [night for night in (*DAYS, MORNING_AFTER) if night not in lost]
