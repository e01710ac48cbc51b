"""Social Feed Manager, Weibo export: 15 columns, rows of 12 for posts that repost nothing.

The author's id stands only in `weibo_url`. Times are UTC, as the exporter writes them, with or
without an offset. `followers_count`, `friends_count` and `reposts_count` are of the harvest,
whose time is in the WARC and not here: observed_at is what the source declares, else a date with
a time of day in the file's name, else the file's modification time, which is that of the export
and so never before the harvest.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromFileName,
    FromModificationTime,
    Head,
)
from orchestration.sources.readers.delimited import Delimited

_HEADER = (
    "created_at", "weibo_id", "screen_name", "followers_count", "friends_count", "reposts_count",
    "topics", "in_reply_to_screen_name", "weibo_url", "text", "url1", "url2", "retweeted_text",
    "retweeted_url1", "retweeted_url2",
)  # fmt: skip
_FIELDS = (
    "created_at", "weibo_id", "screen_name", "followers_count", "friends_count", "reposts_count",
    "weibo_url", "text", "retweeted_text",
)  # fmt: skip
_OWN_WIDTH = 12
_ACCOUNT_IN_URL = r"weibo\.(?:cn|com)/(?:u/)?(\d{5,12})(?:/|$)"


def _layout(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | None:
    """Rows are as wide as the header, or lack the columns of a reposted post."""
    if len(row) not in (len(header), _OWN_WIDTH) or tuple(header) != _HEADER:
        return None
    return {name: place for place, name in enumerate(header[: len(row)])}


def _author(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    found = frame["weibo_url"].str.extract(_ACCOUNT_IN_URL, 1)
    none = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
    return f.Parsed({"account_id": found}, none.set(found.is_null(), "no_account_in_url"))


_IN_UTC = f.instant("posted_at", "created_at", details="posted_at")


def _posted_at(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """The producer writes UTC; a text without offset gets one."""
    text = frame["created_at"].str.strip_chars()
    naive = text.str.contains(r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$").fill_null(False) & (
        ~text.str.contains(r"[+-]\d{2}:\d{2}$").fill_null(False)
    )
    parsed = _IN_UTC.parse(
        frame.with_columns((text + "+0000").zip_with(naive, text).alias("created_at")), context
    )
    return f.Parsed({**parsed.columns, "posted_at_text": frame["created_at"]}, parsed.problem)


def _is_repost(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """Only the rows of reposts have the cell, though it may be empty (the post is gone)."""
    return f.Parsed({"is_repost": frame["retweeted_text"].is_not_null()})


def _sniff(head: Head) -> Evidence | None:
    header = tuple(name.strip().strip('"') for name in head.first_line.split(","))
    if header == _HEADER:
        return Evidence(0.98, "the 15 columns of Social Feed Manager's Weibo export")
    return None


_AUTHOR = f.computed("account_id", _author, raw="weibo_url", required=True)

FORMAT = Format(
    id="sfm_weibo_csv",
    producer="Social Feed Manager",
    becomes=("posts", "metrics", "accounts"),
    reader=Delimited(_FIELDS, layout=_layout),
    observation=(FromFileName(needs_clock=True), FromModificationTime()),
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(),
                f.ident("post_id", "weibo_id", required=True),
                _AUTHOR,
                f.computed(
                    "posted_at", _posted_at, raw="created_at", required=True, is_personal=False
                ),
                f.text("text", "text"),
                f.computed("is_repost", _is_repost),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(),
                f.ident("post_id", "weibo_id", required=True),
                _AUTHOR,
                f.count("reposts", "reposts_count"),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                _AUTHOR,
                f.text("screen_name", "screen_name"),
                f.count("followers", "followers_count"),
                f.count("following", "friends_count"),
                *f.observed(),
            ),
        ),
    ),
)
