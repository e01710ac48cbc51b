"""Weiboscope open data (HKU, 2012): `weekN.csv`, posts of 2012 and which of them went missing.

Ids are the archive's pseudonyms. They are marked `weiboscope:`, so that the id clock cannot read
a time out of them and none of them ever meets an account or post of the platform itself.
`deleted_last_seen` is when a post was last seen, the left end of the interval in which it went;
when it was first found missing is not told. Where it cannot be read, or lies before the post, the
post is kept and its deletion left out with a note. Times have no zone. Texts break lines and
quotes, so rows are found line by line and what is none is refused with its physical line.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning.proven_times import AGREEMENT_SECONDS
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, Format, Head, has_value
from orchestration.sources.readers.line_rows import LineRows

_PREFIX = "weiboscope:"
_FIELDS = (
    "mid", "retweeted_status_mid", "uid", "retweeted_uid", "text", "created_at",
    "deleted_last_seen", "permission_denied",
)  # fmt: skip
_DENIED = ("permission denied", "true", "t", "1")
_NOT_DENIED = ("", "false", "f", "0", "null", "none", "na", "nan")


def _state(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """permission_denied where the interface said so, not_found where the post was only missing,
    and when it was last seen can be read: who removed it is not told."""
    word = frame["permission_denied"].fill_null("").str.strip_chars().str.to_lowercase()
    missing = _seen_until(frame, context).columns["seen_until_at"].is_not_null()
    found = pl.DataFrame({"word": word, "missing": missing}).select(
        state=pl.when(pl.col("word").is_in(_DENIED)).then(pl.lit("permission_denied"))
        .when("missing").then(pl.lit("not_found")),
        problem=pl.when(~pl.col("word").is_in([*_DENIED, *_NOT_DENIED]))
        .then(pl.lit("unknown_word")),
    )  # fmt: skip
    return f.Parsed({"account_state": found["state"]}, found["problem"])


_SEEN = f.instant("seen_until_at", "deleted_last_seen", details="_seen")
_WRITTEN = f.instant("posted_at", "created_at")


def _seen_until(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """When the post was last seen, which cannot be before it was written."""
    seen, written = _SEEN.parse(frame, context), _WRITTEN.parse(frame, context)
    at = seen.columns["seen_until_at"]
    early = (written.columns["posted_at"] - at).dt.total_seconds() > AGREEMENT_SECONDS
    early = early.fill_null(False)
    assert seen.problem is not None
    return f.Parsed(
        {
            "seen_until_at": at.set(early, None),
            "is_zone_assumed": seen.columns["is_zone_assumed"],
        },
        seen.problem.set(early, "seen_before_posted"),
    )


_POST_ID = f.ident("post_id", "mid", required=True, prefix=_PREFIX)
_ACCOUNT_ID = f.ident("account_id", "uid", required=True, prefix=_PREFIX)
_STATE = f.computed("account_state", _state, raw="permission_denied", is_personal=False)


def _sniff(head: Head) -> Evidence | None:
    header = {name.strip().strip('"') for name in head.first_line.split(",")}
    if header >= set(_FIELDS):
        return Evidence(0.98, "header with deleted_last_seen and permission_denied")
    return None


FORMAT = Format(
    id="weiboscope_csv",
    producer="Weiboscope open data (HKU)",
    becomes=("posts", "deletions"),
    reader=LineRows(_FIELDS, anchor=("created_at", r'\d{4}-\d{2}-\d{2} \d{2}:')),
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(), _POST_ID, _ACCOUNT_ID,
                f.instant("posted_at", "created_at", required=True, details="posted_at"),
                f.text("text", "text"),
                f.ident("repost_of_post_id", "retweeted_status_mid", prefix=_PREFIX),
                f.ident("_repost_of_account_id", "retweeted_uid", prefix=_PREFIX),
                _STATE,
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.DELETIONS,
            (
                f.platform(), _POST_ID, _ACCOUNT_ID,
                f.computed(
                    "seen_until_at", _seen_until, raw="deleted_last_seen", required=True,
                    is_personal=False,
                ),
                _STATE,
                *f.observed(),
            ),
            where=has_value("deleted_last_seen"),
            is_secondary=True,
        ),
    ),
)  # fmt: skip
