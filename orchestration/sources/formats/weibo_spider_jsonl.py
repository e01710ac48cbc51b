"""nghuyong/WeiboSpider: JSON Lines of tweets, users and comments, one spider a file.

The only crawler here whose records say when they were seen (`crawl_time`). A tweet collected by
user id has no `user`: its author survives only in `url`. `isLongText` says that the full text
was fetched; a text that still ends in "...全文" is cut. A comment does not name its post. Fan and
follower lists are personal networks and are refused.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromRecord,
    Head,
    Naming,
    has_value,
)
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.json_lines import JsonLines

_FIELDS = (
    "_id", "mblogid", "created_at", "reposts_count", "comments_count", "attitudes_count",
    "reads_count", "content", "isLongText", "is_retweet", "retweet_id", "url", "crawl_time",
    "user._id", "user.nick_name", "user.verified_type", "user.verified_reason",
    "user.followers_count", "user.friends_count", "user.statuses_count",
    "nick_name", "verified", "followers_count", "friends_count", "statuses_count",
    "verified_type", "verified_reason", "like_counts", "comment_user._id",
    "comment_user.nick_name", "comment_user.verified_type", "comment_user.verified_reason",
    "reply_comment._id", "fan_id", "follower_id",
)  # fmt: skip


def _is_tweet(frame: pl.DataFrame) -> pl.Series:
    return frame["mblogid"].is_not_null() | frame["isLongText"].is_not_null()


def _is_relation(frame: pl.DataFrame) -> pl.Series:
    return frame["fan_id"].is_not_null() | frame["follower_id"].is_not_null()


def _is_user(frame: pl.DataFrame) -> pl.Series:
    return frame["nick_name"].is_not_null() & ~_is_tweet(frame) & ~_is_relation(frame)


def _is_comment(frame: pl.DataFrame) -> pl.Series:
    return frame["comment_user._id"].is_not_null()


def _embedded_user(prefix: str) -> f.TableMapping:
    return f.TableMapping(
        tables.ACCOUNT_SNAPSHOTS,
        (
            f.platform(),
            f.ident("account_id", f"{prefix}._id"),
            f.text("screen_name", f"{prefix}.nick_name"),
            f.text("verified_type", f"{prefix}.verified_type"),
            f.text("_verified_reason", f"{prefix}.verified_reason"),
            f.count("followers", f"{prefix}.followers_count"),
            f.count("following", f"{prefix}.friends_count"),
            f.count("statuses", f"{prefix}.statuses_count"),
            *f.observed(),
        ),
        where=has_value(f"{prefix}._id"),
    )


def _author(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """The author from `user`, else from the path of `url`."""
    given = frame["user._id"]
    if given.has_nulls():
        given = given.fill_null(frame["url"].str.extract(r"weibo\.com/(\d{5,12})/", 1))
    return f.Parsed({"account_id": given})


_POST_ID = f.ident("post_id", "_id", required=True)
_PLATFORM = f.platform()
_AUTHOR = f.computed("account_id", _author, raw="url", required=True)


def _personal_network(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """Who follows whom is nobody's business here: such records are refused whole."""
    nobody = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
    reason = pl.repeat("personal_network", frame.height, dtype=pl.String(), eager=True)
    return f.Parsed({"account_id": nobody}, reason)


FORMAT = Format(
    id="weibo_spider_jsonl",
    producer="nghuyong/WeiboSpider",
    becomes=("posts", "metrics", "accounts", "comments"),
    reader=JsonLines(_FIELDS),
    observation=(FromRecord("crawl_time", "epoch_s"),),
    naming=lambda file: _naming(file),
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                _PLATFORM,
                _POST_ID,
                _AUTHOR,
                f.instant("posted_at", "created_at", required=True, details="posted_at"),
                f.text("text", "content"),
                f.flag("is_repost", "is_retweet", absent=False),
                f.ident("repost_of_post_id", "retweet_id"),
                f.text("_author_verified", "user.verified_type"),
                *f.observed(),
            ),
            where=_is_tweet,
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                _PLATFORM,
                _POST_ID,
                _AUTHOR,
                f.count("reposts", "reposts_count"),
                f.count("comments", "comments_count"),
                f.count("likes", "attitudes_count"),
                f.count("reads", "reads_count"),
                *f.observed(),
            ),
            where=_is_tweet,
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.ident("account_id", "_id", required=True),
                f.text("screen_name", "nick_name"),
                f.text("verified_type", "verified_type"),
                f.text("_verified_reason", "verified_reason"),
                f.instant("registered_at", "created_at"),
                f.count("followers", "followers_count"),
                f.count("following", "friends_count"),
                f.count("statuses", "statuses_count"),
                *f.observed(),
            ),
            where=_is_user,
        ),
        _embedded_user("user"),
        _embedded_user("comment_user"),
        f.TableMapping(
            tables.COMMENTS,
            (
                f.platform(),
                f.ident("comment_id", "_id", required=True),
                f.ident("account_id", "comment_user._id"),
                f.instant("commented_at", "created_at", required=True),
                f.text("text", "content"),
                f.ident("reply_to_comment_id", "reply_comment._id"),
                f.count("likes", "like_counts"),
                *f.observed(),
            ),
            where=_is_comment,
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.computed("account_id", _personal_network, required=True),
                *f.observed(),
            ),
            where=_is_relation,
        ),
    ),
    platform="weibo",
    sniff=lambda head: _sniff(head),
)


def _sniff(head: Head) -> Evidence | None:
    line = head.first_line
    if not line.startswith("{") or '"crawl_time"' not in head.text:
        return None
    if '"mblogid"' in line:
        return Evidence(0.95, "JSON lines with mblogid and crawl_time: tweets")
    if '"fan_id"' in line or '"follower_id"' in line:
        return Evidence(0.95, "JSON lines with crawl_time of who follows whom")
    if '"nick_name"' in line:
        return Evidence(0.95, "JSON lines with nick_name and crawl_time: users or comments")
    return Evidence(0.5, "JSON lines with crawl_time")


def _naming(file: RawFile) -> Naming:
    """A collection has files of users beside files of tweets and comments."""
    first = file.head(4096).partition(b"\n")[0]
    is_user = b'"nick_name"' in first and not any(
        key in first for key in (b'"mblogid"', b'"comment_user"', b'"fan_id"', b'"follower_id"')
    )
    return Naming.LISTS if is_user else Naming.MENTIONS
