"""Mastodon: whose server says what, boosts as posts of their own, text out of HTML."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.mastodon_json import FORMAT
from tests.unit.sources import reading

ORGAN = DeclaredAccount("organ", "county", None)
POLICE: dict[str, Any] = {
    "id": "1", "username": "Police", "acct": "Police", "display_name": "样城公安",
    "locked": False, "bot": False, "group": False, "created_at": "2022-11-05T00:00:00.000Z",
    "note": "<p>bio</p>", "url": "https://social.sample.example/@Police", "avatar": "x",
    "followers_count": 1200, "following_count": 3, "statuses_count": 45,
    "last_status_at": "2024-08-01", "fields": [{"name": "a", "value": "b", "verified_at": None}],
}  # fmt: skip
REMOTE: dict[str, Any] = POLICE | {
    "id": "77", "username": "anna", "acct": "anna@Other.example", "display_name": "Anna",
    "url": "https://other.example/@anna", "created_at": "2019-02-03T04:05:06.000Z",
}  # fmt: skip


def status(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number), "uri": f"https://social.sample.example/users/Police/statuses/{number}",
        "url": f"https://social.sample.example/@Police/{number}",
        "created_at": "2024-08-01T02:03:04.567Z", "edited_at": None, "in_reply_to_id": None,
        "in_reply_to_account_id": None, "visibility": "public", "language": "zh",
        "content": "<p>Road &amp; rail<br>closed <a href='https://x.example/t'>#snow</a></p><p>ok</p>",
        "replies_count": 1, "reblogs_count": 2, "favourites_count": 3, "reblog": None,
        "mentions": [{"id": "9", "acct": "somebody", "username": "somebody"}],
        "tags": [{"name": "snow", "url": "https://x.example/t"}], "media_attachments": [],
        "account": POLICE,
    } | changes  # fmt: skip


def read(tmp_path: Path, content: Any, **given: Any) -> reading.Outcome:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    file = reading.raw_file(tmp_path, "answer.json", text)
    return reading.clean(FORMAT, file, **({"declared": ORGAN} | given))


def lines(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.mark.parametrize("content", [
    json.dumps([status(1)]), json.dumps(POLICE, indent=1), lines(status(1), status(2)),
])  # fmt: skip
def test_it_is_recognised(content: str) -> None:
    assert formats.sniff(Head(PurePosixPath("a.json"), content.encode()))[0][0].id == (
        "mastodon_json"
    )


@pytest.mark.parametrize("content", [
    [status(1)], json.dumps(status(1), indent=2), lines(status(1)), lines(status(1)) + "\n\n",
])  # fmt: skip
def test_a_status_from_a_list_an_object_or_a_line(tmp_path: Path, content: Any) -> None:
    found = read(tmp_path, content)
    post, counts = found.only("posts"), found.only("post_metric_snapshots")
    assert found.reasons == []
    assert (post["platform"], post["account_id"]) == ("mastodon", "police@social.sample.example")
    assert post["post_id"] == "https://social.sample.example/users/Police/statuses/1"
    assert post["posted_at"] == datetime(2024, 8, 1, 2, 3, 4, 567000, tzinfo=UTC)
    assert post["text"] == "Road & rail\nclosed #snow\nok"
    assert (post["hashtags"], post["kind"], post["is_edited"]) == (["snow"], "original", False)
    assert (counts["comments_lo"], counts["reposts_lo"], counts["likes_hi"]) == (1, 2, 3)


def test_an_account_s_registration_is_a_day_since_3_4(tmp_path: Path) -> None:
    rows = read(tmp_path, [POLICE, REMOTE], declared=None).tables["account_snapshots"]
    assert rows["registered_at"].null_count() == 2  # people's, at the door
    official = read(tmp_path, [status(1)]).tables["account_snapshots"].drop_nulls("followers_lo")
    assert official.select("registered_at", "registered_at_precision", "screen_name").rows() == [
        (datetime(2022, 11, 5, tzinfo=UTC), "day", "样城公安")
    ]
    old = read(tmp_path, [status(1, account=POLICE | {"created_at": "2019-02-03T04:05:06.000Z"})])
    assert old.tables["account_snapshots"].drop_nulls("followers_lo")[
        "registered_at_precision"
    ].to_list() == ["second"]


def test_accounts_of_a_declared_source_are_what_it_says_once_each(tmp_path: Path) -> None:
    columns = ("account_id", "account_kind", "scope_evidence", "followers_lo")
    listed = read(tmp_path, [POLICE]).only("account_snapshots")
    (beside,) = read(tmp_path, [status(1)]).tables["account_snapshots"].to_dicts()
    expected = ("police@social.sample.example", "organ", "declared", POLICE["followers_count"])
    assert tuple(listed[name] for name in columns) == expected
    assert tuple(beside[name] for name in columns) == expected
    boost = status(2, reblog=status(3, account=REMOTE, uri="https://other.example/3"))
    kinds = read(tmp_path, [boost]).tables["account_snapshots"]
    assert kinds.drop_nulls("account_kind")["account_id"].to_list() == [expected[0]]


def test_officers_of_a_declared_source_are_not_named(tmp_path: Path) -> None:
    officer = DeclaredAccount("officer", "county", None)
    row = read(tmp_path, [POLICE], declared=officer).only("account_snapshots")
    assert row["account_kind"] == "officer"
    assert row["account_id"].startswith("p:")
    assert (row["screen_name"], row["account_url"]) == (None, None)


@pytest.mark.parametrize(("account", "key"), [
    ({"acct": "Police"}, "police@social.sample.example"),
    ({"acct": "Police@sample.example"}, "police@social.sample.example"),
    ({"acct": "police@elsewhere.example", "url": None}, "police@elsewhere.example"),
    ({"url": "https://else.example/users/police"}, "police@else.example"),
])  # fmt: skip
def test_one_account_has_one_key_whichever_server_was_asked(
    tmp_path: Path, account: dict[str, Any], key: str
) -> None:
    found = read(tmp_path, [status(1, account=POLICE | account)])
    assert found.only("posts")["account_id"] == key


def test_an_account_without_any_host_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, [status(1, account=POLICE | {"url": None})])
    assert found.reasons == ["no_host"]


def test_two_servers_numbers_do_not_meet(tmp_path: Path) -> None:
    other = status(1, uri="https://other.example/users/anna/statuses/1", account=REMOTE)
    assert read(tmp_path, [status(1), other]).tables["posts"]["post_id"].n_unique() == 2


def test_counts_of_another_server_are_lower_bounds(tmp_path: Path) -> None:
    found = read(tmp_path, [status(1, account=REMOTE)])
    counts = found.only("post_metric_snapshots")
    assert (counts["likes_lo"], counts["likes_hi"]) == (3, None)
    (account,) = found.tables["account_snapshots"].drop_nulls("followers_lo").to_dicts()
    assert (account["followers_lo"], account["followers_hi"]) == (1200, None)


def test_a_boost_and_what_it_boosts_are_two_posts(tmp_path: Path) -> None:
    inner = status(
        5, uri="https://other.example/users/anna/statuses/5", account=REMOTE, content="<p>mine</p>"
    )
    boost = status(6, uri="https://social.sample.example/users/Police/statuses/6/activity",
                   content="<p>mine</p>", reblog=inner)  # fmt: skip
    found = read(tmp_path, [boost])
    own, boosted = found.tables["posts"].sort("is_official", descending=True).to_dicts()
    assert (own["kind"], own["is_repost"], own["text"], own["hashtags"]) == (
        "repost", True, None, [],
    )  # fmt: skip
    assert (boosted["kind"], boosted["is_official"], boosted["text"]) == ("original", False, None)
    assert boosted["post_id"] == own["repost_of_post_id"]
    assert str(boosted["account_id"]).startswith("p:")
    assert found.tables["post_metric_snapshots"]["post_id"].to_list() == [boosted["post_id"]]


def test_what_is_not_public_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, [status(1, visibility="direct"), status(2, visibility="unlisted")])
    assert found.reasons == ["not_public"]
    assert found.tables["posts"].height == 1


@pytest.mark.parametrize(("change", "state"), [
    ({}, "present"), ({"suspended": True}, "removed_by_platform"), ({"limited": True}, "hidden"),
    ({"moved": REMOTE}, "moved"),
])  # fmt: skip
def test_states_of_accounts(tmp_path: Path, change: dict[str, Any], state: str) -> None:
    rows = read(tmp_path, [POLICE | change], declared=None).tables["account_snapshots"]
    assert state in rows["account_state"].to_list()
    assert rows.height == (2 if "moved" in change else 1)


def test_a_reply_an_edit_and_a_hidden_count(tmp_path: Path) -> None:
    found = read(tmp_path, [
        status(1, in_reply_to_id="9", edited_at="2024-08-01T03:00:00.000Z", favourites_count=-1)
    ])  # fmt: skip
    post = found.only("posts")
    assert (post["kind"], post["is_edited"]) == ("reply", True)
    assert found.reasons == ["negative_count"]
    assert found.only("post_metric_snapshots")["likes_lo"] is None


OWN = "https://social.sample.example/users"
LOCAL = {"id": "9", "acct": "Office", "username": "Office"}


@pytest.mark.parametrize(("change", "parent"), [
    ({"in_reply_to_account_id": "1"}, f"{OWN}/Police/statuses/9"),
    ({"in_reply_to_account_id": "9", "mentions": [POLICE, LOCAL]}, f"{OWN}/Office/statuses/9"),
    ({"in_reply_to_account_id": "9", "mentions": [LOCAL | {"acct": "anna@other.example"}]}, None),
    ({"in_reply_to_account_id": "9", "mentions": []}, None),
    ({"in_reply_to_account_id": "1", "id": "2"}, None),  # the number of a server that repeats it
    ({"in_reply_to_account_id": "1", "uri": "https://social.sample.example/ap/users/5/statuses/1"},
     "https://social.sample.example/ap/users/5/statuses/9"),
    ({"in_reply_to_account_id": "9", "mentions": [LOCAL],
      "uri": "https://social.sample.example/ap/users/5/statuses/1"}, None),
])  # fmt: skip
def test_a_reply_names_its_parent_where_the_number_is_that_of_its_address(
    tmp_path: Path, change: dict[str, Any], parent: str | None
) -> None:
    office = POLICE | {"acct": "Office", "username": "Office", "url": f"{OWN[:-5]}@Office"}
    other = status(20, account=office, uri=f"{OWN}/Office/statuses/20")
    reply = status(1, in_reply_to_id="9", **change)
    rows = read(tmp_path, [other, reply]).tables["posts"]
    (found,) = rows.filter(kind="reply")["reply_to_post_id"].to_list()
    assert found == parent


def test_a_person_who_is_replied_to_is_a_pseudonym(tmp_path: Path) -> None:
    reply = status(1, in_reply_to_id="9", in_reply_to_account_id="9", mentions=[LOCAL])
    found = str(read(tmp_path, [reply]).only("posts")["reply_to_post_id"])
    written = status(
        9, uri=f"{OWN}/Office/statuses/9", account=POLICE | {"acct": "Office", "username": "Office"}
    )
    assert found.startswith("p:")
    assert read(tmp_path, [written], declared=None).only("posts")["post_id"] == found


def test_people_pass_without_name_or_text(tmp_path: Path) -> None:
    found = read(tmp_path, [status(1, account=REMOTE)], declared=None)
    post, account = found.only("posts"), found.only("account_snapshots")
    assert (post["text"], account["screen_name"], account["account_url"]) == (None, None, None)
    assert "anna" not in f"{post}{account}"


def test_a_broken_line_is_named_and_others_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, lines(status(1)) + "{broken\n" + lines(status(2)))
    assert [(r.reason, r.line_number) for r in found.rejects] == [("not_json", 2)]
    assert found.tables["posts"].height == 2
