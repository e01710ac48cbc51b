"""CHECKED: one post a line, `label` real or fake, counts as text, ids pseudonymised upstream.

A fake post carries the platform's ruling (`analysis`), whose wording may cite the post that
refuted it.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import ids, rebuttals
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.readers.json_lines import JsonLines

_FIELDS = (
    "label", "id", "date", "user_id", "text", "comment_num", "repost_num", "like_num", "analysis",
)  # fmt: skip


def _is_ruled_false(frame: pl.DataFrame) -> pl.Series:
    return (frame["label"] == "fake").fill_null(False)


def _cited(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    accounts, posts = rebuttals.cited_posts(frame["analysis"])
    return f.Parsed(
        {
            "cited_account_ids": accounts,
            "cited_post_ids": posts,
            "cited_at": ids.id_clock(posts.list.first()),
            "cited_names": rebuttals.credited_names(frame["analysis"]),
        }
    )


_POST_ID = f.ident("post_id", "id", required=True)
_ACCOUNT_ID = f.ident("account_id", "user_id", required=True)

FORMAT = Format(
    id="checked_jsonl",
    producer="CHECKED (cyang03)",
    becomes=("posts", "metrics", "rulings"),
    reader=JsonLines(_FIELDS),
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(), _POST_ID, _ACCOUNT_ID,
                f.instant("posted_at", "date", required=True, details="posted_at"),
                f.text("text", "text"),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(), _POST_ID, _ACCOUNT_ID,
                f.count("comments", "comment_num"),
                f.count("reposts", "repost_num"),
                f.count("likes", "like_num"),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.RULINGS,
            (
                f.platform(),
                f.ident("ruling_id", "id", required=True),
                f.instant("claimed_at", "date", required=True, details="posted_at"),
                f.const("verdict", "false"),
                f.text("_claim", "text"),
                f.computed("cited_post_ids", _cited),
                *f.observed(),
            ),
            where=_is_ruled_false,
        ),
    ),
    sniff=lambda head: _sniff(head),
)  # fmt: skip


def _sniff(head: Head) -> Evidence | None:
    line = head.first_line
    if line.startswith("{") and all(f'"{key}"' in line for key in ("label", "user_id", "date")):
        return Evidence(0.9, "JSON lines with label, user_id and date")
    return None
