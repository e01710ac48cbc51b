"""Ids: text or a reason; the clock stays within its era; addresses give accounts or a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from orchestration.cleaning.ids import id_clock, mid_from_bid, parse_ids, weibo_account
from tests.fuzz.inputs import texts_of

MAXIMUM_BYTES = 256
ERA_BEGINS = datetime(2011, 8, 1, tzinfo=UTC)
REASONS = {"scientific_id", "not_an_id", "reserved_id"}
SEEDS = (
    b"4826279188108038\n4826279188108038\t\n'0012\n4.9E+15\n4930000000000000.0\n4.9e15\n",
    b"Iz33N9J1h\nzudhTB\nzzzzzzzzz\n000000000\np:0123456789abcdef0123\nbid:zudhTB\n",
    b"http://weibo.com/u/2949933810?from=feed\nweibo.com/n/%E6%A0%B7\n314500\n//weibo.cn/x\n",
    "９９９９９９９９９９９９９９９９\n9999999999999999\n1000000000000000\na b\n".encode(),
)


def check(data: bytes) -> None:
    texts = texts_of(data)
    raw = pl.Series(texts, dtype=pl.String)
    found = parse_ids(raw)
    for value, problem in zip(*found, strict=True):
        assert problem is None or problem in REASONS, problem
        assert value is None or problem is None
        assert value is None or (value.strip() == value and value), repr(value)
    again = parse_ids(found.value)
    assert again.value.to_list() == found.value.to_list(), "reading an id twice changes it"
    clock = id_clock(found.value)
    assert all(at is None or at >= ERA_BEGINS for at in clock), clock.to_list()
    mids = mid_from_bid(found.value)
    assert all(mid is None or mid.isdigit() for mid in mids), mids.to_list()
    id_clock(mids)
    accounts = weibo_account(raw)
    for account, problem in accounts.select("account_id", "problem").rows():
        assert account is None or problem is None
