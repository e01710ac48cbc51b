"""Rules of core.posts and core.post_metric_snapshots: the id clock, hashtags, the door."""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import proven_times, rebuttals, text
from orchestration.cleaning.people import Door, author_kinds
from orchestration.cleaning.proven_times import apply_id_clock
from orchestration.cleaning.rows import Finished, ensure
from orchestration.cleaning.times import INSTANT


def finish_posts(rows: pl.DataFrame, door: Door) -> Finished:
    """Apply the id clock, derive hashtags, and let only official text through."""
    rows = ensure(
        rows, posted_at=INSTANT, posted_at_source=pl.String, posted_at_precision=pl.String,
        posted_at_text=pl.String, is_zone_assumed=pl.Boolean, text=pl.String,
        is_repost=pl.Boolean, is_truncated=pl.Boolean, repost_of_post_id=pl.String,
        account_id=pl.String, _repost_of_account_id=pl.String, kind=pl.String,
    )  # fmt: skip
    finished = apply_id_clock(Finished(rows), proven_times.POSTS)
    rows = finished.rows
    tags = text.hashtags(rows["text"])
    if "hashtags" in rows.columns:
        tags = rows["hashtags"].fill_null(tags)
    rows = rows.with_columns(
        hashtags=tags,
        hashtag_keys=text.hashtag_keys(tags),
        is_truncated=rows["is_truncated"].fill_null(False) | text.is_truncated(rows["text"]),
        is_repost=pl.col("is_repost").fill_null(pl.col("repost_of_post_id").is_not_null()),
        _kind=author_kinds(rows, door),
    ).with_columns(
        is_official=pl.col("_kind").is_not_null(),
        kind=pl.coalesce(
            "kind", pl.when("is_repost").then(pl.lit("repost")).otherwise(pl.lit("original"))
        ),
    )
    rows = _name_reposted_post(rows, door)
    rows = _mark_rebuttals(rows, door)
    finished.rows = door.close(
        rows,
        identities=("account_id", "post_id"),
        personal=("text",),
        private=("hashtags", "hashtag_keys"),
    )
    return finished


def _name_reposted_post(rows: pl.DataFrame, door: Door) -> pl.DataFrame:
    """The reposted post keeps its id only where its author is known to be nameable."""
    if rows["repost_of_post_id"].null_count() == rows.height:
        return rows
    author = door.kinds(rows["platform"], rows["_repost_of_account_id"])
    nameable = author.is_not_null() & (author != "officer").fill_null(False)
    hidden = door.pseudonyms(rows["platform"], rows["repost_of_post_id"])
    return rows.with_columns(
        rows["repost_of_post_id"].zip_with(nameable, hidden).alias("repost_of_post_id")
    )


def _mark_rebuttals(rows: pl.DataFrame, door: Door) -> pl.DataFrame:
    """What an official text denies, takes back and cites (rebuttals.py); NULL for everyone else.

    Cited posts always come as pseudonyms: as such they match what a platform ruled on.
    """
    wording = rows.select(pl.when("is_official").then("text"))["text"]
    cites = wording.str.contains("weibo.com/", literal=True).fill_null(False)
    cited = pl.Series("cited_post_ids", [None] * rows.height, dtype=pl.List(pl.String))
    if cites.any():
        _, posts = rebuttals.cited_posts(wording.filter(cites))
        each = pl.DataFrame({"platform": rows["platform"].filter(cites), "post": posts})
        each = each.with_row_index("row").explode("post")
        hidden = each.select("row", post=door.pseudonyms(each["platform"], each["post"]))
        lists = hidden.group_by("row", maintain_order=True).agg(pl.col("post").drop_nulls())
        cited = cited.scatter(cites.arg_true(), lists["post"])
    return rows.with_columns(
        is_rebuttal=rebuttals.is_rebuttal(wording),
        is_reversal=rebuttals.is_reversal(wording),
        cited_post_ids=cited,
    )


def finish_metrics(rows: pl.DataFrame, door: Door) -> Finished:
    """Drop snapshots without any count (no observation), and let people pass as pseudonyms."""
    rows = ensure(
        rows, account_id=pl.String,
        **{f"{stem}_{end}": pl.Int64 for stem in ("reposts", "comments", "likes", "reads")
           for end in ("lo", "hi")},
    )  # fmt: skip
    has_count = pl.any_horizontal(pl.col("^(reposts|comments|likes|reads)_lo$").is_not_null())
    rows = rows.filter(has_count)
    rows = rows.with_columns(_kind=author_kinds(rows, door))
    return Finished(door.close(rows, identities=("account_id", "post_id")))


def finish_deletions(rows: pl.DataFrame, door: Door) -> Finished:
    """Posts that went: officials' by id, everyone else's as anonymous intervals."""
    rows = ensure(rows, account_id=pl.String, missing_at=INSTANT, account_state=pl.String)
    rows = rows.with_columns(_kind=door.kinds(rows["platform"], rows["account_id"]))
    return Finished(door.close(rows, identities=("account_id", "post_id")))
