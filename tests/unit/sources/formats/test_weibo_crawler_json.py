"""weibo-crawler JSON: the account, its posts, and the posts these repost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath

from orchestration.sources.formats import sniff
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weibo_crawler_json import FORMAT
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources.formats.weibo_posts import ORGAN, PERSON, bid, mid, wall
from tests.unit.sources.reading import MODIFIED, clean, raw_file

AT = datetime(2024, 3, 5, 4, 30, 24, tzinfo=UTC)
SOURCE_AT = datetime(2024, 3, 4, 1, 2, 3, tzinfo=UTC)
USER = {
    "id": ORGAN, "screen_name": "平安例市", "gender": "m", "birthday": "1999-01-01",
    "location": "例省", "ip_location": "例省", "education": "例大学", "company": "",
    "registration_time": "2011-09-26", "sunshine": "", "statuses_count": 9001,
    "followers_count": 3047000, "follow_count": 120, "description": "简介",
    "profile_url": "https://m.weibo.cn/u/x", "verified": True, "verified_type": 1,
    "verified_reason": "例市公安局官方微博",
}  # fmt: skip


def post(at: datetime, user: object = int(ORGAN), **other: object) -> dict[str, object]:
    number = mid(at)
    return {
        "user_id": user, "screen_name": "平安例市", "id": int(number), "bid": bid(number),
        "text": "早安 #例市通报#", "article_url": "", "pics": "", "video_url": "", "location": "",
        "live_photo_url": "", "links": ["http://t.cn/x"], "source": "政务微博",
        "created_at": wall(at, "%Y-%m-%dT%H:%M:%S"), "attitudes_count": 531, "comments_count": 72,
        "reposts_count": 18, "topics": "例市通报", "at_users": "", "full_created_at": wall(at),
        "edited": False, "edit_count": 0,
    } | other  # fmt: skip


def document(*posts: object, user: object = USER) -> str:
    return json.dumps({"user": user, "weibo": list(posts)}, ensure_ascii=False)


def test_account_post_and_reposted_post(tmp_path):
    source = post(SOURCE_AT, int(PERSON), text="路人的话", attitudes_count=5)
    data = document(post(AT, retweet=source), post(datetime(2024, 3, 6, tzinfo=UTC)))
    outcome = clean(FORMAT, raw_file(tmp_path, f"平安例市/{ORGAN}.json", data))
    assert outcome.reasons == []
    account = outcome.only("account_snapshots")
    assert (account["account_id"], account["screen_name"]) == (ORGAN, "平安例市")
    assert (account["followers_lo"], account["following_hi"], account["statuses_lo"]) == (
        3_047_000, 120, 9001,
    )  # fmt: skip
    assert (account["account_kind"], account["observed_at"]) == ("organ", MODIFIED)
    posts = {row["record_number"]: row for row in outcome.tables["posts"].to_dicts()
             if row["is_official"]}  # fmt: skip
    assert sorted(posts) == [2, 3]
    own = posts[2]
    assert (own["post_id"], own["posted_at"], own["is_repost"]) == (mid(AT), AT, True)
    assert (own["is_edited"], own["edit_count"]) == (False, 0)
    assert posts[3]["is_repost"] is False
    (quoted,) = [row for row in outcome.tables["posts"].to_dicts() if not row["is_official"]]
    assert (quoted["posted_at"], quoted["text"]) == (SOURCE_AT, None)
    assert quoted["post_id"] == own["repost_of_post_id"]
    assert quoted["account_id"].startswith("p:")
    likes = outcome.tables["post_metric_snapshots"]
    assert likes.sort("likes_lo")["likes_lo"].to_list() == [5, 531, 531]
    everything = str([frame.to_dicts() for frame in outcome.tables.values()])
    for personal in (PERSON, "路人的话", "例大学", "1999", "简介"):
        assert personal not in everything


def test_a_deleted_source_costs_nothing(tmp_path):
    source = post(SOURCE_AT, "", text="抱歉，此微博已被作者删除")
    outcome = clean(FORMAT, raw_file(tmp_path, "a.json", document(post(AT, retweet=source))))
    assert outcome.reasons == []
    assert outcome.tables["posts"].height == 1


def test_posts_without_an_account_and_what_is_no_post(tmp_path):
    outcome = clean(FORMAT, raw_file(tmp_path, "a.json", document(post(AT), 7, {}, user={})))
    assert outcome.tables["posts"]["record_number"].to_list() == [1]
    assert outcome.reasons == ["not_an_object", "missing_key:post_id"]


def test_a_document_of_another_kind_is_named(tmp_path):
    for text in ('{"user": {}}', "[1, 2]", '{"weibo": {}}'):
        outcome = clean(FORMAT, raw_file(tmp_path, "a.json", text))
        assert outcome.reasons == ["records_not_found"]


def test_records_are_found_again(tmp_path):
    file = raw_file(tmp_path, "a.json", document(post(AT)))
    located = FORMAT.reader.locate(file, 2, ReadOptions())
    assert located is not None
    assert str(json.loads(located.raw)["weibo"]["id"]) == mid(AT)


def test_it_is_recognised():
    for text in (document(post(AT)), json.dumps(json.loads(document(post(AT))), indent=2)):
        found = sniff(Head(PurePosixPath(f"x/{ORGAN}.json"), text.encode()))
        assert found[0][0].id == "weibo_crawler_json"
        assert found[0][1].score > 0.9
