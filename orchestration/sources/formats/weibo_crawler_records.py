"""What one post means in every kind of file that dataabc/weibo-crawler writes.

Shared by its CSV, JSON and SQLite formats, which differ in names and places only. Counts are
integers that the crawler made from what the site displays ("1.2万" is 12000, "100万+" is
1000000, an absent one is 0); wall times of fresh posts come from relative texts. observed_at is
the file's modification time and an upper bound: a row may be older than the file's last change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from orchestration.cleaning import field_repairs as repairs
from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import FileFacts
from orchestration.sources.rawfile import RawFile

Where = Callable[[pl.DataFrame], pl.Series]


@dataclass(frozen=True)
class PostColumns:
    """Raw columns of a post. times: the first that holds something is its publication time."""

    post_id: str
    account_id: str
    times: tuple[str, ...]
    text: str
    likes: str
    comments: str
    reposts: str
    edited: str | None = None
    edits: str | None = None

    @property
    def counts(self) -> dict[str, str]:
        return {"likes": self.likes, "comments": self.comments, "reposts": self.reposts}

    @cached_property
    def identity(self) -> tuple[f.Field, ...]:
        """Which post it is and whose. The same in both tables, so that it is read once."""
        return (
            f.platform(),
            f.ident("post_id", self.post_id, required=True),
            f.ident("account_id", self.account_id, required=True),
        )


def account_in_path(file: RawFile, zone: str) -> FileFacts:
    """Whose posts a file holds, by its path `<name>/<uid>.csv`; nothing where it does not say."""
    del zone
    uid, parent = file.inner_path.stem, file.inner_path.parent.name
    if not (uid.isascii() and uid.isdigit() and 5 <= len(uid) <= 12):
        return {}
    return {"@uid": uid, "@screen_name": parent if parent and parent != uid else None}


def post(
    columns: PostColumns, *more: f.Field, where: Where | None = None, is_secondary: bool = False
) -> f.TableMapping:
    """The row of core.posts; `more` says what it reposts."""
    edits = []
    if columns.edited is not None and columns.edits is not None:
        edits = [
            f.flag("is_edited", columns.edited),
            f.whole_number("edit_count", columns.edits),
        ]
    return f.TableMapping(
        tables.POSTS,
        (
            *columns.identity,
            *more,
            published(columns),
            f.text("text", columns.text, is_markup=True),
            *edits,
            *f.observed(),
        ),
        where,
        is_secondary,
    )


def metrics(
    columns: PostColumns,
    *more: f.Field,
    where: Where | None = None,
    is_secondary: bool = False,
    wrap: Callable[[f.Field, str], f.Field] = lambda field, raw: field,
) -> f.TableMapping:
    """The row of core.post_metric_snapshots. more: what must hold beside; wrap: further repairs of
    a count (field, raw)."""
    counts = []
    for stem, raw in columns.counts.items():
        beside = tuple(other for other in columns.counts.values() if other != raw)
        field = wrap(repairs.cut_hundred_millions(f.count(stem, raw), raw), raw)
        counts.append(field if is_secondary else repairs.zero_means_missing(field, beside))
    return f.TableMapping(
        tables.POST_METRIC_SNAPSHOTS,
        (
            *columns.identity,
            *more,
            *counts,
            *f.observed(),
        ),
        where,
        is_secondary,
    )


def published(columns: PostColumns) -> f.Field:
    """posted_at from the best of the columns that hold a time."""
    chosen = "@published"
    field = repairs.clock_of_relative(
        f.instant("posted_at", chosen, required=True, details="posted_at"), columns.post_id
    )

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        return field.parse(frame.with_columns(first_filled(frame, columns.times, chosen)), context)

    return f.Field("posted_at", columns.times[0], parse, required=True)


def first_filled(frame: pl.DataFrame, names: tuple[str, ...], alias: str) -> pl.Series:
    """The first of the columns that is not blank, row by row."""
    filled = [pl.when(pl.col(name).str.strip_chars() != "").then(name) for name in names]
    return frame.select(pl.coalesce(filled).cast(pl.String).alias(alias))[alias]


def whole(*columns: str) -> Where:
    """Records in which none of the columns is blank (a source post with id and author)."""

    def where(frame: pl.DataFrame) -> pl.Series:
        filled = [(pl.col(name).str.strip_chars() != "").fill_null(False) for name in columns]
        return frame.select(pl.all_horizontal(filled).alias("whole"))["whole"]

    return where
