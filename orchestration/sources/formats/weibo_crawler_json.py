"""dataabc/weibo-crawler JSON: `<uid>.json`, one object with the account and all of its posts.

`{"user": {...}, "weibo": [{..., "retweet": {...}}]}`. The crawler writes the file anew on every
run: the account is of the last run, a post of the last run that met it. The account is record 1
(where there is one), the posts follow in order. A reposted post is a post of its own where its
author is known; a deleted one has no author.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats import weibo_crawler_records as crawler
from orchestration.sources.formats.base import Evidence, Format, Head, Naming
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject
from orchestration.sources.readers.json_document import JsonDocument

_POST = (
    "id", "user_id", "text", "created_at", "full_created_at", "attitudes_count",
    "comments_count", "reposts_count", "edited", "edit_count",
)  # fmt: skip
_USER = (
    "id", "screen_name", "statuses_count", "followers_count", "follow_count",
    "registration_time", "verified_type", "verified_reason",
)  # fmt: skip
_FIELDS = (
    *(f"user.{name}" for name in _USER),
    *(f"weibo.{name}" for name in _POST),
    *(f"weibo.retweet.{name}" for name in _POST),
)


@dataclass(frozen=True)
class _AccountAndPosts(JsonDocument):
    """The account as {"user": …}, then each post as {"weibo": …}."""

    def find(
        self, file: RawFile, options: ReadOptions, notes: list[Reject] | None = None
    ) -> list[Any] | Reject:
        found = super().find(file, options, notes)
        if isinstance(found, Reject) or not found:
            return found
        document = found[0]
        posts = document.get("weibo") if isinstance(document, Mapping) else None
        if len(found) != 1 or not isinstance(posts, list):
            return Reject(
                "records_not_found", 'the document has no list "weibo" of posts', extent="file"
            )
        account = document.get("user")
        return [
            *([{"user": account}] if account else []),
            *(_as_post(item) for item in posts),
        ]


def _as_post(item: Any) -> Any:
    """An element that is no object is left bare, so that the reader names it."""
    return {"weibo": item} if isinstance(item, Mapping) else item


def _columns(prefix: str) -> crawler.PostColumns:
    def at(name: str) -> str:
        return f"{prefix}.{name}"

    return crawler.PostColumns(
        at("id"), at("user_id"), (at("full_created_at"), at("created_at")), at("text"),
        at("attitudes_count"), at("comments_count"), at("reposts_count"), at("edited"),
        at("edit_count"),
    )  # fmt: skip


def _is_account(frame: pl.DataFrame) -> pl.Series:
    return frame.select(
        pl.any_horizontal(pl.col([f"user.{name}" for name in _USER]).is_not_null()).alias("is")
    )["is"]


def _is_post(frame: pl.DataFrame) -> pl.Series:
    return ~_is_account(frame)


_OWN, _SOURCE = _columns("weibo"), _columns("weibo.retweet")
_HAS_SOURCE = crawler.whole(_SOURCE.post_id, _SOURCE.account_id)
_LOOKS_SO = re.compile(r'^\s*\{\s*"(?:user|weibo)"\s*:')


def _sniff(head: Head) -> Evidence | None:
    text = head.text
    if not _LOOKS_SO.match(text):
        return None
    if '"attitudes_count"' in text or '"follow_count"' in text:
        return Evidence(0.95, "an object of user and weibo with the crawler's names")
    return Evidence(0.5, "an object that begins with user or weibo")


FORMAT = Format(
    id="weibo_crawler_json",
    producer="dataabc/weibo-crawler",
    becomes=("posts", "metrics", "accounts"),
    reader=_AccountAndPosts(_FIELDS),
    naming=Naming.MENTIONS,
    facts=crawler.account_in_path,
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.ident("account_id", "user.id", required=True),
                f.text("screen_name", "user.screen_name"),
                f.text("verified_type", "user.verified_type"),
                f.text("_verified_reason", "user.verified_reason"),
                f.instant("registered_at", "user.registration_time"),
                f.count("followers", "user.followers_count"),
                f.count("following", "user.follow_count"),
                f.count("statuses", "user.statuses_count"),
                *f.observed(),
            ),
            where=_is_account,
        ),
        crawler.post(
            _OWN,
            f.ident("repost_of_post_id", _SOURCE.post_id),
            f.ident("_repost_of_account_id", _SOURCE.account_id),
            where=_is_post,
        ),
        crawler.metrics(_OWN, where=_is_post),
        crawler.post(_SOURCE, where=_HAS_SOURCE, is_secondary=True),
        crawler.metrics(_SOURCE, where=_HAS_SOURCE, is_secondary=True),
    ),
)
