"""Numbers that a file stores as floating point, written as the text they stand for.

Spreadsheets and data frames keep ids as floats. Up to 2^53 a float holds every whole number, so
its digits are the id's. Beyond, digits are gone: such a number is written in scientific notation,
which the rules for ids refuse (`scientific_id`) and the rules for counts read as rounded.
"""

from __future__ import annotations

import math

import polars as pl

LARGEST_EXACT = 2**53


def number_text(value: float) -> str | None:
    """12.0 as "12", 12.5 as "12.5", 1.5e17 as "1.5e+17"; NaN is no value."""
    if math.isnan(value):
        return None
    if value.is_integer() and abs(value) <= LARGEST_EXACT:
        return str(int(value))
    return (
        f"{value:e}"
        if math.isinf(value)
        else scientific(value)
        if _is_huge(value)
        else f"{value!r}"
    )


def scientific(value: float) -> str:
    """A number in scientific notation with all digits that the float has."""
    mantissa, _, exponent = f"{value:.16e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent):+d}"


def number_texts(values: pl.Series) -> pl.Series:
    """`number_text` over a column of floats."""
    plain = (
        values.is_finite() & (values == values.floor()) & (values.abs() <= LARGEST_EXACT)
    ).fill_null(False)
    whole = values.set(~plain, None).cast(pl.Int64).cast(pl.String)
    if bool((plain | values.is_null()).all()):
        return whole
    rest = [None if v is None else number_text(v) for v in values.set(plain, None).to_list()]
    return whole.zip_with(plain, pl.Series(rest, dtype=pl.String))


def _is_huge(value: float) -> bool:
    return abs(value) > LARGEST_EXACT
