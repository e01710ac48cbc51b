"""Two numbers that bound one figure: 4,000 to 5,000, between 30 and 40 percent, 4000至5000个.

What belongs here: which neighbouring numbers are the two ends of one. Rules for one number are in
`numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from orchestration.claims.numbers import SCALE_WORDS, Figure

_HYPHENS = "-–—~～－"
_HYPHENED = re.compile(
    rf"(?<![{_HYPHENS}\d.,])(?P<first>\d[\d,.]*(?:\s?(?:k|m|bn|thousand|million|billion|%))?)"
    rf"(?P<hyphen>\s?[{_HYPHENS}]\s?)(?=\d[\d,.]*(?![{_HYPHENS}\d]))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"\s?[{_HYPHENS}]{{1,2}}\s?|\s+(?P<to>to)\s+|\s+(?P<and>and)\s+|\s+(?P<or>or)\s+|(?P<dao>至|到)"
)
_MOVES = re.compile(
    r"\b(?:rose|risen|ris(?:e|es|ing)|grew|grow\w*|increas\w*|climb\w*|jump\w*|soar\w*|surg\w*|"
    r"up|down|fell|fall\w*|drop\w*|declin\w*|decreas\w*|shr[aiu]nk\w*|cut|by|expand\w*|swell\w*|"
    r"doubl\w*|tripl\w*|went)\b[^,;]*$",
    re.IGNORECASE,
)
"""What makes "from 4,000 to 5,000" two figures of two days."""
_FROM = re.compile(r"(?:从|由)[^，。；]{0,12}$")
_TOO_FAR = 10
_YEAR = re.compile(r"(?:19|20)\d\d")


def without_hyphens(sentence: str) -> str:
    """The sentence, of the same length, in which the hyphen between two numbers is blank."""
    return _HYPHENED.sub(lambda match: match["first"] + " " * len(match["hyphen"]), sentence)


def joined(sentence: str, found: Sequence[Figure]) -> list[Figure]:
    """The figures of a sentence, the two ends of a range taken together as one.

    A range has no printed value: `value` is its middle, `lo` and `hi` its ends, qualifier `~`.
    """
    figures: list[Figure] = []
    rest = list(found)
    while rest:
        first = rest.pop(0)
        both = _range(sentence, first, rest[0]) if rest else None
        if both is not None:
            rest.pop(0)
        figures.append(both or first)
    return figures


def _range(sentence: str, first: Figure, second: Figure) -> Figure | None:
    between = _BETWEEN.fullmatch(sentence[first.end : second.start])
    if between is None or not _is_range(sentence, between, first, second):
        return None
    if first.unit not in ("", second.unit) or first.classifier not in ("", second.classifier):
        return None
    lo = first.value * _scale_of_both(sentence, first, second)
    hi = second.hi if second.qualifier in (">", ">=") else second.value
    if not 0 < lo < second.value <= _TOO_FAR * lo:
        return None
    if hi is None:
        return replace(second, start=first.start, value=lo, qualifier=">=", lo=lo, hi=None)
    return replace(second, start=first.start, value=(lo + hi) / 2, qualifier="~", lo=lo, hi=hi)


def _is_range(sentence: str, between: re.Match[str], first: Figure, second: Figure) -> bool:
    if all(_YEAR.fullmatch(sentence[f.start : f.number_end].strip()) for f in (first, second)):
        return False
    ahead = sentence[: first.start]
    if between["and"]:
        return re.search(r"\bbetween\s+$", ahead, re.IGNORECASE) is not None
    if between["to"]:
        return _MOVES.search(ahead) is None
    if between["dao"] and _FROM.search(ahead):
        return re.match(r"之间|不等", sentence[second.end :]) is not None
    return True


def _scale_of_both(sentence: str, first: Figure, second: Figure) -> float:
    """4 to 5 million, 4至5万: the scale word behind the second number is that of the first too."""
    if not re.fullmatch(r"[\d.]+|[一二两三四五六七八九]|[A-Za-z]+", _bare(sentence, first)):
        return 1.0
    scale = 1.0
    for word, factor in SCALE_WORDS.items():
        # 万 in 百万 is a factor of its own.
        if word in _bare(sentence, second).lower():
            scale = scale * factor if len(word) == 1 else max(scale, factor)
    return scale if first.value < second.value / 10 else 1.0


def _bare(sentence: str, figure: Figure) -> str:
    printed = sentence[figure.start : figure.number_end].strip()
    return re.sub(r"[个家名位条篇次件封人%％]|\s?percent", "", printed).strip()
