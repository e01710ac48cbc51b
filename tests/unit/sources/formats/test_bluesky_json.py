"""Bluesky: three clocks, four shapes of answer, posts that are not there, links by byte offset."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.bluesky_json import FORMAT, _with_facets
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources import reading

ORGAN = DeclaredAccount("organ", "county", None)
DID, OTHER = "did:plc:samplecity000000000000001", "did:plc:somebody00000000000000002"
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def tid(at: datetime) -> str:
    number = int(at.timestamp() * 1_000_000) << 10
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(
    did: str = DID, at: datetime = WHEN, *, key: str | None = None,
    created: datetime | None = None, indexed: datetime | None = None, **record: Any,
) -> dict[str, Any]:  # fmt: skip
    key = tid(at) if key is None else key
    return {
        "uri": f"at://{did}/app.bsky.feed.post/{key}", "cid": "bafy",
        "author": {"did": did, "handle": "city.example", "displayName": "Sample City",
                   "avatar": "x"},
        "record": {"$type": "app.bsky.feed.post", "text": "Road closed",
                   "createdAt": iso(created or at), "langs": ["en"]} | record,
        "replyCount": 1, "repostCount": 2, "likeCount": 3, "quoteCount": 9,
        "indexedAt": iso(indexed or at + timedelta(seconds=2)), "labels": [],
    }  # fmt: skip


def read(tmp_path: Path, content: Any, **given: Any) -> reading.Outcome:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    file = reading.raw_file(tmp_path, "answer.json", text)
    return reading.clean(FORMAT, file, **({"declared": ORGAN} | given))


PROFILE = {
    "did": DID, "handle": "city.example", "displayName": "", "description": "bio", "avatar": "x",
    "followersCount": 1200, "followsCount": 3, "postsCount": 45,
    "createdAt": "2023-04-05T06:07:08.000Z", "indexedAt": iso(WHEN), "labels": [],
}  # fmt: skip
ABSENT = {
    "$type": "app.bsky.feed.defs#notFoundPost",
    "uri": f"at://{OTHER}/app.bsky.feed.post/3kabc", "notFound": True,
}  # fmt: skip
BLOCKED = {
    "$type": "app.bsky.feed.defs#blockedPost", "blocked": True,
    "uri": f"at://{OTHER}/app.bsky.feed.post/3kabd", "author": {"did": OTHER},
}  # fmt: skip
THREAD = {
    "thread": {
        "$type": "app.bsky.feed.defs#threadViewPost", "post": post(), "parent": ABSENT,
        "replies": [
            {"$type": "app.bsky.feed.defs#threadViewPost", "post": post(OTHER), "replies": [
                BLOCKED]},
        ],
    }
}  # fmt: skip


@pytest.mark.parametrize("content", [
    {"feed": [{"post": post()}]}, {"posts": [post()]}, PROFILE, THREAD, {"profiles": [PROFILE]},
    {"thread": ABSENT},
])  # fmt: skip
def test_it_is_recognised(content: Any) -> None:
    head = Head(PurePosixPath("a.json"), json.dumps(content).encode())
    assert formats.sniff(head)[0][0].id == "bluesky_json"


@pytest.mark.parametrize("content", [
    {"feed": [{"post": post()}], "cursor": "x"}, {"posts": [post()]}, [post()], post(),
    json.dumps({"posts": [post()]}, indent=1), json.dumps(post()) + "\n",
])  # fmt: skip
def test_a_post_in_each_shape(tmp_path: Path, content: Any) -> None:
    found = read(tmp_path, content)
    row, counts = found.only("posts"), found.only("post_metric_snapshots")
    assert found.reasons == []
    assert (row["platform"], row["account_id"]) == ("bluesky", DID)
    assert row["post_id"] == f"at://{DID}/app.bsky.feed.post/{tid(WHEN)}"
    assert (row["posted_at"], row["posted_at_source"], row["posted_at_precision"]) == (
        WHEN, "api", "second",
    )  # fmt: skip
    assert (row["text"], row["kind"], row["hashtags"]) == ("Road closed", "original", [])
    assert (counts["comments_lo"], counts["reposts_lo"], counts["likes_lo"]) == (1, 2, 3)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(("given", "expected", "source", "rules"), [
    ({}, WHEN, "api", []),
    # A client's clock a little ahead is no contradiction.
    ({"created": WHEN + timedelta(seconds=30), "indexed": WHEN}, WHEN + timedelta(seconds=30),
     "api", []),
    ({"created": WHEN + hours(5), "indexed": WHEN}, WHEN, "api", ["created_at_after_indexing"]),
    # Back-dated: two clocks against the client's word.
    ({"created": WHEN - hours(9000), "indexed": WHEN}, WHEN, "api", ["created_at_back_dated"]),
    # Indexed late: the record key confirms the client.
    ({"indexed": WHEN + hours(300)}, WHEN, "api", []),
    # No witness: kept, and marked.
    ({"created": WHEN - hours(300), "indexed": WHEN, "key": "self"}, WHEN - hours(300), "guessed",
     []),
    ({"created": WHEN - hours(2), "indexed": WHEN, "key": "self"}, WHEN - hours(2), "api", []),
    ({"created": WHEN - hours(300), "indexed": WHEN, "key": tid(WHEN - hours(100))},
     WHEN - hours(300), "guessed", []),
])  # fmt: skip
def test_three_clocks(
    tmp_path: Path, given: dict[str, Any], expected: datetime, source: str, rules: list[str]
) -> None:
    found = read(tmp_path, {"posts": [post(**given)]})
    row = found.only("posts")
    assert (row["posted_at"], row["posted_at_source"]) == (expected, source)
    assert found.repairs["rule"].to_list() == rules
    assert found.reasons == []


def test_a_post_without_readable_created_at_is_dated_by_the_network(tmp_path: Path) -> None:
    found = read(tmp_path, {"posts": [post(createdAt="long ago")]})
    assert found.only("posts")["posted_at"] == WHEN + timedelta(seconds=2)


def test_a_repost_in_a_feed_is_a_post_of_its_own(tmp_path: Path) -> None:
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "indexedAt": iso(WHEN + hours(1)),
              "by": {"did": DID, "handle": "city.example", "displayName": "City"}}  # fmt: skip
    found = read(tmp_path, {"feed": [{"post": post(OTHER), "reason": reason}]})
    own, quoted = found.tables["posts"].sort("is_official", descending=True).to_dicts()
    assert (own["account_id"], own["kind"], own["is_repost"]) == (DID, "repost", True)
    assert own["posted_at"] == WHEN + hours(1)
    assert own["repost_of_post_id"] == quoted["post_id"]
    assert own["post_id"] == f"repost:{DID}:{iso(WHEN + hours(1))}"
    assert OTHER not in f"{own}{quoted}"
    assert (quoted["is_official"], quoted["text"]) == (False, None)
    assert str(quoted["account_id"]).startswith("p:")
    named = {"feed": [{"post": post(OTHER), "reason": reason | {"uri": f"at://{DID}/r/1"}}]}
    ids = read(tmp_path, named).tables["posts"].filter(is_official=True)["post_id"].to_list()
    assert ids == [f"at://{DID}/r/1"]


def test_what_a_feed_s_post_answers_is_not_the_declared_account_s(tmp_path: Path) -> None:
    item = {
        "post": post(reply={"parent": {"uri": "at://a/b/c"}, "root": {"uri": "at://a/b/c"}}),
        "reply": {"root": post(OTHER), "parent": ABSENT},
    }
    rows = read(tmp_path, {"feed": [item]}).tables["posts"]
    assert rows.filter(is_official=True).select("account_id", "kind").rows() == [(DID, "reply")]
    assert rows.filter(is_official=False).height == 2


def test_a_reply_points_to_its_parent_by_a_pseudonym_unless_the_parent_is_official(
    tmp_path: Path,
) -> None:
    theirs, own = post(OTHER), post(key="3kown")
    items = [
        {
            "post": post(at=WHEN + timedelta(hours=1), reply={"parent": {"uri": parent["uri"]}}),
            "reply": {"root": parent, "parent": parent},
        }
        for parent in (theirs, own)
    ]
    rows = read(tmp_path, {"feed": items}).tables["posts"]
    asked = rows.filter(is_official=False)["post_id"][0]
    replies = rows.filter(is_official=True, kind="reply")
    parents = replies["reply_to_post_id"].to_list()
    assert parents == [asked, own["uri"]]
    assert OTHER not in str(rows.to_dicts())


def test_a_thread_s_absences_are_states_and_name_nobody(tmp_path: Path) -> None:
    found = read(tmp_path, THREAD)
    rows = found.tables["posts"]
    assert found.reasons == []
    assert rows.height == 4
    assert rows["is_official"].to_list() == [False] * 4
    states = rows.drop_nulls("account_state")
    assert sorted(states["account_state"]) == ["not_found", "permission_denied"]
    assert states["state_observed_at"].equals(states["observed_at"])
    assert states["posted_at"].null_count() == 2
    assert all(i.startswith("p:") for i in rows["post_id"])


def test_an_absent_official_post_keeps_its_id(tmp_path: Path) -> None:
    absent = ABSENT | {"uri": f"at://{DID}/app.bsky.feed.post/3kabc"}
    item = {"post": post(), "reply": {"parent": absent, "root": post(OTHER)}}
    rows = read(tmp_path, {"feed": [item]}).tables["posts"].drop_nulls("account_state").to_dicts()
    assert [(r["post_id"], r["account_state"], r["text"]) for r in rows] == [
        (absent["uri"], "not_found", None)
    ]


def test_a_profile(tmp_path: Path) -> None:
    door = read_scope()
    row = read(tmp_path, PROFILE, declared=None, door=door).only("account_snapshots")
    assert (row["account_id"], row["screen_name"]) == (DID, "city.example")
    assert (row["followers_lo"], row["following_lo"], row["statuses_lo"]) == (1200, 3, 45)
    assert row["registered_at"] == datetime(2023, 4, 5, 6, 7, 8, tzinfo=UTC)
    hidden = read(tmp_path, {"profiles": [PROFILE]}, declared=None).only("account_snapshots")
    assert (hidden["screen_name"], str(hidden["account_id"])[:2]) == (None, "p:")


def read_scope() -> Any:
    import polars as pl

    from orchestration.cleaning.people import Door

    scope = {"platform": ["bluesky"], "account_id": [DID], "account_kind": ["organ"]}
    return Door(reading.KEY, pl.DataFrame(scope))


@pytest.mark.parametrize(("content", "reasons"), [
    ({"error": "AccountTakedown", "message": "x"}, ["api_error"]),
    ({"hello": 1}, ["unknown_answer"]),
    ({"feed": [{"post": 1}, 7]}, ["not_an_object"] * 2),
    ([7], ["not_an_object"]),
    ({"posts": [post(did="")]}, ["missing_key:account_id"]),
])  # fmt: skip
def test_what_is_no_record_is_named(tmp_path: Path, content: Any, reasons: list[str]) -> None:
    assert read(tmp_path, content).reasons == reasons


def test_links_and_tags_by_byte_offsets(tmp_path: Path) -> None:
    text = "样城 example.com/a… #雪 now"
    data = text.encode()
    link, tag = data.index(b"example"), data.index("#雪".encode())
    shown = len("example.com/a…".encode())
    facets = [
        {"index": {"byteStart": tag, "byteEnd": tag + 4},
         "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "雪"}]},
        {"index": {"byteStart": link, "byteEnd": link + shown},
         "features": [{"$type": "app.bsky.richtext.facet#link",
                       "uri": "https://example.com/abc?d=1"}]},
    ]  # fmt: skip
    row = read(tmp_path, {"posts": [post(text=text, facets=facets, tags=["road"])]}).only("posts")
    assert row["text"] == "样城 https://example.com/abc?d=1 #雪 now"
    assert row["hashtags"] == ["雪", "road"]


@pytest.mark.parametrize("index", [
    {"byteStart": 1, "byteEnd": 5}, {"byteStart": 0, "byteEnd": 999}, {"byteStart": "x"}, None,
    {"byteStart": -3, "byteEnd": 3}, {"byteStart": 3, "byteEnd": 3},
])  # fmt: skip
def test_offsets_that_do_not_fit_leave_the_text(tmp_path: Path, index: Any) -> None:
    facets = [{"index": index, "features": [{"uri": "https://x.example"}]}]
    found = read(tmp_path, {"posts": [post(text="样城 text", facets=facets)]})
    assert found.only("posts")["text"] == "样城 text"
    assert found.reasons == ["facet_out_of_range"]


@given(st.text(max_size=30), st.integers(-5, 40), st.integers(-5, 40))
def test_any_offsets_keep_the_text_readable(text: str, start: int, end: int) -> None:
    facet = {"index": {"byteStart": str(start), "byteEnd": str(end)}, "features": [{"uri": "U"}]}
    value, _, is_bad = _with_facets(text, [facet])
    assert (value or "") == text or (not is_bad and value is not None and "U" in value)


def test_records_are_counted_through_the_file_and_found_again(tmp_path: Path) -> None:
    content = json.dumps({"posts": [post()]}) + "\n" + json.dumps(PROFILE) + "\n"
    file = reading.raw_file(tmp_path, "a.jsonl", content)
    (frame,) = list(FORMAT.reader.read(file, ReadOptions()))
    assert frame.select("_record", "_line").rows() == [(1, 1), (2, 2)]  # type: ignore[union-attr]
    located = FORMAT.reader.locate(file, 2, ReadOptions())
    assert located is not None
    assert json.loads(located.raw)["profile"]["did"] == DID


def test_people_pass_without_name_or_text(tmp_path: Path) -> None:
    found = read(tmp_path, {"posts": [post()]}, declared=None)
    rows = f"{found.only('posts')}{found.only('account_snapshots')}"
    assert DID not in rows
    assert "Road" not in rows
