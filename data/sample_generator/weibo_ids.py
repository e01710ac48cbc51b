"""Weibo post ids: a clock in the upper bits, and the base-62 form used in addresses."""

from __future__ import annotations

from random import Random

CLOCK_OFFSET = 515_483_463
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mid_at(second: int, rng: Random) -> int:
    """A 16-digit id created in this Unix second; its low 22 bits are random."""
    return ((second - CLOCK_OFFSET) << 22) | rng.getrandbits(22)


def bid_of(mid: int) -> str:
    """The id as it stands in an address: groups of 7 digits from the right, each in base 62."""
    digits = str(mid)
    groups = []
    while digits:
        digits, group = digits[:-7], digits[-7:]
        groups.append(_base62(int(group)).rjust(4 if digits else 1, "0"))
    return "".join(reversed(groups))


def _base62(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text or "0"
