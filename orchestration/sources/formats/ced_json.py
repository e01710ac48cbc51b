"""THUNLP Chinese_Rumor_Dataset, CED: one post a file, and timelines of reposts beside it.

`<n>_<bid>_<uid>.json` is either the post (an object) or its reposts and comments (a list). The
post's id and author stand only in the name. Timelines are kept as anonymous instants.
"""

from __future__ import annotations

import re

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, FileFacts, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.json_document import JsonDocument

_FIELDS = (
    "text", "user.verified_type", "user.messages", "user.followers", "user.friends", "user.time",
    "comments", "source", "likes", "time", "reposts", "has_url", "uid", "mid", "date",
    "parent", "kids",
)  # fmt: skip
_NAME = re.compile(r"^\d+_([0-9A-Za-z]{6,9})_(\w+)$")
CALLOUT = r"谣言|造谣|辟谣|假的|假消息|不实|谣传"
"""Rule v1 for a repost that calls the post false; only its outcome is kept, never the text."""


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    del zone
    match = _NAME.match(file.inner_path.stem)
    if match is None:
        return Reject(
            "no_post_in_path",
            "the file is not named <n>_<bid>_<uid>.json, so which post this is is unknown",
            extent="file",
        )
    return {"@bid": match[1], "@uid": match[2]}


def _is_post(frame: pl.DataFrame) -> pl.Series:
    return ~_is_repost(frame)


def _is_repost(frame: pl.DataFrame) -> pl.Series:
    """Whether a record has anything that only reposts have; one that lacks its id is none."""
    has_any = [frame[name].is_not_null() for name in ("mid", "uid", "date", "parent", "kids")]
    return has_any[0] | has_any[1] | has_any[2] | has_any[3] | has_any[4]


def _has_user(frame: pl.DataFrame) -> pl.Series:
    return _is_post(frame) & frame["user.followers"].is_not_null()


def _callout(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    return f.Parsed({"is_callout": frame["text"].str.contains(CALLOUT).fill_null(False)})


_ROOT = f.bid("post_id", "@bid", required=True)

FORMAT = Format(
    id="ced_json",
    producer="thunlp/Chinese_Rumor_Dataset",
    becomes=("posts", "metrics", "accounts", "reposts as anonymous timings"),
    reader=JsonDocument(_FIELDS),
    facts=_facts,
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(), _ROOT,
                f.ident("account_id", "@uid", required=True),
                f.instant(
                    "posted_at", "time", required=True, pattern="epoch_s_or_text",
                    details="posted_at",
                ),
                f.text("text", "text"),
                *f.observed(),
            ),
            where=_is_post,
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(), _ROOT,
                f.ident("account_id", "@uid", required=True),
                f.count("comments", "comments"),
                f.count("reposts", "reposts"),
                f.count("likes", "likes"),
                *f.observed(),
            ),
            where=_is_post,
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.ident("account_id", "@uid", required=True),
                f.text("verified_type", "user.verified_type"),
                f.instant("registered_at", "user.time", pattern="epoch_s_or_text"),
                f.count("followers", "user.followers"),
                f.count("following", "user.friends"),
                f.count("statuses", "user.messages"),
                *f.observed(),
            ),
            where=_has_user,
        ),
        f.TableMapping(
            tables.REPOST_TIMINGS,
            (
                f.platform(), _ROOT,
                f.ident("_author_id", "@uid"),
                f.bid("repost_id", "mid", required=True),
                f.instant("reposted_at", "date", required=True, details="posted_at"),
                f.computed("is_callout", _callout),
                *f.observed(),
            ),
            where=_is_repost,
        ),
    ),
    platform="weibo",
    sniff=lambda head: _sniff(head),
)  # fmt: skip


def _sniff(head: Head) -> Evidence | None:
    if head.suffix != ".json" or _NAME.match(head.path.stem) is None:
        return None
    if '"has_url"' in head.text:
        return Evidence(0.95, "named <n>_<bid>_<uid>.json with has_url: a CED post")
    if '"kids"' in head.text or head.text.strip() == "[]":
        return Evidence(0.95, "named <n>_<bid>_<uid>.json with kids: a CED timeline")
    return None
