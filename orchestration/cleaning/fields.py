"""How core columns are filled from raw ones: the vocabulary in which formats are declared.

Built-in formats and `mapped` sources use the same words, so a mapped CSV gets the same counts,
times and ids as a known producer's file. A field names the raw column, the core columns it
fills, and whether the record can live without it. Names of raw columns that start with `@` are
facts about the file (taken from its path or its declaration), not about the record. Core
columns that start with `_` are working columns: the table's own rules use and drop them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import polars as pl

from orchestration.cleaning import counts, ids, regions, times
from orchestration.cleaning.repairs import Repaired
from orchestration.cleaning.text import without_markup
from orchestration.clock import CLOCK_SKEW
from orchestration.schemas.tables import Table

OBSERVED_AT = "@observed_at"
OBSERVED_AT_SOURCE = "@observed_at_source"
OBSERVED_AT_PROBLEM = "@observed_at_problem"
"""Why what a record says of its observation is no instant; NULL where it is one or blank."""
OBSERVED_AT_TEXT = "@observed_at_text"
"""What a record says of its observation."""


@dataclass(frozen=True)
class Context:
    """What holds for a whole batch of files of one source. is_zone_declared: whether somebody
    said which zone, rather than left the default."""

    source_name: str
    platform: str
    zone: str
    now: datetime
    is_zone_declared: bool = False


@dataclass(frozen=True)
class Parsed:
    """Series for each core column, a reason code per row where the value is refused, and the
    repairs of the catalogue that were made on the way."""

    columns: Mapping[str, pl.Series]
    problem: pl.Series | None = None
    repairs: tuple[Repaired, ...] = ()


Parse = Callable[[pl.DataFrame, Context], Parsed]


@dataclass(frozen=True)
class Field:
    """One rule from a raw column to core columns.

    required: a record whose value is missing or refused is quarantined whole; otherwise only
    the field is. is_personal: the value never appears in a quarantine excerpt.
    """

    column: str
    raw: str | None
    parse: Parse
    required: bool = False
    is_personal: bool = False


@dataclass(frozen=True)
class TableMapping:
    """Rows of one core table from raw records. `where` picks the records that have such a row.

    is_secondary: the row stands beside the record's own (the post that a repost quotes, answers to
    it). Where it cannot be had, that is noted as a problem of its field and costs the record
    nothing; and what a source declares about its authors says nothing about this one's.
    is_declared: of accounts, those of which a declaration of the source speaks. Without such a
    mapping the authors of its posts are, or of the posts that its counts are of.
    """

    table: Table
    fields: tuple[Field, ...]
    where: Callable[[pl.DataFrame], pl.Series] | None = None
    is_secondary: bool = False
    is_declared: bool = False


def text(
    column: str,
    raw: str,
    *,
    required: bool = False,
    is_personal: bool = True,
    is_markup: bool = False,
) -> Field:
    """Text as found; empty is NULL, and a JSON object where text should be is refused (not_a_text).

    is_markup: it may be Weibo's HTML, whose text is taken.
    """

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        value = _stripped(frame, raw)
        if is_markup:
            value = without_markup(value)
            value = value.set((value == "").fill_null(False), None)
        is_object = value.str.contains(_OBJECT).fill_null(False)
        if not is_object.any():
            return Parsed({column: value})
        reason = pl.repeat(None, len(value), dtype=pl.String(), eager=True)
        return Parsed({column: value.set(is_object, None)}, reason.set(is_object, "not_a_text"))

    return Field(column, raw, parse, required, is_personal)


_OBJECT = r'(?s)^\{"[^"\\]*":.*\}$'
"""How a reader writes a JSON object that stands where one value should."""


def ident(column: str, raw: str, *, required: bool = False, prefix: str = "") -> Field:
    """A platform id as text; ids destroyed by spreadsheets are refused.

    prefix: marks ids that are not the platform's own (a collector's pseudonyms, say), so that
    they never meet its ids, nor the clock inside them.
    """

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        found = ids.parse_ids(_raw(frame, raw))
        return Parsed({column: prefix + found.value if prefix else found.value}, found.problem)

    return Field(column, raw, parse, required)


def bid(column: str, raw: str, *, required: bool = False) -> Field:
    """A Weibo bid, stored as the mid it encodes; a six-character bid stays as `bid:...`."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        found = ids.parse_ids(_raw(frame, raw))
        mid = ids.mid_from_bid(found.value)
        old = pl.select(pl.concat_str(pl.lit("bid:"), pl.lit(found.value)).alias("old"))["old"]
        return Parsed({column: mid.fill_null(old)}, found.problem)

    return Field(column, raw, parse, required)


def weibo_post(column: str, raw: str) -> Field:
    """The id of a Weibo post in whichever form a table has it: digits stay, a bid is stored as by
    `bid`. Digits alone are never taken for a bid, though one in millions is written so."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        found = ids.parse_ids(_raw(frame, raw))
        return Parsed({column: _decoded_bids(found.value)}, found.problem)

    return Field(column, raw, parse)


def _decoded_bids(written: pl.Series) -> pl.Series:
    """Mids of bids, `bid:...` of six-character ones, everything else as it is."""
    has_letter = written.str.contains("[A-Za-z]").fill_null(False)
    if not has_letter.any():
        return written
    bids = written.set(~has_letter, None)
    old = pl.DataFrame({"bid": bids}).select(
        pl.when(pl.col("bid").str.contains("^[0-9A-Za-z]{6}$"))
        .then("bid:" + pl.col("bid"))
        .alias("bid")
    )["bid"]
    return ids.mid_from_bid(bids).fill_null(old).fill_null(written)


def count(stem: str, raw: str, *, required: bool = False, factor: str = "") -> Field:
    """A displayed count as the interval `stem_lo`, `stem_hi`.

    factor: a unit that the column's header implies for every value, such as 万.
    """

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        value = _raw(frame, raw)
        if factor:
            stripped = value.str.strip_chars()
            has_value = stripped.is_not_null() & (stripped != "")
            value = (stripped + factor).set(~has_value, None)
        found = counts.parse_counts(value, finest_of_column=bool(factor))
        return Parsed({f"{stem}_lo": found.lo, f"{stem}_hi": found.hi}, found.problem)

    return Field(f"{stem}_lo", raw, parse, required)


def instant(
    column: str,
    raw: str,
    *,
    required: bool = False,
    pattern: str | None = None,
    details: str | None = None,
    source: str | None = None,
) -> Field:
    """A time as a UTC instant.

    What its text said of it stands in the working columns `_<column>_source`, `_precision` and
    `_text`, for the table's own rules. details: prefix of the columns `<prefix>_source`,
    `_precision`, `_text` to fill beside it; `is_zone_assumed` then tells whether the zone came
    from the declaration. source: overrides what `<prefix>_source` says (a feed, say).
    """

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        value = _raw(frame, raw)
        seen = frame[OBSERVED_AT] if OBSERVED_AT in frame.columns else None
        found = times.parse_instants(value, context.zone, observed_at=seen, pattern=pattern)
        limit = context.now + CLOCK_SKEW
        at, problem = found.at, found.problem
        if (at > limit).any():
            future = (at > limit).fill_null(False)
            at, problem = at.set(future, None), problem.set(future, "future_time")
        columns = {
            column: at,
            f"_{column}_source": found.source,
            f"_{column}_precision": found.precision,
            f"_{column}_text": value,
        }
        if details is not None:
            label = (
                found.source
                if source is None
                else found.source.set(found.source.is_not_null(), source)
            )
            columns |= {
                f"{details}_source": label,
                f"{details}_precision": found.precision,
                f"{details}_text": value,
                "is_zone_assumed": found.is_zone_assumed,
            }
        return Parsed(columns, problem)

    return Field(column, raw, parse, required)


def flag(column: str, raw: str, *, absent: bool | None = None) -> Field:
    """true/false, 1/0, 是/否; absent is what a missing value means."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        value = _raw(frame, raw)
        plain = (value == "true") | (value == "false")
        if plain.all():
            known = value == "true"
            return Parsed({column: known if absent is None else known.fill_null(absent)})
        value = _stripped(frame, raw).str.to_lowercase()
        word = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
        known = value.replace_strict(word, default=None, return_dtype=pl.Boolean())
        bad = value.is_not_null() & known.is_null()
        problem = pl.repeat(None, len(value), dtype=pl.String(), eager=True)
        if absent is not None:
            known = known.set(value.is_null(), absent)
        return Parsed({column: known}, problem.set(bad, "not_a_flag"))

    return Field(column, raw, parse)


def whole_number(column: str, raw: str) -> Field:
    """An exact non-negative integer (a rank, a number of edits)."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        found = counts.parse_counts(_raw(frame, raw))
        inexact = (found.lo != found.hi).fill_null(False)
        return Parsed({column: found.lo.set(inexact, None)}, found.problem)

    return Field(column, raw, parse)


def choice(
    column: str, raw: str, words: Mapping[str, str], *, reason: str = "unknown_word"
) -> Field:
    """A code from the producer's word; a word that is not listed is refused."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        value = _stripped(frame, raw)
        code = value.replace_strict(dict(words), default=None, return_dtype=pl.String())
        problem = pl.repeat(None, len(value), dtype=pl.String(), eager=True)
        return Parsed({column: code}, problem.set(value.is_not_null() & code.is_null(), reason))

    return Field(column, raw, parse)


def region(column: str, raw: str) -> Field:
    """A code of GB/T 2260 as six digits; what no edition has is refused (not_a_region)."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        found = regions.parse_codes(_raw(frame, raw))
        return Parsed({column: found["code"]}, found["problem"])

    return Field(column, raw, parse)


def text_list(column: str, raw: str) -> Field:
    """A list from JSON text (`["a", "b"]`) or from text with commas; empty text is NULL."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        found = [_as_list(value) for value in _raw(frame, raw).to_list()]
        bad = pl.Series([items == "" for items in found], dtype=pl.Boolean())
        lists = pl.Series(column, [items or None for items in found], dtype=pl.List(pl.String()))
        problem = pl.repeat(None, len(bad), dtype=pl.String(), eager=True)
        return Parsed({column: lists}, problem.set(bad, "not_a_list"))

    return Field(column, raw, parse)


def weibo_posts(column: str, raw: str) -> Field:
    """A list as by `text_list` of ids as by `weibo_post`."""
    plain = text_list(column, raw)

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        found = plain.parse(frame, context)
        lists = found.columns[column]
        single = pl.DataFrame({"post": lists}).with_row_index("row").explode("post")
        decoded = single.with_columns(_decoded_bids(single["post"]).alias("post"))
        again = decoded.group_by("row", maintain_order=True).agg("post")
        kept = again.select(pl.when(~pl.lit(lists.is_null())).then("post").alias(column))
        return Parsed({column: kept[column]}, found.problem)

    return replace(plain, parse=parse)


def _as_list(value: str | None) -> list[str] | Literal[""] | None:
    """Elements, None for no value, "" for text that begins like JSON and is no list of it."""
    text = (value or "").strip()
    if not text:
        return None
    if not text.startswith("["):
        return [part.strip() for part in re.split(r"[,\uff0c]", text) if part.strip()]
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return [str(item) for item in items] if isinstance(items, list) else ""


def const(column: str, value: str | int | bool | None) -> Field:
    """The same value in every row."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        series = pl.repeat(value, frame.height, eager=True)
        return Parsed({column: series})

    return Field(column, None, parse)


def platform() -> Field:
    """The platform that the source declares, or the format's own."""

    def parse(frame: pl.DataFrame, context: Context) -> Parsed:
        return Parsed({"platform": pl.repeat(context.platform, frame.height, eager=True)})

    return Field("platform", None, parse)


def copied(column: str, raw: str) -> Field:
    """A raw column taken over as it is, whatever its type (facts that a reader computed)."""

    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        return Parsed({column: frame[raw]})

    return Field(column, raw, parse, is_personal=True)


def computed(
    column: str,
    function: Callable[[pl.DataFrame, Context], Parsed],
    *,
    raw: str | None = None,
    required: bool = False,
    is_personal: bool = True,
) -> Field:
    """Anything that one raw column alone does not tell."""
    return Field(column, raw, function, required, is_personal)


def observed() -> tuple[Field, Field]:
    """When the collector looked, as the engine established it for the file or record."""
    return _OBSERVED


def _observed_at(frame: pl.DataFrame, context: Context) -> Parsed:
    """Nothing can have been seen in the future: such a clock is not to be trusted."""
    seen = frame[OBSERVED_AT]
    future = (seen > context.now + CLOCK_SKEW).fill_null(False)
    problem = _raw(frame, OBSERVED_AT_PROBLEM)
    if not future.any() and problem.null_count() == len(problem):
        return Parsed({"observed_at": seen})
    return Parsed({"observed_at": seen}, problem.set(future, "future_time"))


def _copy(raw: str, column: str) -> Parse:
    def parse(frame: pl.DataFrame, _: Context) -> Parsed:
        return Parsed({column: frame[raw]})

    return parse


_OBSERVED = (
    Field("observed_at", OBSERVED_AT_TEXT, _observed_at, required=True),
    Field("observed_at_source", None, _copy(OBSERVED_AT_SOURCE, "observed_at_source")),
)


def _stripped(frame: pl.DataFrame, name: str) -> pl.Series:
    """A raw column as text without white space around it; empty is NULL."""
    value = _raw(frame, name).str.strip_chars()
    is_empty = value == ""
    return value.set(is_empty.fill_null(False), None) if is_empty.any() else value


def _raw(frame: pl.DataFrame, name: str) -> pl.Series:
    """A raw column as text; a column the file does not have is all NULL."""
    if name in frame.columns:
        return frame[name].cast(pl.String)
    return pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
