"""Synthetic Weibo posts for the tests of Weibo formats: ids whose clock is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from orchestration.cleaning.ids import ID_CLOCK_OFFSET

BEIJING = timedelta(hours=8)
ORGAN, PERSON, STATION = "9900010021", "9911112222", "9900010187"
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mid(at: datetime, serial: int = 0) -> str:
    """A 16-digit id made at this instant."""
    return str((int(at.timestamp()) - ID_CLOCK_OFFSET) * 2**22 + serial)


def bid(of_mid: str) -> str:
    """The nine characters of a 16-digit id."""
    parts = (of_mid[:2], of_mid[2:9], of_mid[9:])
    return _base62(int(parts[0])) + "".join(_base62(int(p)).rjust(4, "0") for p in parts[1:])


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return digits or "0"


def wall(at: datetime, notation: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Beijing's wall time."""
    return (at.astimezone(UTC) + BEIJING).strftime(notation)


def table(rows: Iterable[Sequence[object]], mark: str = "\ufeff") -> str:
    """CSV text as Python's csv module writes it, with a byte order mark."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return mark + text.getvalue()
