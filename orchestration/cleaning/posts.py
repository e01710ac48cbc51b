"""Rules of core.posts and core.post_metric_snapshots: the id clock, hashtags, the door."""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import proven_times, quoted, rebuttals, text
from orchestration.cleaning.addressed import addressed_names
from orchestration.cleaning.people import Door, author_kinds
from orchestration.cleaning.proven_times import apply_id_clock
from orchestration.cleaning.rows import ROW, Finished, ensure, lists_at
from orchestration.cleaning.times import INSTANT


def finish_posts(rows: pl.DataFrame, door: Door) -> Finished:
    """Apply the id clock, derive hashtags, and let only official text through.

    Where a source says in which state it found a post, every look is an observation: two that
    found it gone confirm each other, and one that found it again takes both back.
    """
    rows = ensure(
        rows, posted_at=INSTANT, posted_at_source=pl.String, posted_at_precision=pl.String,
        posted_at_text=pl.String, is_zone_assumed=pl.Boolean, text=pl.String,
        is_repost=pl.Boolean, is_truncated=pl.Boolean, repost_of_post_id=pl.String,
        account_id=pl.String, _repost_of_account_id=pl.String, kind=pl.String,
        reply_to_post_id=pl.String, _reply_to_account_id=pl.String,
        account_state=pl.String, observed_at=INSTANT,
    )  # fmt: skip
    finished = apply_id_clock(Finished(rows), proven_times.POSTS)
    rows = finished.rows
    tags = text.hashtags(rows["text"])
    if "hashtags" in rows.columns:
        tags = rows["hashtags"].fill_null(tags)
    tags = quoted.tags_without_people(tags)
    rows = rows.with_columns(
        hashtags=tags,
        hashtag_keys=text.hashtag_keys(tags),
        is_truncated=rows["is_truncated"].fill_null(False) | text.is_truncated(rows["text"]),
        is_repost=pl.col("is_repost").fill_null(pl.col("repost_of_post_id").is_not_null()),
        state_observed_at=pl.when(pl.col("account_state").is_not_null()).then("observed_at"),
        _kind=author_kinds(rows, door),
    ).with_columns(
        is_official=pl.col("_kind").is_not_null(),
        kind=pl.coalesce(
            "kind", pl.when("is_repost").then(pl.lit("repost")).otherwise(pl.lit("original"))
        ),
    )
    for parent in ("repost_of", "reply_to"):
        rows = name_parent(finished, rows, door, f"{parent}_post_id", f"_{parent}_account_id")
    rows = _mark_rebuttals(rows, door)
    of_people = rows.select(pl.when(pl.col("_kind").is_null()).then("text"))["text"]
    rows = rows.with_columns(addressed_names(of_people).alias("addressed_names"))
    rows = rows.with_columns(quoted.shown_text(rows))
    finished.rows = door.close(
        rows,
        identities=("account_id", "post_id"),
        personal=("text",),
        private=("hashtags", "hashtag_keys"),
    )
    return finished


def name_parent(
    finished: Finished, rows: pl.DataFrame, door: Door, post: str, account: str,
    declared: pl.Series | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The post reposted, replied to or commented on keeps its id only where its author may be
    named; who that is, is noted, because whether they may be is learnt from other files.

    declared: rows whose source says for all its posts that their author may be named.
    """
    if rows[post].null_count() == rows.height:
        return rows
    author = door.kinds(rows["platform"], rows[account])
    nameable = author.is_not_null() & (author != "officer").fill_null(False)
    known = rows.select(
        ROW, "platform", rows[account].alias("account_id"), nameable.alias("_is_nameable")
    ).drop_nulls("account_id")
    if known.height:
        names = door.pseudonyms(known["platform"], known["account_id"])
        passed = known["account_id"].zip_with(known["_is_nameable"], names)
        finished.parents.append(known.select(ROW, "platform", passed.alias("account_id")))
    hidden = door.pseudonyms(rows["platform"], rows[post])
    if declared is not None:
        nameable = nameable | declared
    return rows.with_columns(rows[post].zip_with(nameable, hidden).alias(post))


def _mark_rebuttals(rows: pl.DataFrame, door: Door) -> pl.DataFrame:
    """What an official text denies, takes back and cites (rebuttals.py); NULL for everyone else.

    Cited posts always come as pseudonyms: as such they match what a platform ruled on.
    """
    wording = rows.select(pl.when("is_official").then("text"))["text"]
    cites = wording.str.contains("weibo.com/", literal=True).fill_null(False)
    cited = pl.Series([None] * rows.height, dtype=pl.List(pl.String))
    if cites.any():
        _, posts = rebuttals.cited_posts(wording.filter(cites))
        each = pl.DataFrame({"at": cites.arg_true(), "post": posts}).explode("post").drop_nulls()
        platform = rows["platform"].gather(each["at"])
        hidden = each.select("at", value=door.pseudonyms(platform, each["post"]))
        cited = lists_at(rows.height, hidden)
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
