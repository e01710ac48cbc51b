"""Displayed counts become intervals, exactly, or a reason."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.counts import parse_counts


def one(text: str | None) -> tuple[int | None, int | None, str | None]:
    found = parse_counts(pl.Series([text], dtype=pl.String))
    return found.lo[0], found.hi[0], found.problem[0]


@pytest.mark.parametrize(
    ("text", "lo", "hi"),
    [
        ("0", 0, 0),
        ("1234", 1234, 1234),
        ("1,234", 1234, 1234),
        ("１２３", 123, 123),
        ("12.0", 12, 12),
        ("22.5万", 224_000, 226_000),
        ("2275.6万", 22_755_000, 22_757_000),
        ("1.2w", 11_000, 13_000),
        ("87万", 860_000, 880_000),
        ("1.2亿", 110_000_000, 130_000_000),
        ("2.3亿", 220_000_000, 240_000_000),
        ("100万+", 1_000_000, None),
        ("1.2万+", 12_000, None),
        ("1.2E+4", 11_000, 13_000),
        ("", None, None),
        ("--", None, None),
        (None, None, None),
    ],
)
def test_displayed_counts_become_intervals(text, lo, hi):
    assert one(text) == (lo, hi, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-5", "negative_count"),
        ("1.5", "fractional_count"),
        ("3.14159万", "fractional_count"),
        ("redirect", "not_a_count"),
        ("1.2.3", "not_a_count"),
        ("99999999999999999999", "number_range"),
        ("99999999999亿", "number_range"),
    ],
)
def test_what_is_no_count_has_a_reason_and_no_value(text, reason):
    assert one(text) == (None, None, reason)


def test_one_bad_value_leaves_its_neighbours_alone():
    found = parse_counts(pl.Series(["7", "oops", "1.2万"]))
    assert found.lo.to_list() == [7, None, 11_000]
    assert found.problem.to_list() == [None, "not_a_count", None]


def test_a_series_in_wan_has_the_resolution_of_its_finest_value():
    found = parse_counts(pl.Series(["3047.9万", "3065万", None]), finest_of_column=True)
    assert found.lo.to_list() == [30_478_000, 30_649_000, None]
    assert found.hi.to_list() == [30_480_000, 30_651_000, None]


@given(st.integers(0, 2**63 - 1))
def test_plain_integers_are_exact(value):
    assert one(str(value)) == (value, value, None)


@given(st.integers(0, 99_999_999), st.integers(0, 4), st.sampled_from(["万", "亿"]))
def test_the_interval_holds_the_displayed_value(mantissa, decimals, unit):
    scale = {"万": 10**4, "亿": 10**8}[unit]
    digits = str(mantissa).rjust(decimals + 1, "0")
    text = digits if decimals == 0 else f"{digits[:-decimals]}.{digits[-decimals:]}"
    lo, hi, problem = one(text + unit)
    value = mantissa * scale // 10**decimals
    assert problem is None
    assert lo <= value <= hi
    assert hi - value == scale // 10**decimals


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_any_text_gives_a_value_or_a_reason_and_never_both(texts):
    found = parse_counts(pl.Series(texts, dtype=pl.String))
    for lo, hi, problem in zip(*found, strict=True):
        assert problem is None or (lo is None and hi is None)
        assert lo is None or lo >= 0
        assert hi is None or lo <= hi
