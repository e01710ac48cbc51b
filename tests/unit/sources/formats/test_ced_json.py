"""CED: posts, their users, and timelines as anonymous instants; nobody's name or text passes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.ced_json import FORMAT
from tests.unit.sources import reading

MID = "3499692683952128"
AT = datetime(2012, 10, 10, 13, 20, 20, tzinfo=UTC)
"""The second inside MID."""
BID, UID = "yFPsEgA80", "1000000001"
NAME = f"12_{BID}_{UID}.json"
USER = {"verified": True, "description": False, "gender": "m", "messages": 118, "followers": 596,
        "location": "其他", "time": 1302581825, "friends": 19, "verified_type": 1}  # fmt: skip


def post(**changes: Any) -> dict[str, Any]:
    return {"multi": None, "text": "内容", "user": USER, "has_url": False, "comments": 170,
            "pics": 1, "source": "微博", "likes": 0, "time": int(AT.timestamp()),
            "reposts": 395} | changes  # fmt: skip


def repost(**changes: Any) -> dict[str, Any]:
    return {"kids": [], "uid": "somebody", "parent": "", "text": "转发", "mid": BID,
            "date": "2012-10-10 21:20:21"} | changes  # fmt: skip


def read(tmp_path: Path, content: Any, name: str = NAME, **given: Any) -> reading.Outcome:
    data = content if isinstance(content, str) else json.dumps(content)
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, data), **given)


def test_post_of_an_official_and_its_user(tmp_path: Path) -> None:
    outcome = read(tmp_path, post())
    row = outcome.only("posts")
    assert (row["post_id"], row["account_id"], row["text"]) == (MID, UID, "内容")
    assert (row["posted_at"], row["posted_at_precision"]) == (AT, "second")
    metrics = outcome.only("post_metric_snapshots")
    assert (metrics["comments_lo"], metrics["reposts_hi"], metrics["likes_lo"]) == (170, 395, 0)
    account = outcome.only("account_snapshots")
    assert (account["followers_lo"], account["following_lo"], account["statuses_lo"]) == (
        596, 19, 118,
    )  # fmt: skip
    assert account["registered_at"] == datetime(2011, 4, 12, 4, 17, 5, tzinfo=UTC)
    assert account["account_kind"] == "unclear"


def test_post_of_a_person_has_neither_text_nor_name(tmp_path: Path) -> None:
    outcome = read(tmp_path, post(user=USER | {"verified_type": -1}))
    row = outcome.only("posts")
    assert row["text"] is None
    assert str(row["account_id"]).startswith("p:")
    assert str(row["post_id"]).startswith("p:")


@pytest.mark.parametrize("key", ["multi", "multi_type"])
def test_empty_strings_for_user_and_time(tmp_path: Path, key: str) -> None:
    outcome = read(tmp_path, {key: None} | post(user="", time=""))
    assert outcome.only("posts")["posted_at"] == AT
    assert outcome.only("posts")["posted_at_source"] == "id_clock"
    assert outcome.tables["account_snapshots"].is_empty()


def test_a_post_that_nothing_dates(tmp_path: Path) -> None:
    outcome = read(tmp_path, post(time=""), f"1_xF81tU_{UID}.json")
    assert outcome.reasons == ["missing_key:posted_at"]


@pytest.mark.parametrize(("time", "reasons"), [
    ("Wed Oct 10 21:20:20 +0800 2012", []),
    (int(AT.timestamp()) + 8 * 3600, []),
    (int(AT.timestamp()) + 5 * 3600, ["id_clock_contradiction"]),
    ("soon", ["not_a_time"]),
])  # fmt: skip
def test_times(tmp_path: Path, time: Any, reasons: list[str]) -> None:
    outcome = read(tmp_path, post(time=time))
    assert outcome.reasons == reasons
    if not outcome.tables["posts"].is_empty():
        assert outcome.only("posts")["posted_at"] == AT


def test_timeline_is_anonymous(tmp_path: Path) -> None:
    declared = DeclaredAccount("organ", "unclear", None)
    outcome = read(tmp_path, [repost(), repost(mid="yFPsEgA81", text="假的")], declared=declared)
    rows = outcome.tables["repost_timings"]
    assert rows["reposted_at"].to_list() == [AT.replace(second=21)] * 2
    assert rows["is_callout"].to_list() == [False, True]
    assert all(value.startswith("p:") for value in rows["repost_id"])
    assert rows["is_zone_assumed"].to_list() == [True, True]
    assert "somebody" not in str(rows.to_dicts())
    assert outcome.tables["posts"].is_empty()


def test_a_repost_without_year_has_the_year_of_its_id(tmp_path: Path) -> None:
    """The file was modified years after the collection: only the id knows the year."""
    outcome = read(tmp_path, [repost(date="10月10日 21:20")])
    row = outcome.only("repost_timings")
    assert row["reposted_at"] == AT
    assert row["posted_at_source"] == "id_clock"
    assert outcome.repairs.select("rule", "table_name", "column_name").rows() == [
        ("year_from_id_clock", "core.repost_timings", "reposted_at")
    ]
    elsewhere = read(tmp_path, [repost(date="2013-11-11 03:20:21")])
    assert elsewhere.reasons == ["id_clock_contradiction"]
    without_clock = read(tmp_path, [repost(date="2013-10-10 21:20:21", mid="5LdMer")])
    assert without_clock.reasons == []


@pytest.mark.parametrize(("changes", "reason"), [
    ({"mid": None}, "missing_key:repost_id"),
    ({"date": None, "mid": "5LdMer"}, "missing_key:reposted_at"),
    ({"date": "soon"}, "not_a_time"),
])  # fmt: skip
def test_a_broken_repost_is_refused_and_never_taken_for_the_post(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    outcome = read(tmp_path, [repost(**changes), repost()])
    assert outcome.reasons == [reason]
    assert outcome.tables["repost_timings"].height == 1
    assert outcome.tables["posts"].is_empty()


def test_files_that_are_none(tmp_path: Path) -> None:
    assert read(tmp_path, post(), "post.json").reasons == ["no_post_in_path"]
    assert read(tmp_path, "[]").tables == {}
    assert read(tmp_path, "<html>").reasons == ["html_not_json"]


@pytest.mark.parametrize(("name", "content", "known"), [
    (NAME, post(), True), (NAME, [repost()], True), (NAME, [], True),
    ("post.json", post(), False), (NAME, {"a": 1}, False),
])  # fmt: skip
def test_sniff(name: str, content: Any, known: bool) -> None:
    found = FORMAT.sniff(Head(PurePosixPath(name), json.dumps(content).encode()))
    assert (found is not None) is known
