"""What a written time means beyond its numbers: halves of the day, and notations people declare.

One rule each for every reader of times: `times.py` (columns) and `articles.py` (pages, feeds).
"""

from __future__ import annotations

import re

_MORNING, _AFTERNOON, _EVENING = ("凌晨", "早上", "上午"), "下午", "晚上"
HALF_DAYS = (*_MORNING, _AFTERNOON, _EVENING)
_NOON, _EVENING_BEGINS = 12, 5
_OPEN_AT_NIGHT = (0, 1, 2, 3, 4, _NOON)


def hour_of(half: str, hour: int) -> int | None:
    """Hour of the day (0 to 23) of a clock hour behind a half of the day; None where it is none.

    上午12:30 is half an hour after midnight, as 12:30 AM is. 晚上 begins at five: 晚上12:30 may
    end the day named or begin it, and 晚上1:30 be of either night (is_open_hour).
    """
    if half in _MORNING:
        return hour % _NOON if hour <= _NOON else None
    if half == _AFTERNOON:
        return hour if _NOON < hour < 24 else hour % _NOON + _NOON if hour <= _NOON else None
    if _EVENING_BEGINS <= hour < _NOON:
        return hour + _NOON
    return hour if _NOON + _EVENING_BEGINS <= hour < 24 else None


def is_open_hour(half: str, hour: int) -> bool:
    """Whether an hour behind a half of the day could be of two different nights."""
    return half == _EVENING and hour in _OPEN_AT_NIGHT


# -- declared notations ---------------------------------------------------------------------------
EPOCHS = ("epoch_s", "epoch_ms")
_FINAL_UTC = re.compile(r"(?<!%)\s?(?:Z|GMT|UTC)$")
_FRACTION = re.compile(r"\.%f")
_PADDING = re.compile(r"%[-_0](?=[A-Za-z])")


def parsed_as(pattern: str) -> str:
    """A declared notation in the words of the parser of Polars, which is chrono's.

    `%s` alone is epoch_s; `.%f`, in Python a fraction of any length, is `%.f` (a bare %f would
    count nanoseconds); a literal Z, GMT or UTC at the end is an offset, as in the texts
    (`times.parse_instants` gives them one).
    """
    if pattern == "%s":
        return "epoch_s"
    if pattern.startswith("epoch_"):
        return pattern
    return _FINAL_UTC.sub("%z", _FRACTION.sub("%.f", pattern))


def unreadable_mark(pattern: str) -> str | None:
    """Why a mark in a declared notation would be read as something else than it says, and what to
    write instead; None where none would."""
    bare = pattern.replace("%%", "")
    if "%Z" in bare:
        return (
            "has %Z, but the parser skips a zone's name unread and the name alone is no offset "
            "(CST is three zones'): take the time out with a regular expression and declare "
            "`timezone`, or have offsets written (%z)"
        )
    if "%s" in bare and bare != "%s":
        return "has %s beside other marks: epoch_s reads seconds with their decimals"
    if re.search(r"(?<!\.)%f", bare):
        return (
            "has a bare %f, which the parser takes for nanoseconds: write .%f after a point, or "
            "%3f, %6f or %9f for so many digits"
        )
    return None


def precision_of(pattern: str) -> str:
    """Precision that a strptime pattern can express: second, minute, hour or day."""
    bare = _PADDING.sub("%", pattern.replace("%%", ""))
    for marks, precision in (
        (("%S", "%T", "%c", "%X", "%r", "%+"), "second"),
        (("%M", "%R"), "minute"),
        (("%H", "%I", "%k", "%l"), "hour"),
    ):
        if any(mark in bare for mark in marks):
            return precision
    return "day"
