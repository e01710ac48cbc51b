"""Numbers and places in a text: what tells one bulletin from the next of the same wording."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orchestration.linking.places import PLACES

_ARABIC = re.compile(r"(\d+)(?:\.(\d+))?(亿|万|千|百)?")
_CHINESE = re.compile(r"[〇零一二两三四五六七八九十百千万亿]+")
_UNITS = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACE = re.compile("|".join(sorted(PLACES, key=len, reverse=True)))


@dataclass(frozen=True)
class Number:
    """A number as written: value, and the step it is written to (8.6万: 1,000)."""

    value: float
    step: float


@dataclass(frozen=True)
class Facts:
    """Numbers and places of a text."""

    numbers: tuple[Number, ...]
    places: frozenset[str]


def facts(text: str, *, spelled: bool = False) -> Facts:
    """Read a text in plain form; `spelled` also reads Chinese numerals, which in a title are
    more often words than numbers."""
    numbers = [_arabic(match) for match in _ARABIC.finditer(text)]
    if spelled:
        numbers += [
            Number(value, 1.0)
            for match in _CHINESE.finditer(text)
            if (value := _chinese(match[0])) is not None
        ]
    return Facts(tuple(numbers), frozenset(_PLACE.findall(text)))


def _arabic(match: re.Match[str]) -> Number:
    whole, fraction, unit = match[1], match[2] or "", match[3] or ""
    factor = _UNITS[unit]
    return Number(float(f"{whole}.{fraction or 0}") * factor, factor / 10 ** len(fraction))


def _chinese(text: str) -> float | None:
    """Value of a Chinese numeral; None for what only looks like one (万一, 千百)."""
    total = section = digit = 0
    seen = False
    for character in text:
        if character in _DIGITS:
            digit, seen = _DIGITS[character], True
        elif character == "十":
            section += (digit if seen else 1) * 10
            digit, seen = 0, False
        elif character in "百千":
            if not seen:
                return None
            section += digit * _UNITS[character]
            digit, seen = 0, False
        else:
            if not (seen or section):
                return None
            total += (section + digit) * _UNITS[character]
            section, digit, seen = 0, 0, False
    return float(total + section + digit)


@dataclass(frozen=True)
class Agreement:
    """How the numbers and places of a title stand to a post.

    numbers_found, numbers_missing: of the title's numbers. places_missing: of its places.
    numbers_ok, places_ok: False is a veto: the post names others of their kind in their stead.
    """

    numbers_found: int
    numbers_missing: int
    places_missing: int
    numbers_ok: bool
    places_ok: bool


def agreement(title: Facts, post: Facts, post_text: str) -> Agreement:
    """Compare; a number agrees if the post's, cut or rounded to the title's step, is the same."""
    missing = sum(not _is_among(number, post.numbers) for number in title.numbers)
    absent = {place for place in title.places - post.places if place not in post_text}
    return Agreement(
        numbers_found=len(title.numbers) - missing,
        numbers_missing=missing,
        places_missing=len(absent),
        numbers_ok=not (missing and post.numbers),
        places_ok=not (absent and post.places - title.places),
    )


def _is_among(number: Number, others: tuple[Number, ...]) -> bool:
    wanted = round(number.value / number.step)
    return any(
        other.value == number.value
        or (
            number.step > 1
            and wanted in (int(other.value / number.step), round(other.value / number.step))
        )
        for other in others
    )
