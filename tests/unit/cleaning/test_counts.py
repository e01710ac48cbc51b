"""Displayed counts become intervals, exactly, or a reason."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.counts import MISSING_WORDS, parse_counts


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
        ("1.2E+05", 110_000, 130_000),
        ("1.20e5", 119_000, 121_000),
        ("4.9e15", 4_800_000_000_000_000, 5_000_000_000_000_000),
        ("120000.0", 120_000, 120_000),
        ("１，２３４，５６７", 1_234_567, 1_234_567),
        ("1 234 567", 1_234_567, 1_234_567),
        ("1,2345", 12_345, 12_345),
        ("1,234.5万", 12_344_000, 12_346_000),
        (" 1.2 万 + ", 12_000, None),
        ("＋7", 7, 7),
        ("-0", 0, 0),
        ("42.7K", 42_600, 42_800),
        ("1.5M", 1_400_000, 1_600_000),
        ("３.4亿", 330_000_000, 350_000_000),
        ("3.4億", 330_000_000, 350_000_000),
        ("3千万", 20_000_000, 40_000_000),
        ("约300", 200, 400),
        ("约 1.2万", 11_000, 13_000),
        ("大约1234", 1_233, 1_235),
        ("超100万", 1_000_000, None),
        ("3万多", 30_000, None),
        ("三万", 20_000, 40_000),
        ("十二", 12, 12),
        ("一百零三", 103, 103),
        ("两万五千", 24_000, 26_000),
        ("1万2千", 11_000, 13_000),
        ("1万2345", 12_345, 12_345),
        ("1亿2345万", 123_440_000, 123_460_000),
        ("9223372036854775807", 2**63 - 1, 2**63 - 1),
        ("9223372036854775807+", 2**63 - 1, None),
        ("nan", None, None),
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
        ("9223372036854775808", "number_range"),
        ("9.2E+18", "number_range"),  # its upper bound is no Int64
        ("1" * 60, "number_range"),
        ("1e400", "number_range"),
        ("-1.2万", "negative_count"),
        ("−5", "negative_count"),
        ("1.5E0", "fractional_count"),
        ("1.2E-05", "fractional_count"),
        ("1,2", "not_a_count"),
        ("12 34", "not_a_count"),
        ("1,234,5", "not_a_count"),
        ("万", "not_a_count"),
        ("一百二", "not_a_count"),  # 102 or 120
        ("1万2", "not_a_count"),  # 10002 or 12000
        ("10²", "not_a_count"),
        ("①②", "not_a_count"),
        ("\u0661\u0662", "not_a_count"),  # Arabic-Indic digits
        ("1.2万万", "not_a_count"),
        ("12人", "not_a_count"),
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


def test_a_refused_or_exact_neighbour_does_not_sharpen_a_series_in_wan():
    texts = pl.Series(["3047.9万", "3.14159万", "30479123", "--万"])
    found = parse_counts(texts, finest_of_column=True)
    assert found.lo.to_list() == [30_478_000, None, 30_479_123, None]
    assert found.hi.to_list() == [30_480_000, None, 30_479_123, None]
    assert found.problem.to_list() == [None, "fractional_count", None, None]


UNITS = {"": 0, "千": 3, "K": 3, "万": 4, "w": 4, "百万": 6, "M": 6, "千万": 7, "亿": 8}


def printed(value, unit, decimals, *, grouping="", wide=False):
    """A count as a site rounds and prints it, in integer arithmetic."""
    step = 10 ** (UNITS[unit] - decimals)
    whole, part = divmod((value + step // 2) // step, 10**decimals)
    text = f"{whole:,}".replace(",", grouping) + (f".{part:0{decimals}}" if decimals else "")
    if wide:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.,"})
    return text + unit


@given(
    st.integers(0, 10**15),
    st.sampled_from(sorted(UNITS)),
    st.integers(0, 3),
    st.sampled_from(["", ",", " "]),
    st.booleans(),
)
def test_what_a_site_rounds_and_prints_is_read_back_within_its_bounds(
    value, unit, decimals, grouping, wide
):
    decimals = min(decimals, UNITS[unit])
    lo, hi, problem = one(printed(value, unit, decimals, grouping=grouping, wide=wide))
    assert problem is None
    assert lo <= value <= hi
    step = 10 ** (UNITS[unit] - decimals) if unit else 0
    assert hi - lo <= 2 * step


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=8), st.sampled_from(sorted(UNITS)))
def test_more_is_never_read_as_less(values, unit):
    texts = [printed(value, unit, 0) for value in sorted(values)]
    found = parse_counts(pl.Series(texts))
    assert found.lo.is_sorted()
    assert found.hi.is_sorted()


@given(st.integers(1, 99_999_999))
def test_a_numeral_in_words_means_the_number(value):
    def below_ten_thousand(n):
        text, gap = "", False
        for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = n // place % 10
            gap = gap or (bool(text) and digit == 0)
            if digit:
                text += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
                gap = False
        return text

    high, low = divmod(value, 10_000)
    text = below_ten_thousand(high) + "万" if high else ""
    text += "零" if high and 0 < low < 1000 else ""
    lo, hi, problem = one(text + below_ten_thousand(low))
    assert problem is None
    assert lo <= value <= hi
    assert hi - lo <= 2 * 10 ** (len(str(value)) - len(str(value).rstrip("0")))


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


COUNT_LIKE = st.text("0123456789.,+-eE万亿千w约多 １，²三百两零\u0661\u200b", max_size=14)


@given(st.lists(st.one_of(st.text(max_size=12), COUNT_LIKE), min_size=1, max_size=20))
def test_any_text_gives_a_value_or_a_reason_and_never_both(texts):
    found = parse_counts(pl.Series(texts, dtype=pl.String))
    for lo, hi, problem in zip(*found, strict=True):
        assert problem is None or (lo is None and hi is None)
        assert lo is None or lo >= 0
        assert hi is None or lo <= hi <= 2**63 - 1
    for text, lo, problem in zip(texts, found.lo, found.problem, strict=True):
        bare = re.sub("[\u200b\u2060]", "", text).strip().lower()
        missing = bare in MISSING_WORDS or bare.removesuffix("万") in MISSING_WORDS[1:]
        assert missing or (lo is None) == (problem is not None), text
