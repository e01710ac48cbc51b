"""Counts as sites display them, turned into intervals.

A plain number is known exactly. "22.5万" is known to about its last printed digit, and whether
the site rounds or truncates is not documented, so it becomes [x - q, x + q] with q the weight
of that digit; "1.2E+05", which a spreadsheet made of a count, likewise. "100万+" is a lower
bound: [1000000, unbounded). "约300" says itself that it is not exact: its trailing zeros are no
digits, so q is the weight of its last other digit. Everything is integer arithmetic: no float
ever touches a count.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import polars as pl

MISSING_WORDS = ("", "-", "--", "—", "——", "n/a", "nan", "null", "none", "暂无")
"""What producers write for "no value"; it becomes NULL, not a problem."""
_MISSING = (*MISSING_WORDS, *(f"{word}万" for word in MISSING_WORDS if word))
"""The same with the unit that a column's header implies for every value."""

_EXPONENTS = {
    "": 0, "百": 2, "千": 3, "k": 3, "万": 4, "w": 4, "十万": 5, "百万": 6, "m": 6, "千万": 7,
    "亿": 8, "十亿": 9, "百亿": 10, "千亿": 11, "万亿": 12,
}  # fmt: skip
_UNITS = "|".join(sorted((unit for unit in _EXPONENTS if unit), key=len, reverse=True))
_ABOUT, _OVER, _MORE = "大?约|≈|~", "超过?|逾", r"\+|多|余|以上"
_NUMBER = (
    rf"^(?:(?<about>{_ABOUT})|(?<over>{_OVER}))? ?\+?"
    r"(?<whole>[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)|[0-9]{1,4}(?:,[0-9]{4})+|[0-9]+)"
    rf"(?:\.(?<fraction>[0-9]+))? ?(?:(?<unit>{_UNITS})|e\+?(?<power>[0-9]{{1,4}}))?"
    rf" ?(?<more>{_MORE})?$"
)
"""Separators stand between groups of three digits, or of four (the Chinese grouping): "1,2" is
no 12."""
_BELOW_ONE = r"^\+?[0-9]+(?:\.[0-9]+)?e-[0-9]+$"
_NEGATIVE_ZERO = r"^-0+(?:\.0+)?$"
_LARGEST = 2**63 - 1
_DIGITS = 19
"""2^63 has as many; no longer number can be a count."""

_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SAME = {**_WIDE, "萬": "万", "億": "亿", "\u2212": "-", "\u200b": "", "\ufeff": "", "\u2060": ""}
"""Spelled otherwise and the same. Not NFKC: it makes 12 of "1²" and of "①②"."""


class Counts(NamedTuple):
    """Int64 bounds and a reason code where the text is not a count (NULL where it is)."""

    lo: pl.Series
    hi: pl.Series
    problem: pl.Series


def parse_counts(raw: pl.Series, *, finest_of_column: bool = False) -> Counts:
    """Turn displayed counts into intervals.

    raw: text as found, NULL when absent. finest_of_column: the column is one series printed at
    one resolution (a follower history in 万), so a dropped trailing zero ("3065" beside
    "3047.9") does not mean a coarser value.
    Reasons: negative_count, fractional_count, number_range, not_a_count.
    """
    text = raw.cast(pl.String)
    plain = text.cast(pl.Int64, strict=False)
    if plain.null_count() == text.null_count() and not (plain < 0).any():
        return Counts(plain, plain, pl.repeat(None, len(text), dtype=pl.String, eager=True))
    return _parse_displayed(text, finest_of_column=finest_of_column)


def _parse_displayed(text: pl.Series, *, finest_of_column: bool) -> Counts:
    normal = _in_digits(
        text.str.replace_many(list(_SAME), list(_SAME.values()))
        .str.replace_all(r"\s+", " ").str.strip_chars(" ").str.to_lowercase()
        .str.replace(_NEGATIVE_ZERO, "0")
    )  # fmt: skip
    found = pl.DataFrame({"text": normal}).with_columns(
        pl.col("text").str.extract_groups(_NUMBER).struct.unnest()
    )
    sized = _sized(found)
    rounded = pl.col("exponent") > 0
    finest = (
        pl.col("shift").filter(rounded & ~pl.col("is_fractional")).min()
        if finest_of_column
        else pl.col("shift")
    )
    ten = pl.lit(10, dtype=pl.Int128)
    valued = sized.with_columns(
        value=pl.col("digits") * ten.pow(pl.col("shift").clip(0, 18)),
        quantum=pl.when(pl.col("about").is_not_null())
        .then(ten.pow((pl.col("shift") + pl.col("zeros")).clip(0, 18)))
        .when(rounded).then(ten.pow(finest.clip(0, 18)))
        .otherwise(0),
    ).with_columns(
        is_least=pl.col("over").is_not_null() | pl.col("more").is_not_null(),
        highest=pl.col("value") + pl.col("quantum"),
    )  # fmt: skip
    too_large = (
        pl.col("digits").is_null() | (pl.col("shift") > 18) | (pl.col("value") > _LARGEST)
        | (~pl.col("is_least") & (pl.col("highest") > _LARGEST))
    )  # fmt: skip
    problem = (
        pl.when(pl.col("text").is_null() | pl.col("text").is_in(_MISSING)).then(None)
        .when(pl.col("text").str.contains(r"^- ?[0-9]")).then(pl.lit("negative_count"))
        .when(pl.col("text").str.contains(_BELOW_ONE)).then(pl.lit("fractional_count"))
        .when(pl.col("whole").is_null()).then(pl.lit("not_a_count"))
        .when("is_fractional").then(pl.lit("fractional_count"))
        .when(too_large).then(pl.lit("number_range"))
    )  # fmt: skip
    usable = pl.col("problem").is_null() & pl.col("whole").is_not_null()
    lo = pl.when("is_least").then("value").otherwise(pl.col("value") - pl.col("quantum")).clip(0)
    result = valued.with_columns(problem=problem).select(
        lo=pl.when(usable).then(lo).cast(pl.Int64),
        hi=pl.when(usable & ~pl.col("is_least")).then("highest").cast(pl.Int64),
        problem="problem",
    )
    return Counts(result["lo"], result["hi"], result["problem"])


def _sized(found: pl.DataFrame) -> pl.DataFrame:
    """Digits of each number as one integer, `shift` powers of ten, and `zeros` at their end.

    Of the decimals only as many are digits as the unit makes whole; the others must be zeros.
    """
    exponent = pl.coalesce(
        pl.col("power").cast(pl.Int64),
        pl.col("unit").fill_null("").replace_strict(_EXPONENTS, return_dtype=pl.Int64),
    )
    fraction = pl.col("fraction").fill_null("")
    needed = fraction.str.strip_chars_end("0").str.len_chars().cast(pl.Int64)
    digits = (
        pl.concat_str(
            pl.col("whole").str.replace_all("[, ]", ""), fraction.str.slice(0, pl.col("exponent"))
        )
        .str.strip_chars_start("0")
    )  # fmt: skip
    return (
        found.with_columns(exponent=exponent)
        .with_columns(
            printed=digits,
            shift=pl.col("exponent")
            - pl.min_horizontal(fraction.str.len_chars().cast(pl.Int64), "exponent"),
            is_fractional=needed > pl.col("exponent"),
        )
        .with_columns(
            digits=pl.when(pl.col("printed").str.len_chars() <= _DIGITS).then(
                pl.when(pl.col("printed") == "").then(pl.lit("0")).otherwise("printed")
            )
            .cast(pl.Int128),
            zeros=(
                pl.col("printed").str.len_chars()
                - pl.col("printed").str.strip_chars_end("0").str.len_chars()
            ).cast(pl.Int64),
        )
    )  # fmt: skip


# -- numerals in words ------------------------------------------------------------------------
_MAYBE_IN_WORDS = "[零〇一二三四五六七八九两十]|[百千万亿][0-9]"
_IN_WORDS = re.compile(
    rf"(?P<before>(?:{_ABOUT}|{_OVER})?)(?P<number>[0-9零〇一二三四五六七八九两十百千万亿]+)"
    rf"(?P<after>(?:{_MORE})?)"
)
_WORD_DIGITS = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"两": 2}
_DIGIT = "[1-9一二三四五六七八九两]"
_SECTION = re.compile(
    rf"(?:(?P<k>{_DIGIT})千)?(?:零?(?P<h>{_DIGIT})百)?(?:零?(?P<t>{_DIGIT}?)(?P<ten>十))?"
    rf"(?:(?P<zero>零)?(?P<one>{_DIGIT}))?"
)


def _in_digits(text: pl.Series) -> pl.Series:
    """Numerals in words ("三万", "1万2千") as digits and a power of ten; other text as it is."""
    candidates = text.filter(text.str.contains(_MAYBE_IN_WORDS).fill_null(False)).unique()
    if not len(candidates):
        return text
    known = {word: digits for word in candidates if (digits := _digits_of(word)) is not None}
    return text.replace(known) if known else text


def _digits_of(text: str) -> str | None:
    found = _IN_WORDS.fullmatch(text)
    value = _numeral(found["number"].replace("〇", "零")) if found else None
    if found is None or value is None:
        return None
    number, shift = value
    printed = f"{number // 10**shift}e{shift}" if shift else str(number)
    return f"{found['before']}{printed}{found['after']}"


def _numeral(text: str) -> tuple[int, int] | None:
    """(value, power of ten of its last place), or None for what has two readings: "一百二" may be
    102 or 120, "1万2" 10002 or 12000."""
    for unit, power in (("亿", 8), ("万", 4)):
        head, mark, tail = text.rpartition(unit) if unit == "亿" else text.partition(unit)
        if not mark:
            continue
        above = (int(head), 0) if head.isdecimal() else _numeral(head)
        if above is None or not 0 < above[0] < 10**8:
            return None
        if not tail:
            return above[0] * 10**power, above[1] + power
        below = _places_below(tail, power)
        return below and (above[0] * 10**power + below[0], below[1])
    return _section(text)


def _places_below(tail: str, power: int) -> tuple[int, int] | None:
    """What follows 万 or 亿: all places in digits, or words that name their own places."""
    if tail.isdecimal():
        return (int(tail), 0) if len(tail) == power else None
    head, mark, _ = tail.rpartition("万")
    named = tail.lstrip("零")
    value = (int(head) * 10**4, 4) if mark and head.isdecimal() else _numeral(named)
    if value is None or not 0 < value[0] < 10**power:
        return None
    if named != tail:
        return value if value[0] < 10 ** (power - 1) else None
    return value if re.search("[十百千万]", tail) else None


def _section(text: str) -> tuple[int, int] | None:
    """A numeral below 10,000."""
    if text == "零":
        return 0, 0
    found = _SECTION.fullmatch(text)
    if found is None or not text:
        return None
    has_higher = bool(found["k"] or found["h"])
    if found["ten"] and not found["t"] and has_higher:
        return None
    if found["one"] and not (found["zero"] or found["ten"] or text == found["one"]):
        return None
    ten = (_digit(found["t"]) or 1) * 10 if found["ten"] else 0
    value = _digit(found["k"]) * 1000 + _digit(found["h"]) * 100 + ten + _digit(found["one"])
    if found["one"] or found["ten"]:
        return value, 0
    return value, 2 if found["h"] else 3


def _digit(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if text.isdecimal() else _WORD_DIGITS[text]
