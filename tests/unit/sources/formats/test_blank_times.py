"""A record of Weibo without a time is dated by the clock of its id, in every format."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources import formats
from orchestration.sources.declarations import SourceDeclaration
from orchestration.sources.formats.base import Format
from orchestration.sources.mapping import mapped_format
from tests.unit.sources import reading

AT = datetime(2024, 6, 1, 2, 1, 5, tzinfo=UTC)
MID = str((int(AT.timestamp()) - 515_483_463) << 22)
BID, BID_AT = "OgVUzyHhP", datetime(2024, 5, 31, 23, 36, 47, tzinfo=UTC)
UID = "1000000001"

CRAWLER = (
    "id,bid,正文,头条文章url,原始图片url,视频url,Live Photo视频url,位置,日期,工具,点赞数,评论数,"
    "转发数,话题,@用户,完整日期,是否编辑过,编辑次数,是否原创"
)
SEARCH = (
    "id,bid,user_id,用户昵称,微博正文,头条文章url,发布位置,艾特用户,话题,转发数,评论数,点赞数,发布时间,"
    "发布工具,微博图片url,微博视频url,retweet_id,ip,user_authentication,会员类型,会员等级"
)
SFM = (
    "created_at,weibo_id,screen_name,followers_count,friends_count,reposts_count,topics,"
    "in_reply_to_screen_name,weibo_url,text,url1,url2,retweeted_text,retweeted_url1,retweeted_url2"
)


def crawler_csv(mid: str, at: str) -> str:
    return f"{CRAWLER}\n{mid}\t,,t,,,,,,{at},,1,2,3,,,{at},False,0,True\n"


def search_csv(mid: str, at: str) -> str:
    return f"{SEARCH}\n{mid},,{UID},n,t,,,,,1,2,3,{at},,,,,,普通用户,,\n"


def sfm_csv(mid: str, at: str) -> str:
    return f"{SFM}\n{at},{mid},n,5,6,7,,,https://weibo.com/{UID}/x,hi,,\n"


def crawler_json(mid: str, at: str) -> str:
    post = {"id": int(mid), "user_id": int(UID), "text": "t", "created_at": at,
            "attitudes_count": 1, "comments_count": 2, "reposts_count": 3}  # fmt: skip
    return json.dumps({"user": {"id": UID}, "weibo": [post]})


def spider_tweet(mid: str, at: str) -> str:
    return json.dumps(
        {"_id": mid, "mblogid": "x", "created_at": at, "content": "t", "isLongText": False,
         "url": f"https://weibo.com/{UID}/x", "crawl_time": 1_718_000_000}
    )  # fmt: skip


def spider_comment(mid: str, at: str) -> str:
    return json.dumps({"_id": mid, "created_at": at, "content": "t", "crawl_time": 1_718_000_000,
                       "comment_user": {"_id": UID, "nick_name": "n"}})  # fmt: skip


def media_crawler(mid: str, at: str) -> str:
    return json.dumps([{"note_id": mid, "content": "t", "create_time": "", "create_date_time": at,
                        "liked_count": "1", "user_id": UID}])  # fmt: skip


def ced_repost(mid: str, at: str) -> str:
    del mid
    return json.dumps([{"kids": [], "uid": "1", "parent": "", "text": "x", "mid": BID, "date": at}])


def mapped(table: str, **columns: Any) -> Format:
    return mapped_format(
        SourceDeclaration.model_validate(
            {"name": "test", "format": "mapped", "reader": "csv", "table": table,
             "platform": "weibo", "columns": columns}
        )
    )  # fmt: skip


def plain_csv(mid: str, at: str) -> str:
    return f"id,post,user,at\n{mid},{MID},{UID},{at}\n"


POSTS = mapped("posts", post_id="id", account_id="user", posted_at="at")
COMMENTS = mapped("comments", comment_id="id", post_id="post", commented_at="at")
REPOSTS = mapped("repost_timings", repost_id="id", post_id="post", reposted_at="at")
UNTIMED = mapped("comments", comment_id="id", post_id="post")
BUILT_IN = formats.formats()

CASES = [
    (BUILT_IN["weibo_crawler_csv"], f"n/{UID}.csv", crawler_csv, "posts"),
    (BUILT_IN["weibo_crawler_json"], f"{UID}.json", crawler_json, "posts"),
    (BUILT_IN["weibo_search_csv"], "k/k.csv", search_csv, "posts"),
    (BUILT_IN["weibo_spider_jsonl"], "tweet.jsonl", spider_tweet, "posts"),
    (BUILT_IN["weibo_spider_jsonl"], "comment.jsonl", spider_comment, "comments"),
    (BUILT_IN["media_crawler"], "c.json", media_crawler, "posts"),
    (BUILT_IN["sfm_weibo_csv"], "sfm.csv", sfm_csv, "posts"),
    (BUILT_IN["ced_json"], f"1_{BID}_{UID}.json", ced_repost, "repost_timings"),
    (POSTS, "p.csv", plain_csv, "posts"),
    (COMMENTS, "c.csv", plain_csv, "comments"),
    (REPOSTS, "r.csv", plain_csv, "repost_timings"),
    (UNTIMED, "u.csv", plain_csv, "comments"),
]
TIMES = {"posts": "posted_at", "comments": "commented_at", "repost_timings": "reposted_at"}


@pytest.mark.parametrize(("form", "name", "write", "table"), CASES)
def test_a_blank_time_is_taken_from_the_clock_of_the_id(
    tmp_path: Path, form: Format, name: str, write: Any, table: str
) -> None:
    outcome = reading.clean(form, reading.raw_file(tmp_path, name, write(MID, "")))
    assert outcome.reasons == []
    at = outcome.only(table)[TIMES[table]]
    assert at == (AT if write is not ced_repost else BID_AT)
    assert outcome.repairs["rule"].to_list() == ["time_from_id_clock"]


def test_the_comments_and_reposts_of_a_database_too(tmp_path: Path) -> None:
    path = tmp_path / "weibodata.db"
    with sqlite3.connect(path) as database:
        database.execute("create table weibo(id, user_id, text, created_at, attitudes_count)")
        database.execute("create table comments(id, weibo_id, user_id, created_at, text)")
        database.execute("create table reposts(id, weibo_id, created_at)")
        database.execute("insert into weibo values(?, ?, 't', null, 1)", (MID, UID))
        database.execute("insert into comments values(?, ?, ?, '', 'c')", (MID, MID, UID))
        database.execute("insert into reposts values(?, ?, null)", (MID, MID))
    database.close()
    file = reading.raw_file(tmp_path, "copy.db", path.read_bytes())
    outcome = reading.clean(BUILT_IN["weibo_crawler_sqlite"], file)
    assert outcome.reasons == []
    assert [outcome.only(table)[column] for table, column in TIMES.items()] == [AT] * 3


@pytest.mark.parametrize(("form", "name", "write", "table"), CASES)
def test_without_a_clock_there_is_no_time(
    tmp_path: Path, form: Format, name: str, write: Any, table: str
) -> None:
    content = write("1234567", "").replace(BID, "yBwHyu")
    outcome = reading.clean(form, reading.raw_file(tmp_path, name, content))
    assert outcome.tables.get(table) is None or outcome.tables[table].height == 0
    expected = "layout_not_proven" if write is search_csv else f"missing_key:{TIMES[table]}"
    assert outcome.reasons == [expected]


@pytest.mark.parametrize(("at", "reason"), [
    ("soon", "not_a_time"), ("2099-01-01 00:00", "future_time"), ("1970-01-01", "time_range"),
])  # fmt: skip
def test_a_time_that_is_written_is_no_blank(tmp_path: Path, at: str, reason: str) -> None:
    for form, name, write, _ in CASES:
        if form is UNTIMED or write is search_csv:
            continue
        refused = reading.clean(form, reading.raw_file(tmp_path, name, write(MID, at)))
        assert refused.problems.select("reason", "extent").rows() == [(reason, "record")], form.id


@pytest.mark.parametrize("cells", [
    ("1,2,3,,", "1,b,3,,"), ("1,2,3,,", "1,2,3,words,"), ("1,2,3,,", ",1,2,3,"),
])  # fmt: skip
def test_a_search_row_without_a_time_needs_counts_in_their_places(
    tmp_path: Path, cells: tuple[str, str]
) -> None:
    content = search_csv(MID, "").replace(*cells)
    file = reading.raw_file(tmp_path, "k/k.csv", content)
    assert reading.clean(BUILT_IN["weibo_search_csv"], file).reasons == ["layout_not_proven"]
