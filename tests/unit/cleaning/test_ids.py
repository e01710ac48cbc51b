"""Ids stay text, destroyed ids are refused, and Weibo's ids tell the time."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.ids import (
    ERA_BEGINS,
    ID_CLOCK_OFFSET,
    id_clock,
    mid_from_bid,
    parse_ids,
    tid_clock,
    weibo_account,
)

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def bid_of(mid: int) -> str:
    """The inverse of mid_from_bid, written independently: seven decimal digits a group."""
    groups = []
    while mid:
        mid, number = divmod(mid, 10**7)
        text = ""
        while number:
            number, digit = divmod(number, 62)
            text = ALPHABET[digit] + text
        groups.insert(0, text.rjust(4, "0") if mid else text)
    return "".join(groups)


@pytest.mark.parametrize(
    "text",
    ["4.9E+15", "4.90123E15", "4901234567890123.0", "4.9e15", "4930000000000000.0", "5E+15", "5e15",
     "4.93e+16", "4.9E-05", '="4.9E+15"'],
)  # fmt: skip
def test_ids_destroyed_by_a_spreadsheet_are_refused(text):
    found = parse_ids(pl.Series([text]))
    assert (found.value[0], found.problem[0]) == (None, "scientific_id")


def test_spreadsheet_guards_are_stripped_and_zeros_kept():
    found = parse_ids(pl.Series(["4826279188108038\t", "'0012", " x ", "", None, "a b"]))
    assert found.value.to_list() == ["4826279188108038", "0012", "x", None, None, None]
    assert found.problem.to_list() == [None] * 5 + ["not_an_id"]


def test_an_excel_guard_is_stripped_and_a_letter_e_alone_destroys_nothing():
    found = parse_ids(pl.Series(['="4826279188108038"', "97e10c64", "12e5", "\u3000x\u00a0"]))
    assert found.value.to_list() == ["4826279188108038", "97e10c64", "12e5", "x"]


def test_no_file_brings_a_pseudonym_of_the_door():
    """It would stand for whom the door hides, or make an officer of whoever bears it."""
    found = parse_ids(pl.Series(["p:10001", " 'p:" + "0" * 20, "P:1", "pp:1", "12"]))
    assert found.problem.to_list() == ["reserved_id", "reserved_id", None, None, None]
    assert found.value.to_list() == [None, None, "P:1", "pp:1", "12"]


def test_an_invisible_character_inside_makes_two_ids_of_one_and_is_refused():
    assert parse_ids(pl.Series(["48\u200b26"])).problem.to_list() == ["not_an_id"]


def test_sixteen_digits_outside_the_era_hold_no_clock():
    others = pl.Series(["1000000000000000", "3330000000000000", "９９９９９９９９９９９９９９９９"])
    assert id_clock(others).null_count() == len(others)


def test_an_id_that_would_be_made_after_it_was_seen_holds_no_clock():
    made = datetime(2022, 10, 19, 5, 41, 29, tzinfo=UTC)
    seen = [made + timedelta(minutes=m) for m in (-11, -9, 60)] + [None]
    clock = id_clock(pl.Series(["4826279188108038"] * 4), pl.Series(seen))
    assert clock.to_list() == [None, made, made, made]


@given(st.lists(st.text("0123456789eE.+\t\u200b'=\"x\u0661", max_size=20), min_size=1, max_size=9))
def test_any_text_is_an_id_or_refused_and_its_clock_stays_in_its_era(texts):
    found = parse_ids(pl.Series(texts, dtype=pl.String))
    for value, problem in zip(*found, strict=True):
        assert value is None or problem is None
        assert value != ""
    assert parse_ids(found.value).value.to_list() == found.value.to_list()
    assert all(at is None or at >= ERA_BEGINS for at in id_clock(found.value))


def test_the_id_clock_of_a_dated_comment():
    assert id_clock(pl.Series(["4826279188108038"]))[0] == datetime(
        2022, 10, 19, 5, 41, 29, tzinfo=UTC
    )


def test_no_clock_in_other_ids():
    others = [
        "p:0123456789abcdef0123",
        "97c643e4cc3aae62b387c48d4b3c14c1",
        "123",
        "bid:zudhTB",
        None,
    ]
    assert id_clock(pl.Series(others)).null_count() == len(others)


@given(st.integers(10**15, 10**16 - 1))
def test_a_bid_encodes_its_mid(mid):
    bid = bid_of(mid)
    expected = str(mid) if len(bid) == 9 else None
    assert mid_from_bid(pl.Series([bid]))[0] == expected


@pytest.mark.parametrize(
    "bid", ["ZZZZZZZZZ", "000000000", "Iz33N9J1\u0661", "zudhTB", "Iz33N9J1h0"]
)
def test_what_encodes_no_sixteen_digits_is_no_bid(bid):
    assert mid_from_bid(pl.Series([bid]))[0] is None


@given(st.text("0123456789abcXYZ", min_size=9, max_size=9))
def test_a_mid_has_one_bid(bid):
    mid = mid_from_bid(pl.Series([bid]))[0]
    assert mid is None or bid_of(int(mid)) == bid


@given(st.integers(1_312_156_800, 2_890_000_000), st.integers(0, 2**22 - 1))
def test_the_clock_ignores_the_low_bits(second, low):
    mid = ((second - ID_CLOCK_OFFSET) << 22) + low
    assert id_clock(pl.Series([str(mid)]))[0] == datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(
    ("address", "account"),
    [
        ("http://weibo.com/u/2949933810", "2949933810"),
        ("\t\thttp://weibo.com/u/2949933810?from=feed", "2949933810"),
        ("ttp://weibo.com/u/2949933810/", "2949933810"),
        ("weibo.com/2949933810", "2949933810"),
        ("http://tw.weibo.com/2949933810", "2949933810"),
        ("2949933810", "2949933810"),
        ("http://www.weibo.com/p/1001062949933810/home?from=x", "2949933810"),
        ("http://weibo.com/examplefabu", "domain:examplefabu"),
        ("http://weibo.com/314500", "domain:314500"),
        ("http://weibo.com/n/%E6%A0%B7?x=1", "name:%E6%A0%B7"),
    ],
)
def test_addresses_of_accounts(address, account):
    found = weibo_account(pl.Series([address]))
    assert (found["account_id"][0], found["problem"][0]) == (account, None)


def test_what_is_no_address_is_named_and_an_empty_cell_is_not():
    found = weibo_account(pl.Series(["http://weibo.com/p/100106/", "", None]))
    assert found["account_id"].null_count() == 3
    assert found["problem"].to_list() == ["not_an_address", None, None]


def test_the_clock_inside_a_record_key() -> None:
    number = int(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC).timestamp() * 1_000_000) << 10
    alphabet = "234567abcdefghijklmnopqrstuvwxyz"
    key = "".join(alphabet[(number >> shift) & 31] for shift in range(60, -1, -5))
    found = tid_clock(pl.Series([key, "self", "zzzzzzzzzzzzz", None])).to_list()
    assert found == [datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), None, None, None]
