"""Counts as sites display them, turned into intervals.

A plain number is known exactly. "22.5万" is known to about its last printed digit, and whether
the site rounds or truncates is not documented, so it becomes [x - q, x + q] with q the weight
of that digit. "100万+" is a lower bound: [1000000, unbounded). Everything is integer
arithmetic: no float ever touches a count.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

MISSING_WORDS = ("", "-", "--", "n/a", "null", "none", "暂无")
"""What producers write for "no value"; it becomes NULL, not a problem."""

_NUMBER = r"^(\d{1,30})(?:\.(\d{1,12}))?(万|w|亿|千|k|m|e\+?(\d{1,2}))?(\+?)$"
_EXPONENTS = {"": 0, "千": 3, "k": 3, "万": 4, "w": 4, "m": 6, "亿": 8}
_LARGEST = 2**63 - 1
_SPACES = r"[,，\s\u{200b}\u{feff}]"


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
    normal = text.str.normalize("NFKC").str.replace_all(_SPACES, "").str.to_lowercase()
    parts = pl.DataFrame({"text": normal}).select(
        "text",
        whole=pl.col("text").str.extract(_NUMBER, 1),
        fraction=pl.col("text").str.extract(_NUMBER, 2).fill_null(""),
        unit=pl.col("text").str.extract(_NUMBER, 3).fill_null(""),
        power=pl.col("text").str.extract(_NUMBER, 4).cast(pl.Int64),
        plus=pl.col("text").str.extract(_NUMBER, 5) == "+",
    )
    bare = parts.select(
        "text",
        "whole",
        "plus",
        pl.when(pl.col("unit") == "").then(pl.col("fraction").str.strip_chars_end("0"))
        .otherwise(pl.col("fraction")).alias("fraction"),
        rounded=pl.col("unit") != "",
        exponent=pl.coalesce(
            "power", pl.col("unit").replace_strict(_EXPONENTS, default=None, return_dtype=pl.Int64)
        ),
    ).with_columns(decimals=pl.col("fraction").str.len_chars().cast(pl.Int64))  # fmt: skip
    shift = pl.col("exponent") - pl.col("decimals")
    finest = shift.filter(pl.col("whole").is_not_null()).min() if finest_of_column else shift
    sized = bare.with_columns(
        digits=(pl.col("whole") + pl.col("fraction")).cast(pl.Int128, strict=False),
        shift=shift,
        quantum_shift=finest,
    )
    ten = pl.lit(10, dtype=pl.Int128)
    valued = sized.with_columns(
        value=pl.col("digits") * ten.pow(pl.col("shift").clip(0, 18)),
        quantum=pl.when("rounded").then(ten.pow(pl.col("quantum_shift").clip(0, 18))).otherwise(0),
    )
    problem = (
        pl.when(pl.col("text").is_null() | pl.col("text").is_in(MISSING_WORDS)).then(None)
        .when(pl.col("text").str.contains(r"^-\d")).then(pl.lit("negative_count"))
        .when(pl.col("whole").is_null()).then(pl.lit("not_a_count"))
        .when(pl.col("shift") < 0).then(pl.lit("fractional_count"))
        .when((pl.col("shift") > 18) | (pl.col("value") > _LARGEST)).then(pl.lit("number_range"))
    )  # fmt: skip
    bounded = valued.with_columns(problem=problem).with_columns(
        usable=pl.col("problem").is_null() & pl.col("whole").is_not_null()
    )
    lo = pl.when("plus").then("value").otherwise((pl.col("value") - pl.col("quantum")).clip(0))
    hi = pl.when("plus").then(None).otherwise(pl.col("value") + pl.col("quantum"))
    result = bounded.select(
        lo=pl.when("usable").then(lo).cast(pl.Int64),
        hi=pl.when("usable").then(hi).cast(pl.Int64),
        problem="problem",
    )
    return Counts(result["lo"], result["hi"], result["problem"])
