"""Wall times, zoned times, epochs and relative times, turned into UTC instants.

Nothing here asks for the present: relative times resolve against the record's own
observed_at, and a wall time gets the zone its source declares. What a text does not say
(its precision, its zone) is reported beside the instant.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
_NAIVE = pl.Datetime("us")

# Pattern and the precision it can express. Zoned patterns carry %z.
ZONED_PATTERNS: tuple[tuple[str, str], ...] = (
    ("%Y-%m-%dT%H:%M:%S%.f%z", "second"),
    ("%Y-%m-%d %H:%M:%S%.f%z", "second"),
    ("%Y-%m-%d %H:%M:%S %z", "second"),
    ("%Y-%m-%dT%H:%M%z", "minute"),
    ("%a %b %d %H:%M:%S %z %Y", "second"),
    ("%a, %d %b %Y %H:%M:%S %z", "second"),
    ("%d %b %Y %H:%M:%S %z", "second"),
)
WALL_PATTERNS: tuple[tuple[str, str], ...] = (
    ("%Y-%m-%d %H:%M:%S%.f", "second"),
    ("%Y-%m-%dT%H:%M:%S%.f", "second"),
    ("%Y-%m-%d %H:%M", "minute"),
    ("%Y-%m-%dT%H:%M", "minute"),
    ("%Y/%m/%d %H:%M:%S", "second"),
    ("%Y/%m/%d %H:%M", "minute"),
    ("%Y年%m月%d日 %H:%M:%S", "second"),
    ("%Y年%m月%d日 %H:%M", "minute"),
    ("%Y年%m月%d日%H:%M", "minute"),
)
DAY_PATTERNS: tuple[str, ...] = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d")

ZONE_OFFSETS: dict[str, str] = {
    "UTC": "+0000", "GMT": "+0000", "EST": "-0500", "EDT": "-0400", "CDT": "-0500",
    "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700", "AKST": "-0900",
    "AKDT": "-0800", "HST": "-1000", "WET": "+0000", "WEST": "+0100", "CET": "+0100",
    "CEST": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300", "PKT": "+0500",
    "HKT": "+0800", "SGT": "+0800", "AWST": "+0800", "JST": "+0900", "KST": "+0900",
    "ACST": "+0930", "AEST": "+1000", "ACDT": "+1030", "AEDT": "+1100", "NZST": "+1200",
    "NZDT": "+1300",
}  # fmt: skip
"""Abbreviations of zones with one meaning in use."""
AMBIGUOUS_ZONES = frozenset(
    ("ADT", "AMT", "AST", "BST", "CST", "ECT", "GST", "IST", "PYT", "SST", "WAT")
)
"""Abbreviations that several zones share: CST is Chicago's, China's and Cuba's."""
_ABBREVIATED_WALL = "%Y-%m-%d %H:%M:%S"
_UNDECLARED = "Asia/Shanghai"
_ABBREVIATED = r"^(.*\d) ?([A-Za-z]{2,5})$"

_RELATIVE_UNITS = {"秒": 1, "分钟": 60, "小时": 3600}
_EARLIEST_YEAR, _LATEST_YEAR = 1985, 2200


class Instants(NamedTuple):
    """UTC instants with what is known about them.

    precision: second, minute, hour, day. source: api (the text says it) or relative.
    is_zone_assumed: the text had no zone. problem: reason code, NULL where there is none;
    a missing text is NULL without a problem.
    """

    at: pl.Series
    precision: pl.Series
    source: pl.Series
    is_zone_assumed: pl.Series
    problem: pl.Series


def parse_instants(
    raw: pl.Series,
    zone: str,
    *,
    observed_at: pl.Series | None = None,
    pattern: str | None = None,
) -> Instants:
    """Read instants in any unambiguous notation, or in one declared notation only.

    zone: IANA zone of texts without one. observed_at: needed by relative and year-less texts.
    pattern: a strptime pattern, `epoch_s`, `epoch_ms`, or `epoch_s_or_text` for a producer that
    writes both; epochs are never guessed.
    Reasons: not_a_time, time_range, relative_without_observed_at.
    """
    plain = _of_one_notation(raw.cast(pl.String), zone, pattern)
    if plain is not None:
        return plain
    text = raw.cast(pl.String).str.normalize("NFKC").str.strip_chars()
    text = text.set((text == "").fill_null(False), None).str.replace(r"(?i)(\d)Z$", "${1}+0000")
    state = _Reading(text)
    if pattern is not None and pattern.startswith("epoch_"):
        unit = "epoch_ms" if pattern == "epoch_ms" else "epoch_s"
        state.fill(_from_epoch(text, unit), "second", assumed=False)
        if pattern == "epoch_s_or_text":
            _read_any(state, zone, observed_at)
    elif pattern is not None:
        state.fill_pattern(pattern, _precision_of(pattern), zone)
    else:
        _read_any(state, zone, observed_at)
    return state.finish()


_ONE_NOTATION = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
"""Notations in which whole columns are written; the text is exactly as long as its pattern says."""
_NOTATION_LENGTH = 19


def _of_one_notation(text: pl.Series, zone: str, pattern: str | None) -> Instants | None:
    """A column in which every value is an epoch, or a wall time in one plain notation, read in one
    pass; None where it is anything else, and the general way decides."""
    at: pl.Series | None = None
    if pattern in ("epoch_s", "epoch_ms"):
        at = _from_epoch(text, pattern)
    elif pattern is None or pattern in _ONE_NOTATION:
        lengths = text.str.len_bytes()
        if lengths.min() == lengths.max() == _NOTATION_LENGTH:
            for notation in _ONE_NOTATION if pattern is None else (pattern,):
                wall = text.str.to_datetime(notation, time_unit="us", strict=False)
                if wall.null_count() == text.null_count():
                    at = at_zone(wall, zone)
                    break
    if at is None or at.null_count() != text.null_count():
        return None
    year = at.dt.year()
    if len(at) == at.null_count() or year.min() < _EARLIEST_YEAR or year.max() > _LATEST_YEAR:  # type: ignore[operator]
        return None
    is_epoch = pattern in ("epoch_s", "epoch_ms")
    known = at.is_not_null()
    return Instants(
        at,
        _where(known, "second"),
        _where(known, "api"),
        _where(known, not is_epoch),
        pl.repeat(None, len(at), dtype=pl.String, eager=True),
    )


def _where(mask: pl.Series, value: str | bool) -> pl.Series:
    """The value where the mask holds, NULL elsewhere."""
    if mask.all():
        return pl.repeat(value, len(mask), eager=True)
    return pl.select(pl.when(mask).then(pl.lit(value)).alias("value"))["value"]


def _read_any(state: _Reading, zone: str, observed_at: pl.Series | None) -> None:
    for pattern, precision in WALL_PATTERNS:
        state.fill_pattern(pattern, precision, zone)
    for pattern, precision in ZONED_PATTERNS:
        state.fill_pattern(pattern, precision, zone)
    for pattern in DAY_PATTERNS:
        state.fill_pattern(pattern, "day", zone)
    if state.is_complete or observed_at is None:
        return
    state.fill_relative(observed_at, zone)


class _Reading:
    """Instants as they are found, pattern by pattern; only what is still open is tried again."""

    def __init__(self, text: pl.Series) -> None:
        size = len(text)
        self.text = text
        self.at = pl.repeat(None, size, dtype=INSTANT, eager=True)
        self.precision = pl.repeat(None, size, dtype=pl.String, eager=True)
        self.source = pl.repeat(None, size, dtype=pl.String, eager=True)
        self.assumed = pl.repeat(None, size, dtype=pl.Boolean, eager=True)

    @property
    def open(self) -> pl.Series:
        return self.text.is_not_null() & self.at.is_null()

    @property
    def is_complete(self) -> bool:
        return not self.open.any()

    def fill(self, found: pl.Series, precision: str, *, assumed: bool, source: str = "api") -> None:
        """Take instants where none was found yet."""
        new = self.open & found.is_not_null()
        if not new.any():
            return
        self.at = found.zip_with(new, self.at)
        self.precision = self.precision.set(new, precision)
        self.source = self.source.set(new, source)
        self.assumed = self.assumed.set(new, assumed)

    def fill_pattern(self, pattern: str, precision: str, zone: str) -> None:
        if self.is_complete:
            return
        zoned = "%z" in pattern
        found = self.text.str.to_datetime(
            pattern, time_unit="us", strict=False, exact=True,
            time_zone="UTC" if zoned else None,
        )  # fmt: skip
        if not zoned:
            found = at_zone(found, zone)
        self.fill(found.cast(INSTANT), precision, assumed=not zoned)

    def fill_relative(self, observed_at: pl.Series, zone: str) -> None:
        """ "5分钟前", "昨天 08:15", "03-05 12:30": against the record's own observation."""
        frame = pl.DataFrame({"text": self.text, "seen": observed_at.cast(INSTANT)})
        amount = pl.col("text").str.extract(r"^(\d{1,4})(?:秒|分钟|小时)前$", 1).cast(pl.Int64)
        unit = pl.col("text").str.extract(r"^\d{1,4}(秒|分钟|小时)前$", 1)
        seconds = amount * unit.replace_strict(_RELATIVE_UNITS, default=None, return_dtype=pl.Int64)
        day = pl.col("seen").dt.convert_time_zone(zone).dt.date()
        clock = pl.col("text").str.extract(r"(\d{1,2}:\d{2})$", 1)
        days_back = (
            pl.when(pl.col("text").str.contains(r"^今天")).then(0)
            .when(pl.col("text").str.contains(r"^昨天")).then(1)
            .when(pl.col("text").str.contains(r"^前天")).then(2)
        )  # fmt: skip
        month_day = pl.col("text").str.extract(r"^(\d{1,2}[月-]\d{1,2})日? ?\d{1,2}:\d{2}$", 1)
        computed = frame.select(
            ago=pl.col("seen") - pl.duration(seconds=seconds),
            named=(
                (day - pl.duration(days=days_back)).cast(pl.String) + " " + clock
            ).str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us"),
            this_year=_year_less(day.dt.year(), month_day, clock),
            last_year=_year_less(day.dt.year() - 1, month_day, clock),
            unit=unit,
        )
        this_year = at_zone(computed["this_year"], zone)
        last_year = at_zone(computed["last_year"], zone)
        year_less = last_year.zip_with((this_year > frame["seen"]).fill_null(False), this_year)
        in_seconds = (computed["unit"] == "秒").fill_null(False)
        in_hours = (computed["unit"] == "小时").fill_null(False)
        for mask, precision in (
            (in_seconds, "second"), (in_hours, "hour"), (~in_seconds & ~in_hours, "minute"),
        ):  # fmt: skip
            found = computed["ago"].set(~mask, None)
            self.fill(found, precision, assumed=False, source="relative")
        self.fill(at_zone(computed["named"], zone), "minute", assumed=True, source="relative")
        self.fill(year_less, "minute", assumed=True, source="relative")

    def finish(self) -> Instants:
        year = self.at.dt.year()
        out_of_range = ((year < _EARLIEST_YEAR) | (year > _LATEST_YEAR)).fill_null(False)
        frame = pl.DataFrame({"text": self.text, "open": self.open, "range": out_of_range})
        relative = pl.col("text").str.contains(r"^(今天|昨天|前天|\d{1,4}(秒|分钟|小时)前)")
        problem = frame.select(
            pl.when("range").then(pl.lit("time_range"))
            .when(pl.col("open") & relative).then(pl.lit("relative_without_observed_at"))
            .when("open").then(pl.lit("not_a_time"))
            .alias("problem")
        )["problem"]  # fmt: skip
        return Instants(
            self.at.set(out_of_range, None), self.precision, self.source, self.assumed, problem
        )


def at_zone(wall: pl.Series, zone: str) -> pl.Series:
    """Wall times in a zone as UTC instants.

    An ambiguous time (a clock set back) means its first occurrence; one that never existed
    (a clock set forward) becomes NULL.
    """
    shift = _constant_offset(wall, zone)
    if shift is not None:
        return (wall.cast(_NAIVE) - shift).dt.replace_time_zone("UTC")
    return (
        wall.cast(_NAIVE)
        .dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
    )


def _constant_offset(wall: pl.Series, zone: str) -> timedelta | None:
    """The zone's offset where it is the same for all the times; looked up every third day, for no
    zone goes to summer time and back within less."""
    first, last = wall.min(), wall.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return None
    if last - first > timedelta(days=366 * 20):
        return None
    place = ZoneInfo(zone)
    day, offset = first - timedelta(days=2), place.utcoffset(first)
    while day < last + timedelta(days=2):
        if place.utcoffset(day) != offset:
            return None
        day += timedelta(days=3)
    return offset if place.utcoffset(last + timedelta(days=2)) == offset else None


def fixed_zone(offset: str) -> timezone:
    """The zone of an offset such as -0500."""
    sign = -1 if offset.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])))


def with_zone_offsets(raw: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """Wall times that end in a zone's abbreviation, as text that ends in its offset.

    zone: the declared zone, whose own abbreviations it may decide; not Asia/Shanghai, which
    also stands where nothing is declared. Returns texts and reason codes (ambiguous_zone,
    unknown_zone); texts without an abbreviation pass as they are.
    """
    text = raw.cast(pl.String).str.strip_chars()
    parts = pl.DataFrame({"text": text}).select(
        wall=pl.col("text").str.extract(_ABBREVIATED, 1).str.strip_chars(),
        name=pl.col("text").str.extract(_ABBREVIATED, 2).str.to_uppercase(),
    )
    offsets = parts["name"].replace_strict(ZONE_OFFSETS, default=None, return_dtype=pl.String())
    open_ = parts["name"].is_not_null() & offsets.is_null()
    if zone != _UNDECLARED and open_.any():
        own = _offsets_in(parts["wall"], parts["name"], zone)
        offsets = offsets.zip_with(~open_, own)
        open_ = open_ & offsets.is_null()
    frame = parts.with_columns(text=text, offset=offsets, open=open_)
    done = frame.select(
        text=pl.when("open").then(None)
        .when(pl.col("offset").is_not_null()).then(pl.col("wall") + " " + pl.col("offset"))
        .otherwise("text"),
        problem=pl.when("open").then(
            pl.when(pl.col("name").is_in(list(AMBIGUOUS_ZONES))).then(pl.lit("ambiguous_zone"))
            .otherwise(pl.lit("unknown_zone"))
        ),
    )  # fmt: skip
    return done["text"], done["problem"]


def _offsets_in(wall: pl.Series, name: pl.Series, zone: str) -> pl.Series:
    """Offsets of those wall times at which the zone itself bears the abbreviation."""
    local = wall.str.to_datetime(_ABBREVIATED_WALL, strict=False, time_unit="us")
    zoned = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    frame = pl.DataFrame({"at": zoned, "name": name}).with_columns(
        own=pl.col("at").dt.strftime("%Z"), offset=pl.col("at").dt.strftime("%z")
    )
    return frame.select(pl.when(pl.col("own") == pl.col("name")).then("offset").alias("o"))["o"]


def _from_epoch(text: pl.Series, unit: str) -> pl.Series:
    number = text.cast(pl.Int64, strict=False)
    factor = 1_000_000 if unit == "epoch_s" else 1_000
    limit = 2**62 // factor
    bounded = number.set((number.abs() > limit).fill_null(False), None)
    return (bounded * factor).cast(INSTANT)


def _year_less(year: pl.Expr, month_day: pl.Expr, clock: pl.Expr) -> pl.Expr:
    text = year.cast(pl.String) + "-" + month_day.str.replace("月", "-") + " " + clock
    return text.str.to_datetime("%Y-%m-%d %H:%M", strict=False, time_unit="us")


def _precision_of(pattern: str) -> str:
    for mark, precision in (("%S", "second"), ("%M", "minute"), ("%H", "hour")):
        if mark in pattern or "%T" in pattern:
            return precision
    return "day"
