"""Numbers and places in a text: what tells one bulletin from the next of the same wording."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from orchestration.linking.places import PLACES, is_within

_MEASURES = (
    "小时|分钟|公里|个月|世纪|[例起宗件项条份张批支家所座处户栋套辆架艘台个次场届期轮部款种倍成级度岁年月周天日号"
    "时点秒元块吨斤克升米里亩人名位口只幅顶瓶盒袋箱片颗本册篇首集层组队类门道株棵票]"
)
_SAME_MEASURE = {
    "名": "人", "位": "人", "口": "人", "块": "元", "号": "日", "点": "时", "里": "公里",
}  # fmt: skip
_OF_A_CLOCK = frozenset({"年", "月", "日", "时"})
"""Numbers that say when: they stand in every bulletin and count nothing."""
_MEASURED = rf"(?=\s?[多余几]?(?P<measure>{_MEASURES})?)"
_ABOVE, _BELOW = "超逾破过", "近"
"""Words before a number that it is at most, or at least, what was counted; 约 says neither."""
_ARABIC = re.compile(
    rf"([{_ABOVE}{_BELOW}约])?(?<![a-z\d.])(\d+)(?:\.(\d+))?(?![a-z\d])(亿|千万|百万|万|千|百)?{_MEASURED}"
)
"""Digits beside a Latin letter are a name (n95, 5g)."""
_CHINESE = re.compile(rf"([〇零一二两三四五六七八九十廿卅百千万亿]+){_MEASURED}")
_ONE = re.compile(
    r"(?<![第每这那某另同唯任哪统])一(?=[例人名位岁年月周天元吨级米]|小时|分钟|公里|个月)"
)
"""One of what is counted; elsewhere 一 is a word (一起, 一直, 一个)."""
_AS_COUNTED = 3
"""A number of more digits after a word like "over" is round: its noughts are not counted ones."""
_AFTER_PLACE = ("省", "市", " ")
_COUNTS_ALONE = 100
"""From here on a number in words needs nothing that it measures (三千万)."""
_UNITS = {
    "": 1, "百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000,
    "亿": 100_000_000,
}  # fmt: skip
_TENS = str.maketrans({"廿": "二十", "卅": "三十"})
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACE = re.compile("|".join(sorted(PLACES, key=len, reverse=True)))


@dataclass(frozen=True)
class Number:
    """A number as written: value, the step it is written to (8.6万: 1,000), what it measures, and
    on which side of it the counted one lies (1 above, -1 below, 0 unsaid).

    The side makes no other number: 超3万 and 3万 may head the same event.
    """

    value: float
    step: float
    measure: str = ""
    side: int = field(default=0, compare=False)

    @property
    def is_a_date(self) -> bool:
        """Says when, and counts nothing."""
        return self.measure in _OF_A_CLOCK


@dataclass(frozen=True)
class Facts:
    """Numbers and places of a text.

    listed: numbers that stand right behind a place, as bulletins list them (上海2例, 内蒙古1例).
    """

    numbers: tuple[Number, ...]
    places: frozenset[str]
    listed: tuple[tuple[str, Number], ...] = ()


def facts(text: str) -> Facts:
    """Read a text in plain form."""
    text = text.replace("北京时间", " ")
    ends = {match.end(): match[0] for match in _PLACE.finditer(text)}
    numbers, listed = [], []
    for match in _ARABIC.finditer(text):
        number = _arabic(match)
        numbers.append(number)
        place = ends.get(match.start() - (text[match.start() - 1 : match.start()] in _AFTER_PLACE))
        if place is not None:
            listed.append((place, number))
    return Facts(tuple(numbers + _in_words(text)), frozenset(ends.values()), tuple(listed))


def _arabic(match: re.Match[str]) -> Number:
    whole, fraction, unit = match[2], match[3] or "", match[4] or ""
    factor = _UNITS[unit] / 10 ** len(fraction)
    side = 1 if match[1] in tuple(_ABOVE) else -1 if match[1] == _BELOW else 0
    if not unit and not fraction and (side or (match[1] and len(whole) > _AS_COUNTED)):
        factor *= 10 ** (len(whole) - len(whole.rstrip("0")))
    return Number(float(f"{whole}.{fraction or 0}") * _UNITS[unit], factor, _measure(match), side)


def _measure(match: re.Match[str]) -> str:
    named = match["measure"] or ""
    return _SAME_MEASURE.get(named, named)


def _in_words(text: str) -> list[Number]:
    """Numbers in words that measure something, or are too large to be anything else."""
    found = []
    for match in _CHINESE.finditer(text):
        value = _chinese(match[1])
        if value is None or (match[1] == "一" and not _ONE.match(text, match.start())):
            continue
        if match["measure"] or value >= _COUNTS_ALONE:
            found.append(Number(value, 1.0, _measure(match)))
    return found


def _chinese(text: str) -> float | None:
    """Value of a Chinese numeral; None for what only looks like one (万一, 千百)."""
    text = text.translate(_TENS)
    if len(text) > 1 and all(character in _DIGITS for character in text):
        return float("".join(str(_DIGITS[character]) for character in text))
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
    in_its_stead = [(number, _alike(number, title, post)) for number in title.numbers]
    missing = [
        (number, others)
        for number, others in in_its_stead
        if not any(_is_same(number, other) for other in others)
    ]
    absent = {
        place
        for place in title.places
        if place not in post_text and not any(is_within(said, place) for said in post.places)
    }
    elsewhere = {
        said
        for said in post.places
        if not any(is_within(said, place) or is_within(place, said) for place in title.places)
    }
    return Agreement(
        numbers_found=len(title.numbers) - len(missing),
        numbers_missing=len(missing),
        places_missing=len(absent),
        numbers_ok=not any(
            number.is_a_date or not other.is_a_date
            for number, others in missing
            for other in others
        ),
        places_ok=not (absent and elsewhere),
    )


def _alike(number: Number, title: Facts, post: Facts) -> list[Number]:
    """Numbers of the post that may be this one of the title: those that it lists for the title's
    only place, where it does; else those that measure the same, as far as both say what."""
    listed = [
        other
        for place, other in post.listed
        if title.places == {place} and other.measure == number.measure
    ]
    return listed or [
        other
        for other in post.numbers
        if number.measure == other.measure or "" in (number.measure, other.measure)
    ]


def _is_same(number: Number, other: Number) -> bool:
    if other.value == number.value:
        return True
    if number.side:
        return 0 < (other.value - number.value) * number.side < number.step
    wanted, steps = round(number.value / number.step), other.value / number.step
    return number.step > 1 and wanted in (int(steps), round(steps))
