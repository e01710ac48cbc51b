"""NanmiCoder/MediaCrawler, Weibo: contents, comments and creators, each as CSV, JSON or JSON Lines.

What a record is, its fields tell: the file's name may have been changed. Until 2026-07-01 the
author is a `user_id`; since then only `creator_hash`, an unsalted SHA-256 of it, which anybody
could reverse: it is an account id like any other and no name. `create_time` is 28,800 s late in
versions 2023-12-24 to 2026-07-30, while `create_date_time` beside it is right. Counts are text.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import ids
from orchestration.cleaning.people import HASH_PREFIX
from orchestration.cleaning.proven_times import AGREEMENT_SECONDS, ZONE_SHIFT_SECONDS
from orchestration.cleaning.repairs import Repaired
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromModificationTime,
    FromRecord,
    Head,
    has_value,
)
from orchestration.sources.readers.by_content import ByContent
from orchestration.sources.readers.delimited import Delimited
from orchestration.sources.readers.json_any import JsonAny

_FIELDS = (
    "note_id", "content", "create_time", "create_date_time", "liked_count", "comments_count",
    "shared_count", "last_modify_ts", "creator_hash", "user_id", "nickname", "comment_id",
    "comment_like_count", "parent_comment_id", "follows", "fans",
)  # fmt: skip
_LATE_RULE = "create_time_8h_late"


_has_comment, _has_note = has_value("comment_id"), has_value("note_id")
_has_fans, _has_follows = has_value("fans"), has_value("follows")


def _is_post(frame: pl.DataFrame) -> pl.Series:
    return _has_note(frame) & ~_has_comment(frame)


def _is_creator(frame: pl.DataFrame) -> pl.Series:
    return (_has_fans(frame) | _has_follows(frame)) & ~_has_note(frame) & ~_has_comment(frame)


def _account(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    own, hashed = ids.parse_ids(frame["user_id"]), ids.parse_ids(frame["creator_hash"])
    marked = HASH_PREFIX + hashed.value
    return f.Parsed(
        {"account_id": own.value.fill_null(marked)},
        own.problem.fill_null(hashed.problem),
    )


_ACCOUNT = f.computed("account_id", _account, raw="user_id")


def _outcome() -> pl.Expr:
    """Which time of a record holds (text, number), what proves the number late (text_proves,
    clock_proves), or why neither holds."""
    text, number, clock = pl.col("text"), pl.col("number"), pl.col("clock")

    def apart(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
        return (later - earlier).dt.total_seconds()

    with_both = (
        pl.when(apart(number, text) == 0).then(pl.lit("text"))
        .when(apart(number, text) == ZONE_SHIFT_SECONDS).then(pl.lit("text_proves"))
        .when(apart(text, clock).abs() <= AGREEMENT_SECONDS).then(pl.lit("text"))
        .otherwise(pl.lit("times_disagree"))
    )  # fmt: skip
    late = apart(number, clock)
    with_number = (
        pl.when(late.abs() <= AGREEMENT_SECONDS).then(pl.lit("number"))
        .when((late - ZONE_SHIFT_SECONDS).abs() <= AGREEMENT_SECONDS).then(pl.lit("clock_proves"))
        .otherwise(pl.lit("create_time_unproven"))
    )  # fmt: skip
    return (
        pl.when(text.is_not_null() & number.is_not_null()).then(with_both)
        .when(text.is_not_null()).then(pl.lit("text"))
        .when(number.is_not_null()).then(with_number)
        .otherwise(pl.coalesce("text_problem", "number_problem"))
    )  # fmt: skip


def _moment(column: str, id_column: str, details: str | None = None) -> f.Field:
    """The time of a record from create_date_time, else from a create_time that the id clock
    proves; create_time alone may be eight hours late."""
    by_text = f.instant(column, "create_date_time", details=details)
    by_number = f.instant(column, "create_time", pattern="epoch_s", details=details)

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        text, number = by_text.parse(frame, context), by_number.parse(frame, context)
        known = pl.DataFrame(
            {
                "text": text.columns[column],
                "number": number.columns[column],
                "clock": ids.id_clock(frame[id_column]),
                "text_problem": text.problem,
                "number_problem": number.problem,
            }
        ).with_columns(outcome=_outcome())
        from_number = known["outcome"].is_in(["number", "clock_proves"])
        is_late = known["outcome"].is_in(["text_proves", "clock_proves"])
        usable = from_number | is_late | (known["outcome"] == "text")
        at = known.select(
            pl.when(pl.col("outcome") == "clock_proves")
            .then(pl.col("number") - pl.duration(seconds=ZONE_SHIFT_SECONDS))
            .when(pl.col("outcome") == "number").then("number")
            .when(pl.col("outcome").is_in(["text", "text_proves"])).then("text")
            .alias("at")
        )["at"]  # fmt: skip
        columns = {
            name: number.columns[name].zip_with(from_number.fill_null(False), series)
            for name, series in text.columns.items()
        }
        return f.Parsed(
            columns | {column: at},
            known["outcome"].set(usable.fill_null(False), None),
            (Repaired(_LATE_RULE, column, is_late.fill_null(False), known["number"], at),),
        )

    return f.computed(column, parse, raw="create_date_time", required=True, is_personal=False)


def _parent(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """The comment that is answered; a comment on the post itself names itself, 0 or nothing."""
    found = ids.parse_ids(frame["parent_comment_id"])
    own = ids.parse_ids(frame["comment_id"]).value
    none = (found.value == own).fill_null(False) | (found.value == "0").fill_null(False)
    return f.Parsed({"reply_to_comment_id": found.value.set(none, None)}, found.problem)


FORMAT = Format(
    id="media_crawler",
    producer="NanmiCoder/MediaCrawler",
    becomes=("posts", "metrics", "accounts", "comments"),
    reader=ByContent(JsonAny(_FIELDS), Delimited(_FIELDS)),
    observation=(FromRecord("last_modify_ts", "epoch_ms"), FromModificationTime()),
    version="2026-07-30",
    platform="weibo",
    sniff=lambda head: _sniff(head),
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(),
                f.ident("post_id", "note_id", required=True),
                _ACCOUNT,
                _moment("posted_at", "note_id", "posted_at"),
                f.text("text", "content"),
                *f.observed(),
            ),
            where=_is_post,
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(),
                f.ident("post_id", "note_id", required=True),
                _ACCOUNT,
                f.count("likes", "liked_count"),
                f.count("comments", "comments_count"),
                f.count("reposts", "shared_count"),
                *f.observed(),
            ),
            where=_is_post,
        ),
        f.TableMapping(
            tables.COMMENTS,
            (
                f.platform(),
                f.ident("comment_id", "comment_id", required=True),
                f.ident("post_id", "note_id"),
                _ACCOUNT,
                _moment("commented_at", "comment_id"),
                f.text("text", "content"),
                f.computed("reply_to_comment_id", _parent, raw="parent_comment_id"),
                f.count("likes", "comment_like_count"),
                *f.observed(),
            ),
            where=_has_comment,
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.computed("account_id", _account, raw="user_id", required=True),
                f.text("screen_name", "nickname"),
                f.count("followers", "fans"),
                f.count("following", "follows"),
                *f.observed(),
            ),
            where=_is_creator,
        ),
    ),
)

_CONTENTS = frozenset(("note_id", "create_date_time", "shared_count", "liked_count"))
_COMMENTS = frozenset(("comment_id", "create_date_time", "note_id", "comment_like_count"))
_CREATORS = frozenset(("fans", "follows", "tag_list", "last_modify_ts"))


def _sniff(head: Head) -> Evidence | None:
    """The sibling formats of other platforms lack create_date_time, or say `interaction`."""
    text = head.text.lstrip()
    if text.startswith(("{", "[")):
        names = {name for name in _CONTENTS | _COMMENTS | _CREATORS if f'"{name}"' in text}
        is_other = '"interaction"' in text
    else:
        header = [name.strip().strip('"') for name in head.first_line.split(",")]
        names, is_other = set(header), "interaction" in header
    for kind, needed, score in (
        ("comments", _COMMENTS, 0.95), ("contents", _CONTENTS, 0.95), ("creators", _CREATORS, 0.8),
    ):  # fmt: skip
        if needed <= names and not is_other:
            return Evidence(score, f"{', '.join(sorted(needed))}: MediaCrawler {kind}")
    return None
