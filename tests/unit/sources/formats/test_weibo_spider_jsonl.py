"""WeiboSpider JSON Lines: tweets without an author, comments, users, and refused networks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from orchestration.sources.formats import sniff
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weibo_spider_jsonl import FORMAT
from tests.unit.sources.formats.weibo_posts import ORGAN, PERSON, bid, mid, wall
from tests.unit.sources.reading import Outcome, clean, raw_file

AT = datetime(2024, 3, 5, 4, 30, 24, tzinfo=UTC)
SEEN = datetime(2024, 3, 6, 2, 30, tzinfo=UTC)
USER = {
    "_id": ORGAN, "avatar_hd": "https://x/a.jpg", "nick_name": "平安例市", "verified": True,
    "description": "简介", "followers_count": 3047000, "friends_count": 120,
    "statuses_count": 9001, "gender": "m", "location": "例省", "mbrank": 6, "mbtype": 12,
    "credit_score": 80, "created_at": "2011-09-26 10:00:00", "verified_type": 1,
    "verified_reason": "例市公安局官方微博",
}  # fmt: skip


def tweet(**other: object) -> dict[str, object]:
    number = mid(AT)
    return {
        "_id": number, "mblogid": bid(number), "created_at": wall(AT), "geo": None,
        "ip_location": "发布于 例省", "reposts_count": 18, "comments_count": 72,
        "attitudes_count": 531, "source": "政务微博", "content": "早安 #例市通报#", "pic_urls": [],
        "pic_num": 0, "isLongText": False, "is_retweet": False, "reads_count": 90000,
        "url": f"https://weibo.com/{ORGAN}/{bid(number)}", "crawl_time": int(SEEN.timestamp()),
    } | other  # fmt: skip


def user(**other: object) -> dict[str, object]:
    return {
        **USER, "birthday": "1999-01-01", "desc_text": "例市公安局", "ip_location": "IP属地：例省",
        "sunshine_credit": "信用极好", "company": "例公司", "education": {"school": "例大学"},
        "label_desc": ["昨日发博3，阅读数100万+，互动数1.9万"],
        "crawl_time": int(SEEN.timestamp()),
    } | other  # fmt: skip


def comment(number: int, uid: str, **other: object) -> dict[str, object]:
    return {
        "created_at": "2024-03-05 13:41:29", "_id": number, "like_counts": 3,
        "ip_location": "来自例省", "content": "路人的话",
        "comment_user": {"_id": uid, "nick_name": {ORGAN: "平安例市"}.get(uid, "路人甲")},
        "crawl_time": int(SEEN.timestamp()),
    } | other  # fmt: skip


def read(tmp_path, *records: dict[str, object]) -> Outcome:
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    return clean(FORMAT, raw_file(tmp_path, "tweet_spider_20240306023000.jsonl", text))


def test_a_tweet_without_user_is_its_authors_by_the_url(tmp_path):
    outcome = read(tmp_path, user(), tweet())
    assert outcome.reasons == []
    post = outcome.only("posts")
    assert (post["account_id"], post["posted_at"], post["text"]) == (ORGAN, AT, "早安 #例市通报#")
    assert (post["observed_at"], post["observed_at_source"]) == (SEEN, "file_mtime")
    counts = outcome.only("post_metric_snapshots")
    assert [counts[f"{stem}_lo"] for stem in ("reposts", "comments", "likes", "reads")] == [
        18, 72, 531, 90_000,
    ]  # fmt: skip


def test_a_tweet_without_user_and_url_is_refused(tmp_path):
    assert read(tmp_path, tweet(url=None)).reasons == ["missing_key:account_id"]


def test_the_user_of_a_searched_tweet_is_a_snapshot(tmp_path):
    outcome = read(tmp_path, tweet(user=USER, url=None, keyword="暴雨"))
    assert outcome.reasons == []
    account = outcome.only("account_snapshots")
    assert (account["account_kind"], account["followers_lo"]) == ("organ", 3_047_000)
    assert outcome.only("posts")["account_id"] == ORGAN


@pytest.mark.parametrize(
    ("content", "is_long", "truncated"),
    [("全文在此", True, False), ("转发//@路人: 长文...全文", False, True), ("短", False, False)],
)
def test_only_what_still_ends_in_a_link_is_cut(tmp_path, content, is_long, truncated):
    post = read(tmp_path, user(), tweet(content=content, isLongText=is_long)).only("posts")
    assert post["is_truncated"] is truncated


def test_a_repost_names_what_it_reposts(tmp_path):
    post = read(tmp_path, user(), tweet(is_retweet=True, retweet_id="4990000000000001"))
    row = post.only("posts")
    assert (row["is_repost"], row["kind"]) == (True, "repost")
    assert row["repost_of_post_id"].startswith("p:")


@pytest.mark.parametrize(
    ("registered", "instant"),
    [
        ("2011-09-26 10:00:00", datetime(2011, 9, 26, 2, tzinfo=UTC)),
        ("2011-09-26", datetime(2011, 9, 25, 16, tzinfo=UTC)),
    ],
)
def test_registration_is_an_instant_or_a_day(tmp_path, registered, instant):
    outcome = read(tmp_path, user(created_at=registered))
    account = outcome.only("account_snapshots")
    assert (account["registered_at"], account["statuses_lo"]) == (instant, 9001)
    for personal in ("1999", "例大学", "例公司", "信用", "简介"):
        assert personal not in str(account)


def test_a_comment_is_anonymous_and_an_official_reply_speaks(tmp_path):
    asked_at = datetime(2024, 3, 5, 5, 41, 29, tzinfo=UTC)
    asked_id, answer_id = int(mid(asked_at, 1)), int(mid(asked_at, 2))
    outcome = read(
        tmp_path,
        user(),
        comment(asked_id, PERSON),
        comment(
            answer_id, ORGAN, content="已转交通警",
            reply_comment={"_id": asked_id, "text": "路人的话", "user": {"_id": PERSON}},
        ),
    )  # fmt: skip
    assert outcome.reasons == []
    asked, answered = outcome.tables["comments"].sort("record_number").to_dicts()
    assert (asked["text"], asked["likes_lo"], asked["post_id"]) == (None, 3, None)
    assert asked["commented_at"] == asked_at
    assert (answered["text"], answered["comment_id"]) == ("已转交通警", str(answer_id))
    assert answered["reply_to_comment_id"] == asked["comment_id"]
    everything = str([frame.to_dicts() for frame in outcome.tables.values()])
    for personal in (PERSON, "路人", str(asked_id)):
        assert personal not in everything


@pytest.mark.parametrize(
    "relation",
    [
        {"follower_id": ORGAN, "fan_info": {**USER, "_id": PERSON}},
        {"fan_id": ORGAN, "follower_info": {**USER, "_id": PERSON}},
        {**USER, "_id": PERSON, "fan_id": PERSON, "followed_id": ORGAN},
    ],
)
def test_who_follows_whom_is_refused(tmp_path, relation):
    record = {"_id": f"{ORGAN}_{PERSON}"} | relation | {"crawl_time": int(SEEN.timestamp())}
    outcome = read(tmp_path, record)
    assert outcome.reasons == ["personal_network"]
    assert all(frame.is_empty() for frame in outcome.tables.values())
    assert outcome.problems["excerpt"].to_list() == [None]


def test_every_kind_of_line_is_recognised():
    relation = {"_id": "1_2", "fan_id": "1", "crawl_time": 1}
    for record in (tweet(), user(), comment(1, PERSON), relation):
        head = Head(PurePosixPath("x.jsonl"), json.dumps(record).encode())
        assert sniff(head)[0][0].id == "weibo_spider_jsonl"
        assert sniff(head)[0][1].score > 0.9
