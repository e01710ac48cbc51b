"""Days as unbroken spans: a table kept in order of time is read by few cheap ranges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

Span = tuple[date, date]
"""First and last day, both inside."""


def spans(days: Iterable[date]) -> list[Span]:
    """Days as unbroken spans, oldest first."""
    found: list[Span] = []
    for day in sorted(set(days)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
