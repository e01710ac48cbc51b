"""Rules of the tables about what the public says and asks: only instants and keys pass.

core.comments, core.rulings, core.repost_timings; and of core.articles, core.hot_topic_slots
and core.inquiries, which hold no private author.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import proven_times, quoted, text
from orchestration.cleaning.people import Door, author_kinds
from orchestration.cleaning.posts import name_parent
from orchestration.cleaning.proven_times import apply_id_clock
from orchestration.cleaning.rows import Finished, ensure
from orchestration.cleaning.times import INSTANT

UNTOLD_LOOKS = ("file_mtime", "upper_bound")
"""Values of observed_at_source where nobody says when the collector looked."""


def finish_comments(rows: pl.DataFrame, door: Door) -> Finished:
    """Official replies keep their text; everyone else's comment is an anonymous instant.

    The post keeps its id only where its author (`_author_id`, or whom the source declares) may
    be named: a post id leads back to its author. Whose post it is must be said by the file or the
    source: that a post of this id is loaded is not known before all files are read.

    Where a source says when it looked, every look is an observation: a comment seen again without
    an answer has waited until then.
    """
    rows = ensure(
        rows, account_id=pl.String, text=pl.String, post_id=pl.String, observed_at=INSTANT,
        observed_at_source=pl.String, reply_to_comment_id=pl.String, _author_id=pl.String,
        _is_under_declared=pl.Boolean, commented_at_precision=pl.String,
        _commented_at_precision=pl.String,
    )  # fmt: skip
    rows = rows.with_columns(pl.coalesce("commented_at_precision", "_commented_at_precision"))
    finished = apply_id_clock(Finished(rows), proven_times.COMMENTS)
    rows = finished.rows
    declared = rows["_is_under_declared"].fill_null(False)
    rows = name_parent(finished, rows, door, "post_id", "_author_id", declared)
    rows = rows.with_columns(_kind=author_kinds(rows, door))
    rows = rows.with_columns(
        is_official=pl.col("_kind").is_not_null(),
        looked_at=pl.when(~pl.col("observed_at_source").is_in(UNTOLD_LOOKS)).then("observed_at"),
        reply_to_comment_id=door.pseudonyms(rows["platform"], rows["reply_to_comment_id"]),
    )
    rows = rows.with_columns(quoted.shown_text(rows))
    finished.rows = door.close(rows, identities=("account_id", "comment_id"), personal=("text",))
    return finished


def finish_rulings(rows: pl.DataFrame, door: Door) -> Finished:
    """Keep the wording of the claim without its author, and what the ruling cites."""
    wording = text.claim_wording(rows["_claim"])
    return Finished(
        _hide_cited(rows, door).with_columns(
            ruling_id=door.pseudonyms(rows["platform"], rows["ruling_id"]),
            claim_text=wording,
            hashtag_keys=text.hashtag_keys(text.hashtags(rows["_claim"])),
        )
    )


def _hide_cited(rows: pl.DataFrame, door: Door) -> pl.DataFrame:
    """Cited accounts and posts keep their ids only where the account may be named.

    The two lists run side by side; where they do not, whose post it is is unknown.
    """
    rows = ensure(rows, cited_account_ids=pl.List(pl.String), cited_post_ids=pl.List(pl.String))
    accounts, posts = rows["cited_account_ids"], rows["cited_post_ids"]
    side_by_side = (accounts.list.len() == posts.list.len()).fill_null(False)
    authors = pl.DataFrame({"account": accounts, "known": side_by_side}).select(
        pl.when("known").then("account")
    )["account"]
    return rows.with_columns(
        _hide_list(rows["platform"], accounts, accounts, door).alias("cited_account_ids"),
        _hide_list(rows["platform"], posts, authors, door).alias("cited_post_ids"),
    )


def _hide_list(
    platform: pl.Series, identities: pl.Series, authors: pl.Series, door: Door
) -> pl.Series:
    """Each identity of each list, or its pseudonym where its author may not be named."""
    hidden = []
    for place, names, whose in zip(platform, identities, authors, strict=True):
        cited = names if names is not None else []
        owners = whose if whose is not None else [None] * len(cited)
        hidden.append(
            [
                name
                if owner is not None and door.names(place, owner)
                else door.hide(place, name, [name])
                for name, owner in zip(cited, owners, strict=True)
            ]
        )
    return pl.Series(hidden, dtype=pl.List(pl.String))


def finish_repost_timings(rows: pl.DataFrame, door: Door) -> Finished:
    """Reposts stay as instants under pseudonyms; the root post under what its author may bear.

    Which of the reposts one was made from stays outside: it is another person's.
    """
    finished = apply_id_clock(Finished(ensure(rows, _author_id=pl.String)), proven_times.REPOSTS)
    rows = name_parent(finished, finished.rows, door, "post_id", "_author_id")
    finished.rows = rows.with_columns(
        repost_id=door.pseudonyms(rows["platform"], rows["repost_id"])
    )
    return finished


def finish_articles(rows: pl.DataFrame, door: Door) -> Finished:
    """Match key of the title."""
    del door
    return Finished(rows.with_columns(text.match_key(rows["title"]).alias("title_key")))


def finish_hot_topic_slots(rows: pl.DataFrame, door: Door) -> Finished:
    """Match key of the topic."""
    del door
    return Finished(rows.with_columns(text.match_key(rows["topic"]).alias("topic_key")))


def finish_inquiries(rows: pl.DataFrame, door: Door) -> Finished:
    """How precisely the question and its answer are dated, where the source declares nothing."""
    del door
    rows = ensure(
        rows, answered_at=INSTANT, answered_at_precision=pl.String,
        _answered_at_precision=pl.String,
    )  # fmt: skip
    known = pl.coalesce("answered_at_precision", "_answered_at_precision")
    is_dated = pl.col("answered_at").is_not_null()
    return Finished(rows.with_columns(answered_at_precision=pl.when(is_dated).then(known)))
