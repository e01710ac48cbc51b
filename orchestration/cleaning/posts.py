"""Rules of core.posts and core.post_metric_snapshots: the id clock, hashtags, the door."""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import ids, text
from orchestration.cleaning.people import Door, author_kinds
from orchestration.cleaning.rows import Finished, ensure
from orchestration.cleaning.times import INSTANT
from orchestration.clock import SHANGHAI

TABLE = "core.posts"
AGREEMENT_SECONDS = 60
"""METRICS finding 1: 385,234 of 385,251 dated ids agree with their clock within 60 s."""
DRIFT_SECONDS = 6
"""Recorded times of 3,020 of 3,020 dated posts lie within 6 s of their ids' clocks."""
ZONE_SHIFT_SECONDS = 8 * 3600


def finish_posts(rows: pl.DataFrame, door: Door) -> Finished:
    """Apply the id clock, derive hashtags, and let only official text through."""
    rows = ensure(
        rows, posted_at=INSTANT, posted_at_source=pl.String, posted_at_precision=pl.String,
        posted_at_text=pl.String, is_zone_assumed=pl.Boolean, text=pl.String,
        is_repost=pl.Boolean, is_truncated=pl.Boolean, repost_of_post_id=pl.String,
        account_id=pl.String, _repost_of_account_id=pl.String, kind=pl.String,
    )  # fmt: skip
    finished = apply_id_clock(Finished(rows))
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


def apply_id_clock(
    finished: Finished, table: str = TABLE, identity: str = "post_id", column: str = "posted_at"
) -> Finished:
    """Verify, complete or repair a time of writing with the clock inside Weibo ids.

    Missing time: taken from the clock. Minute, hour or day precision that agrees, or seconds
    cut to :00: refined to the second. Off by exactly eight hours (within 60 s): a zone error,
    corrected. A time without year that only differs in the year it was given: corrected.
    Anything else that disagrees by more than 60 s is quarantined.
    """
    rows = finished.rows
    clock = ids.id_clock(rows[identity]).set(rows["platform"] != "weibo", None)
    if clock.null_count() == len(clock):
        return finished
    off = (rows[column] - clock).dt.total_seconds()
    precision = rows["posted_at_precision"]
    allowed = pl.DataFrame({"precision": precision}).select(
        pl.when(pl.col("precision") == "minute").then(60)
        .when(pl.col("precision") == "hour").then(3600)
        .when(pl.col("precision") == "day").then(86400)
        .otherwise(0).alias("seconds") + AGREEMENT_SECONDS
    )["seconds"]  # fmt: skip
    agrees = (off.abs() <= allowed).fill_null(False)
    shifted = ((off.abs() - ZONE_SHIFT_SECONDS).abs() <= allowed).fill_null(False) & ~agrees
    other_year = _differs_in_year(rows[column], clock, rows["posted_at_source"], allowed) & ~agrees
    missing = rows[column].is_null() & clock.is_not_null()
    cut = (rows[column] == clock.dt.truncate("1m")) & (off.abs() > DRIFT_SECONDS)
    coarse = agrees & ((precision != "second") | cut).fill_null(False)
    contradicts = off.is_not_null() & ~agrees & ~shifted & ~other_year
    for mask, rule in (
        (missing, "time_from_id_clock"), (coarse, "second_from_id_clock"),
        (shifted, "zone_shift_8h"), (other_year, "year_from_id_clock"),
    ):  # fmt: skip
        finished.repair(mask, table, column, rule, rows[column], clock)
    changed = missing | coarse | shifted | other_year
    finished.rows = rows.with_columns(
        clock.zip_with(changed, rows[column]).alias(column),
        rows["posted_at_source"].set(changed, "id_clock").alias("posted_at_source"),
        precision.set(changed, "second").alias("posted_at_precision"),
        rows["is_zone_assumed"].set(changed, False).alias("is_zone_assumed"),
    )
    finished.refuse(contradicts, table, column, "id_clock_contradiction",
                    rows["posted_at_text"])  # fmt: skip
    return finished


def _differs_in_year(
    at: pl.Series, clock: pl.Series, source: pl.Series, allowed: pl.Series
) -> pl.Series:
    """Whether a time that was completed against the observation is the clock's in another year.

    The day a file was last modified, say, may lie years after its collection.
    """
    relative = (source == "relative").fill_null(False)
    if not relative.any():
        return relative
    off = (_in_one_year(at) - _in_one_year(clock)).dt.total_seconds().abs()
    return relative & (off <= allowed).fill_null(False)


def _in_one_year(instants: pl.Series) -> pl.Series:
    """Local days and times without their years; 2000 has a 29 February."""
    local = instants.dt.convert_time_zone(SHANGHAI.key).dt.to_string("2000-%m-%d %H:%M:%S")
    return local.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
