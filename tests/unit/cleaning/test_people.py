"""The door: who passes by name, who as a pseudonym, and that nothing opens it afterwards."""

import hashlib
import hmac

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.people import Door, hashed_ids

KEY = "k" * 64


def door_with(*accounts: tuple[str, str]) -> Door:
    door = Door(KEY)
    door.admit(
        pl.DataFrame(
            [("weibo", *account) for account in accounts],
            schema=["platform", "account_id", "account_kind"],
            orient="row",
        )
    )
    return door


def series(*values):
    return pl.Series(list(values), dtype=pl.String)


def test_pseudonyms_are_hmac_sha256_under_the_key():
    found = Door(KEY).pseudonyms(series("weibo"), series("1234567890"))[0]
    expected = hmac.new(KEY.encode(), b"weibo:1234567890", hashlib.sha256).hexdigest()[:20]
    assert found == f"p:{expected}"


def test_another_key_gives_other_pseudonyms_and_null_stays_null():
    one, two = (
        Door(key).pseudonyms(series("weibo", "weibo"), series("1", None)) for key in ("a", "b")
    )
    assert one[0] != two[0]
    assert one[1] is None


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, unique=True))
def test_pseudonymising_twice_changes_nothing_more(values):
    platform = series(*["weibo"] * len(values))
    once = Door(KEY).pseudonyms(platform, series(*values))
    assert Door(KEY).pseudonyms(platform, once).to_list() == once.to_list()


def test_an_officer_is_recognised_under_the_pseudonym_and_never_becomes_nameable():
    door = Door(KEY)
    hidden = door.pseudonyms(series("weibo"), series("77"))[0]
    door.admit(
        pl.DataFrame({"platform": ["weibo"], "account_id": [hidden], "account_kind": ["officer"]})
    )
    door.admit(
        pl.DataFrame({"platform": ["weibo"], "account_id": ["77"], "account_kind": ["organ"]})
    )
    assert door.kinds(series("weibo"), series("77"))[0] == "officer"


def test_only_organs_and_media_pass_by_name_and_with_text():
    door = door_with(("1", "organ"), ("2", "state_media"))
    hidden = door.pseudonyms(series("weibo"), series("3"))[0]
    door.admit(
        pl.DataFrame({"platform": ["weibo"], "account_id": [hidden], "account_kind": ["officer"]})
    )
    rows = pl.DataFrame(
        {
            "platform": ["weibo"] * 4,
            "account_id": ["1", "2", "3", "4"],
            "text": ["a", "b", "c", "d"],
            "tags": ["t1", "t2", "t3", "t4"],
        }
    )
    rows = rows.with_columns(_kind=door.kinds(rows["platform"], rows["account_id"]))
    closed = door.close(rows, identities=("account_id",), personal=("text",), private=("tags",))
    assert closed["account_id"].to_list()[:2] == ["1", "2"]
    assert all(value.startswith("p:") for value in closed["account_id"].to_list()[2:])
    assert closed["text"].to_list() == ["a", "b", None, None]
    assert closed["tags"].to_list() == ["t1", "t2", "t3", None]


def test_only_accounts_in_scope_are_recognised_by_their_unsalted_hash() -> None:
    door = Door("0" * 64)
    door.admit(
        pl.DataFrame(
            {"platform": ["weibo"], "account_id": ["9900010021"], "account_kind": ["organ"]}
        )
    )
    hashed = hashed_ids(pl.Series(["9900010021", "9900010022"]))
    rows = pl.DataFrame({"platform": ["weibo", "weibo"], "account_id": hashed})
    assert door.recognise(rows)["account_id"].to_list() == ["9900010021", hashed[1]]
    elsewhere = rows.with_columns(platform=pl.lit("tencent"))
    assert door.recognise(elsewhere)["account_id"].to_list() == hashed.to_list()
