"""The one clock. Nothing else in the project asks the machine for the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

CLOCK_SKEW = timedelta(minutes=10)
"""How far a record may lie in the future before it is refused: clocks of crawlers drift."""


class Clock(Protocol):
    """What can tell the time."""

    def now(self) -> datetime:
        """The present instant, in UTC, with its zone."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: tests, and `OBSERVATORY_NOW`."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant.astimezone(UTC)
