"""Repairs that a field makes while it is read: wrappers around the fields of `fields.py`.

Each takes a field and gives a field that fills the same columns, changes only what the record
proves wrong, and logs every change under a rule of the catalogue (`repairs.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from orchestration.cleaning import ids
from orchestration.cleaning.counts import parse_counts
from orchestration.cleaning.fields import Context, Field, Parsed
from orchestration.cleaning.proven_times import AGREEMENT_SECONDS, ZONE_SHIFT_SECONDS
from orchestration.cleaning.repairs import Repaired

Shift = Callable[[Field, str], Field]
"""A wrapper that needs the raw column beside the field."""

MINIMUM_RECORDS = 20
ZERO_SHARE = 0.95
USUAL_ENGAGEMENT = 100
RECORDS_A_PART = 50_000


def shifted(field: Field, raw: str, headed: str, rule: str, *, logged_as: str = "") -> Field:
    """A value whose cell does not stand under its column's name.

    raw: the column as the record's own layout has it, which is what counts. headed: the cell
    that the header names so; read in its place it would have given the value before. rule: a
    column with the rule's name where the header does not fit the row, else NULL. logged_as: the
    column's name in the log, where one record fills the column more than once.
    """

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        right = field.parse(frame, context)
        if frame[rule].null_count() == frame.height:
            return right
        wrong = field.parse(frame.with_columns(frame[headed].alias(raw)), context)
        before, after = wrong.columns[field.column], right.columns[field.column]
        changed = before.ne_missing(after)
        done = tuple(
            Repaired(name, logged_as or field.column, changed & (frame[rule] == name).fill_null(
                False), before, after)
            for name in frame[rule].drop_nulls().unique().sort().to_list()
        )  # fmt: skip
        return replace(right, repairs=(*right.repairs, *done))

    return replace(field, parse=parse)


def zero_means_missing(field: Field, beside: tuple[str, ...]) -> Field:
    """A count that is 0 throughout a file although its posts are busy was never seen.

    For producers that write 0 where a label has no number. beside: the raw columns of the same
    records' other counts. The zeros of a file become NULL when the file has at least 20 records
    with this count, at least 95 % of them say 0, and at least half of those that say 0 have 100
    or more in another count.

    Why this spares accounts that hardly anybody answers: their other counts are small too, so
    the last condition fails. Likes, comments and reposts of one post rise together; hundreds of
    likes on half of the posts beside not one repost on 95 % of them is a label that was not
    read. Where every count is 0 nothing proves that any is missing, and the zeros stay.

    A large file is judged by stretches of 50,000 records, and a batch may cut a stretch: all
    conditions must hold on the part at hand, so a cut can only leave zeros standing.
    """

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        parsed = field.parse(frame, context)
        lo, hi = (parsed.columns[_end(field, end)] for end in ("lo", "hi"))
        zero = (lo == 0).fill_null(False) & (hi == 0).fill_null(False)
        if int(zero.sum()) < MINIMUM_RECORDS * ZERO_SHARE:
            return parsed
        missing = zero & _is_unread(frame, lo, zero, beside)
        columns = {
            **parsed.columns,
            _end(field, "lo"): lo.set(missing, None),
            _end(field, "hi"): hi.set(missing, None),
        }
        done = Repaired("zero_means_missing", field.column, missing, lo, columns[_end(field, "lo")])
        return Parsed(columns, parsed.problem, (*parsed.repairs, done))

    return replace(field, parse=parse)


def _is_unread(
    frame: pl.DataFrame, lo: pl.Series, zero: pl.Series, beside: tuple[str, ...]
) -> pl.Series:
    """True for every record of a part of a file in which the zeros of this count are no counts."""
    others = [
        parse_counts(frame[name].cast(pl.String)).lo.alias(f"other_{place}")
        for place, name in enumerate(beside)
    ]
    number = frame["record_number"] - 1
    counted = pl.DataFrame(
        {"file": frame["file_id"], "part": number // RECORDS_A_PART, "lo": lo, "zero": zero}
    ).with_columns(others)
    busy = (
        pl.max_horizontal(other.name for other in others).fill_null(0) >= USUAL_ENGAGEMENT
    ).filter(pl.col("zero"))
    known = pl.col("lo").is_not_null()
    verdict = (
        (known.sum() >= MINIMUM_RECORDS)
        & (pl.col("zero").sum() >= ZERO_SHARE * known.sum())
        & (busy.sum() * 2 >= pl.col("zero").sum())
    )
    return counted.select(verdict.over("file", "part").alias("verdict"))["verdict"]


def cut_hundred_millions(field: Field, raw: str) -> Field:
    """A count that its crawler made from a display in 亿 with floating point: one too small.

    int(2.3 * 100000000) is 229999999. Where the value plus one is such a display with at most
    two decimals and that arithmetic gives exactly the value, the display is known, and with it
    the interval it stands for.
    """

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        text = frame[raw].cast(pl.String).str.strip_chars()
        if not text.str.ends_with("999999").any():
            return field.parse(frame, context)
        candidate = text.str.contains(r"^\d{1,6}999999$").fill_null(False) & (
            text.cast(pl.Int64, strict=False) > 99_999_998
        ).fill_null(False)
        if not candidate.any():
            return field.parse(frame, context)
        shown = pl.Series(
            [_shown_in_yi(int(value)) if is_one else None
             for value, is_one in zip(text, candidate, strict=True)],
            dtype=pl.String,
        )  # fmt: skip
        found = shown.is_not_null()
        as_written = field.parse(frame, context)
        parsed = field.parse(frame.with_columns(shown.fill_null(text).alias(raw)), context)
        done = Repaired("count_cut_below_yi", field.column, found,
                        as_written.columns[field.column], shown)  # fmt: skip
        return replace(parsed, repairs=(*parsed.repairs, done))

    return replace(field, parse=parse)


def _shown_in_yi(value: int) -> str | None:
    """The display in 亿 that the crawler's arithmetic turns into this value, if it is cut."""
    hundredths, rest = divmod(value + 1, 1_000_000)
    if rest:
        return None
    shown = f"{hundredths // 100}.{hundredths % 100:02}".removesuffix("0")
    return f"{shown}亿" if int(float(shown) * 100_000_000) == value else None


def clock_of_relative(field: Field, raw_id: str) -> Field:
    """A publication time that a crawler computed from "昨天 08:15" or "3小时前".

    It wrote the moment of the crawl minus a day or some hours: the day is right and the clock
    time is not, or it is late by less than an hour. Where the second inside the id lies on the
    same local day, or less than an hour before, it is the time. Eight hours exactly are a zone
    and are left to the rule about zones.
    """

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        parsed = field.parse(frame, context)
        at = parsed.columns["posted_at"]
        clock = ids.id_clock(ids.parse_ids(frame[raw_id]).value)
        off = (at - clock).dt.total_seconds()
        is_second = (parsed.columns["posted_at_precision"] == "second").fill_null(False)
        if not (is_second & (off.abs() > AGREEMENT_SECONDS)).any():
            return parsed  # as almost always
        same_day = at.dt.convert_time_zone(context.zone).dt.date() == clock.dt.convert_time_zone(
            context.zone
        ).dt.date()  # fmt: skip
        is_zone = (off.abs() - ZONE_SHIFT_SECONDS).abs() <= AGREEMENT_SECONDS
        less_than_an_hour = (off > 0) & (off <= 3600 + AGREEMENT_SECONDS)
        wrong = (
            is_second & (off.abs() > AGREEMENT_SECONDS) & ~is_zone
            & (same_day | less_than_an_hour)
        ).fill_null(False)  # fmt: skip
        if context.platform != "weibo" or not wrong.any():
            return parsed
        columns = {
            **parsed.columns,
            "posted_at": clock.zip_with(wrong, at),
            "posted_at_source": parsed.columns["posted_at_source"].set(wrong, "id_clock"),
            "is_zone_assumed": parsed.columns["is_zone_assumed"].set(wrong, False),
        }
        done = Repaired("clock_of_relative_time", "posted_at", wrong, at, clock)
        return Parsed(columns, parsed.problem, (*parsed.repairs, done))

    return replace(field, parse=parse)


def _end(field: Field, end: str) -> str:
    return f"{field.column.removesuffix('_lo')}_{end}"
