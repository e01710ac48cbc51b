"""dataabc/weibo-crawler SQLite: `weibodata.db` with accounts, posts, comments and reposts.

`user` has no verification and so brings nobody into scope. `weibo` holds reposted posts as rows
of their own; older databases lack its columns for edits. `comments.created_at` and
`reposts.created_at` are raw texts of the API ("Wed Oct 19 13:41:29 +0800 2022"). `bins` holds
pictures and videos, which are not collected. The crawler replaces rows, so the database is one
state; observed_at is its modification time and an upper bound for rows it did not touch again.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats import weibo_crawler_records as crawler
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.readers.sqlite_tables import MAGIC, SqliteTable, SqliteTables

_POST_AUTHOR = {"author": ("weibo", "id", "weibo_id", "user_id")}
_READER = SqliteTables(
    (
        SqliteTable(
            "user", ("id", "nick_name", "follower_count", "follow_count", "reg_date"), ("id",), {}
        ),
        SqliteTable(
            "weibo",
            (
                "id", "user_id", "text", "created_at", "attitudes_count", "comments_count",
                "reposts_count", "retweet_id", "edited", "edit_count",
            ),
            ("id", "user_id", "created_at"),
            {"retweet_user_id": ("weibo", "id", "retweet_id", "user_id")},
        ),
        SqliteTable(
            "comments",
            ("id", "weibo_id", "root_id", "user_id", "created_at", "text", "like_count"),
            ("id", "created_at"),
            _POST_AUTHOR,
        ),
        SqliteTable(
            "reposts", ("id", "weibo_id", "created_at"), ("id", "weibo_id", "created_at"),
            _POST_AUTHOR,
        ),
    ),
    left={"bins": "media_not_collected"},
)  # fmt: skip

_POST = crawler.PostColumns(
    "weibo.id", "weibo.user_id", ("weibo.created_at",), "weibo.text", "weibo.attitudes_count",
    "weibo.comments_count", "weibo.reposts_count", "weibo.edited", "weibo.edit_count",
)  # fmt: skip


def _of(table: str) -> crawler.Where:
    """Records of one table: those with anything in it."""
    names = [name for name in _READER.fields if name.startswith(f"{table}.")]

    def where(frame: pl.DataFrame) -> pl.Series:
        return frame.select(pl.any_horizontal(pl.col(names).is_not_null()).alias("is"))["is"]

    return where


def _answered(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """The comment that a comment answers; the root of a thread names itself."""
    root = frame["comments.root_id"].str.strip_chars()
    is_none = (root == "") | (root == "0") | (root == frame["comments.id"].str.strip_chars())
    return f.Parsed({"reply_to_comment_id": root.set(is_none.fill_null(True), None)})


def _sniff(head: Head) -> Evidence | None:
    if not head.data.startswith(MAGIC):
        return None
    if b"follower_count" in head.data or b"attitudes_count" in head.data:
        return Evidence(0.95, "an SQLite database with the crawler's columns")
    if head.path.stem == "weibodata":
        return Evidence(0.6, "an SQLite database named as the crawler names it")
    return Evidence(0.2, "an SQLite database of another producer")


FORMAT = Format(
    id="weibo_crawler_sqlite",
    producer="dataabc/weibo-crawler",
    becomes=("posts", "metrics", "accounts", "comments", "reposts as anonymous timings"),
    reader=_READER,
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.ident("account_id", "user.id", required=True),
                f.text("screen_name", "user.nick_name"),
                f.instant("registered_at", "user.reg_date"),
                f.count("followers", "user.follower_count"),
                f.count("following", "user.follow_count"),
                *f.observed(),
            ),
            where=_of("user"),
        ),
        crawler.post(
            _POST,
            f.ident("repost_of_post_id", "weibo.retweet_id"),
            f.ident("_repost_of_account_id", "weibo.retweet_user_id"),
            where=_of("weibo"),
        ),
        crawler.metrics(_POST, where=_of("weibo")),
        f.TableMapping(
            tables.COMMENTS,
            (
                f.platform(),
                f.ident("comment_id", "comments.id", required=True),
                f.ident("post_id", "comments.weibo_id"),
                f.ident("_author_id", "comments.author"),
                f.ident("account_id", "comments.user_id"),
                f.instant("commented_at", "comments.created_at", required=True),
                f.text("text", "comments.text", is_markup=True),
                f.computed("reply_to_comment_id", _answered),
                f.count("likes", "comments.like_count"),
                *f.observed(),
            ),
            where=_of("comments"),
        ),
        f.TableMapping(
            tables.REPOST_TIMINGS,
            (
                f.platform(),
                f.ident("post_id", "reposts.weibo_id", required=True),
                f.ident("_author_id", "reposts.author"),
                f.ident("repost_id", "reposts.id", required=True),
                f.instant("reposted_at", "reposts.created_at", required=True, details="posted_at"),
                *f.observed(),
            ),
            where=_of("reposts"),
        ),
    ),
)
