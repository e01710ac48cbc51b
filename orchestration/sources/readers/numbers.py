"""Numbers that a file stores as floating point, written as the text they stand for.

Spreadsheets and data frames keep ids as floats. Below 2^53 a double holds every whole number, so
its digits are the id's; a single holds them below 2^24, a half below 2^11. From there on another
number may have become this one: such a number is written in scientific notation, which the rules
for ids refuse (`scientific_id`) and the rules for counts read as rounded.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import polars as pl


class Precision(NamedTuple):
    """Whole numbers below `bound` are told apart; of others so many `digits` are sure."""

    bound: int
    digits: int


DOUBLE = Precision(2**53, 17)
_NARROW: dict[Any, Precision] = {
    pl.Float32: Precision(2**24, 6),
    pl.Float16: Precision(2**11, 3),
}
"""A number rounded to so many digits lies within one unit of the last one of what was meant, as
counts in scientific notation are read."""


def number_text(value: float, precision: Precision = DOUBLE) -> str | None:
    """12.0 as "12", 12.5 as "12.5", 1.5e17 as "1.5e+17"; NaN is no value."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return f"{value:e}"
    if abs(value) >= precision.bound:
        return scientific(value, precision.digits)
    return str(int(value)) if value.is_integer() else f"{value!r}"


def scientific(value: float, digits: int = DOUBLE.digits) -> str:
    """A number in scientific notation with all digits that are sure; zeros at the end of a double's
    are none that anybody wrote."""
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if digits == DOUBLE.digits:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent):+d}"


def number_texts(values: pl.Series) -> pl.Series:
    """`number_text` over a column of floats; a narrower one's fractions as short as it has them."""
    precision = _NARROW.get(values.dtype, DOUBLE)
    wide = values.cast(pl.Float64)
    if precision is not DOUBLE:
        is_fraction = (wide != wide.floor()) & wide.is_finite()
        shortest = values.cast(pl.Float32).cast(pl.String).cast(pl.Float64)
        wide = wide.zip_with(~is_fraction.fill_null(False), shortest)
    plain = (wide.is_finite() & (wide == wide.floor()) & (wide.abs() < precision.bound)).fill_null(
        False
    )
    whole = wide.set(~plain, None).cast(pl.Int64).cast(pl.String)
    if bool((plain | wide.is_null()).all()):
        return whole
    rest = wide.set(plain, None).to_list()
    texts = [None if v is None else number_text(v, precision) for v in rest]
    return whole.zip_with(plain, pl.Series(texts, dtype=pl.String))
