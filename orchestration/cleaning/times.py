"""Wall times, zoned times, epochs and relative times, turned into UTC instants.

Nothing here asks for the present: relative times resolve against the record's own
observed_at, and a wall time gets the zone its source declares. What a text does not say
(its precision, its zone) is reported beside the instant.

What an instant promises: the truth lies in [at, at + precision), and for a relative text
("3小时前" is three to four hours) in (at - precision, at + precision). A wall time that its
zone's clocks showed twice means the first of the two; one that they never showed
(nonexistent_time) is refused, but a day that begins with such a gap begins after it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from orchestration.cleaning import notations
from orchestration.clock import CLOCK_SKEW

INSTANT = pl.Datetime("us", "UTC")
_NAIVE = pl.Datetime("us")

# Pattern and the precision it can express. Zoned patterns carry %z.
ZONED_PATTERNS: tuple[tuple[str, str], ...] = (
    ("%Y-%m-%dT%H:%M:%S%.f%z", "second"),
    ("%Y-%m-%d %H:%M:%S%.f%z", "second"),
    ("%Y-%m-%d %H:%M:%S %z", "second"),
    ("%Y-%m-%dT%H:%M%z", "minute"),
    ("%Y-%m-%d %H:%M %z", "minute"),
    ("%Y/%m/%d %H:%M:%S %z", "second"),
    ("%Y%m%dT%H%M%S%z", "second"),
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
RARE_PATTERNS: tuple[tuple[str, str], ...] = (
    ("%a %b %d %H:%M:%S %Y", "second"),
    ("%Y%m%dT%H%M%S", "second"),
    ("%Y-%m-%d %H:%M:%S%.f", "second"),
    ("%Y-%m-%d %H:%M", "minute"),
    ("%Y-%m-%d %I:%M:%S %p", "second"),
    ("%Y-%m-%d %I:%M %p", "minute"),
    ("%Y-%m-%d", "day"),
)
"""Tried on what nothing else matched, after `_plainly` has rewritten it."""

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
_ABBREVIATED = r"^(.*\d) ?([A-Za-z]{2,5})$"

_UTC_MARK = r"(?i)([0-9])\s?(?:Z|GMT|UTC?)$"
_WEEKDAY = "(?:星期|周)([一二三四五六日天])"
_WEEKDAYS = {sign: number for number, sign in enumerate("一二三四五六日", start=1)} | {"天": 7}
_REWRITTEN = (
    (r"^([0-9]{4})\s?[年/.]\s?([0-9]{1,2})\s?[月/.]\s?([0-9]{1,2})\s?日?\s*", "${1}-${2}-${3} "),
    (rf"\s?{_WEEKDAY}\s*", " "),
    (r"([0-9]{1,2})[时時点點]([0-9]{1,2})分([0-9]{1,2})秒$", "${1}:${2}:${3}"),
    (r"([0-9]{1,2})[时時点點]([0-9]{1,2})分?$", "${1}:${2}"),
    (r"(?i)([0-9])\s?([ap])\.?m\.?$", "${1} ${2}M"),
)

_IN_HALF = rf"^(.*?)({'|'.join(notations.HALF_DAYS)})\s?([0-9]{{1,2}})(:[0-9:]+)$"
_EVERY_HOUR = [(half, hour) for half in notations.HALF_DAYS for hour in range(24)]
_HOURS = {
    f"{half}{hour}": f"{found:02}"
    for half, hour in _EVERY_HOUR
    if (found := notations.hour_of(half, hour)) is not None
}
_OPEN_HOURS = [f"{half}{hour}" for half, hour in _EVERY_HOUR if notations.is_open_hour(half, hour)]
"""Hours behind a half of the day, and their hour of the day; those that leave it open."""

_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: ([APap])M)?"
_AGO = r"^([0-9]{1,4}) ?(秒钟|秒|分钟|分|个小时|小时)前$"
_DAYS_AGO = r"^([0-9]{1,4}) ?天前$"
_NAMED_DAY = rf"^(今天|昨天|前天) ?(?:{_CLOCK})?$"
_YEAR_LESS = (
    rf"^([0-9]{{1,2}})[月-]([0-9]{{1,2}})日? ?{_CLOCK}$|^([0-9]{{1,2}})月([0-9]{{1,2}})日$"
    r"|^([0-9]{2})-([0-9]{2})$"
)
_JUST_NOW = r"^刚[刚才]$"
_RELATIVE = "|".join((_AGO, _DAYS_AGO, _NAMED_DAY, _YEAR_LESS, _JUST_NOW))
_COARSE = r"^[0-9一两二三半]{1,4} ?个?(?:周|星期|礼拜|月|年)前$"
_SECONDS = {"秒": 1, "秒钟": 1, "分": 60, "分钟": 60, "小时": 3600, "个小时": 3600}
_AGO_PRECISION = {1: "second", 60: "minute", 3600: "hour"}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_LEAP_YEARS_APART = 8
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

    zone: IANA zone of texts without one. observed_at: needed by relative and year-less texts;
    a day without a year is the latest that was not after it. pattern: a strptime pattern,
    `epoch_s`, `epoch_ms`, or `epoch_s_or_text` for a producer that writes both; epochs are
    never guessed.
    Reasons: not_a_time, time_range, nonexistent_time, relative_without_observed_at,
    later_than_observed for "今天 23:00" seen at nine, ambiguous_hour for "晚上12:30", and
    too_coarse_time for "2周前", which no precision describes.
    """
    pattern = None if pattern is None else notations.parsed_as(pattern)
    plain = _of_one_notation(raw.cast(pl.String), zone, pattern)
    if plain is not None:
        return plain
    if observed_at is None and raw.len() > _FEW:
        different = raw.unique()
        if different.len() * _REPEATED < raw.len():
            return _spread(parse_instants(different, zone, pattern=pattern), different, raw)
    text = raw.cast(pl.String).str.normalize("NFKC").str.strip_chars()
    text = text.set((text == "").fill_null(False), None).str.replace(_UTC_MARK, "${1}+0000")
    state = _Reading(text, observed_at)
    if pattern is not None and pattern.startswith("epoch_"):
        state.fill_epoch("epoch_ms" if pattern == "epoch_ms" else "epoch_s")
        if pattern == "epoch_s_or_text":
            _read_any(state, zone)
    elif pattern is not None:
        _read_declared(state, pattern, zone)
    else:
        _read_any(state, zone)
    return state.finish()


_FEW, _REPEATED = 1_000, 4
"""A column longer than the first, of values that each come so often, is read once a value."""


def _spread(read: Instants, different: pl.Series, raw: pl.Series) -> Instants:
    """What was read of the different values, for every row."""
    values = different.to_frame("value").with_row_index("place")
    place = raw.to_frame("value").join(
        values, on="value", how="left", nulls_equal=True, maintain_order="left"
    )["place"]
    return Instants(*(column.gather(place) for column in read))


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
            first = text.drop_nulls().head(1)
            for notation in _ONE_NOTATION if pattern is None else (pattern,):
                if first.str.to_datetime(notation, time_unit="us", strict=False).has_nulls():
                    continue
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


def _read_any(state: _Reading, zone: str) -> None:
    """The two commonest notations on the whole column, all others on what they leave open."""
    for pattern, precision in WALL_PATTERNS[:2]:
        state.fill_pattern(pattern, precision, zone)
    if state.is_complete:
        return
    rest = state.rest()
    for pattern, precision in (*WALL_PATTERNS[2:], *ZONED_PATTERNS):
        rest.fill_pattern(pattern, precision, zone)
    for pattern in DAY_PATTERNS:
        rest.fill_pattern(pattern, "day", zone)
    if not rest.is_complete:
        rest.text = _plainly(rest.text)
        for pattern, precision in RARE_PATTERNS:
            rest.fill_pattern(pattern, precision, zone)
        rest.fill_relative(zone)
    state.take(rest)


def _read_declared(state: _Reading, pattern: str, zone: str) -> None:
    """A notation as `notations.parsed_as` gives it; Polars wants minutes beside hours."""
    precision = notations.precision_of(pattern)
    if precision == "hour":
        pattern = f"{pattern}~%M"
        state.text = state.text + "~00"
    state.fill_pattern(pattern, precision, zone)


def _plainly(text: pl.Series) -> pl.Series:
    """Chinese dates, clock times and halves of the day in the notation of RARE_PATTERNS.

    A date beside the name of another day of the week stays as it is, which nothing reads.
    """
    (found, written), *others = _REWRITTEN
    plain = text.str.replace(found, written)
    contradicts = _is_another_weekday(plain)
    for found, written in others:
        plain = plain.str.replace(found, written)
    plain = _in_whole_days(plain.str.strip_chars())
    return plain.zip_with(~contradicts, text)


def _in_whole_days(text: pl.Series) -> pl.Series:
    """Clock times behind a half of the day as those of the whole day; open ones stay."""
    if not text.str.contains(_IN_HALF).any():
        return text
    return pl.DataFrame({"text": text}).select(
        pl.coalesce(
            pl.col("text").str.extract(_IN_HALF, 1)
            + _half_and_hour(pl.col("text")).replace_strict(
                _HOURS, default=None, return_dtype=pl.String()
            )
            + pl.col("text").str.extract(_IN_HALF, 4),
            "text",
        ).alias("text")
    )["text"]  # fmt: skip


def _half_and_hour(text: pl.Expr) -> pl.Expr:
    """`晚上8` of "… 晚上08:30"."""
    hour = text.str.extract(_IN_HALF, 3).cast(pl.Int64).cast(pl.String)
    return text.str.extract(_IN_HALF, 2) + hour


def _is_another_weekday(text: pl.Series) -> pl.Series:
    """Where a text names a day of the week that its date is not."""
    named = text.str.extract(_WEEKDAY, 1).replace_strict(_WEEKDAYS, default=None)
    day = text.str.extract(r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})", 1)
    weekday = day.str.to_date("%Y-%m-%d", strict=False).dt.weekday()
    return (weekday != named.cast(pl.Int8)).fill_null(False)


class _Reading:
    """Instants as they are found, pattern by pattern; only what is still open is tried again."""

    def __init__(self, text: pl.Series, seen: pl.Series | None) -> None:
        size = len(text)
        self.text = text
        never = pl.repeat(None, size, dtype=INSTANT, eager=True)
        self.seen = never if seen is None else seen.cast(INSTANT)
        self.is_gap = pl.repeat(False, size, dtype=pl.Boolean, eager=True)
        self.is_out_of_range = self.is_gap
        self.is_later = self.is_gap
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

    def rest(self) -> _Reading:
        """What is still open, as a reading of its own."""
        return _Reading(self.text.filter(self.open), self.seen.filter(self.open))

    def take(self, rest: _Reading) -> None:
        """Take over what `rest` found."""
        is_open = self.open
        place = (is_open.cum_sum().cast(pl.Int64) - 1).clip(0)

        def merged(own: pl.Series, found: pl.Series) -> pl.Series:
            return found.gather(place).zip_with(is_open, own)

        self.text = merged(self.text, rest.text)
        self.at = merged(self.at, rest.at)
        self.precision = merged(self.precision, rest.precision)
        self.source = merged(self.source, rest.source)
        self.assumed = merged(self.assumed, rest.assumed)
        self.is_gap = merged(self.is_gap, rest.is_gap)
        self.is_later = merged(self.is_later, rest.is_later)

    def fill(self, found: pl.Series, precision: str, *, assumed: bool, source: str = "api") -> None:
        """Take instants where none was found yet; a relative one later than its observation is
        only noted."""
        new = self.open & found.is_not_null()
        if source == "relative":
            later = new & (found > self.seen + CLOCK_SKEW).fill_null(False)
            self.is_later |= later
            new &= ~later
        if not new.any():
            return
        self.at = found.zip_with(new, self.at)
        self.precision = self.precision.set(new, precision)
        self.source = self.source.set(new, source)
        self.assumed = self.assumed.set(new, assumed)

    def fill_pattern(self, pattern: str, precision: str, zone: str) -> None:
        if self.is_complete:
            return
        found = self.text.str.to_datetime(pattern, time_unit="us", strict=False, exact=True)
        if found.null_count() == len(found):
            return
        if isinstance(found.dtype, pl.Datetime) and found.dtype.time_zone is not None:
            self.fill(found.cast(INSTANT), precision, assumed=False)
        else:
            self.fill_wall(found, precision, zone)

    def fill_wall(self, wall: pl.Series, precision: str, zone: str, *, source: str = "api") -> None:
        """Take wall times of the zone; one that never was is noted, unless it is a day's start."""
        if wall.null_count() == len(wall):
            return
        found = at_zone(wall, zone)
        lost = wall.is_not_null() & found.is_null() & self.open
        if lost.any():
            if precision == "day":
                found = found.fill_null(at_zone(wall + timedelta(hours=1), zone))
                lost &= found.is_null()
            self.is_gap |= lost
        self.fill(found.cast(INSTANT), precision, assumed=True, source=source)

    def fill_epoch(self, unit: str) -> None:
        """Take seconds or milliseconds since 1970; decimals are fractions of the unit."""
        found = _from_epoch(self.text, unit)
        is_number = self.text.str.contains(r"^-?[0-9]+(?:\.[0-9]+)?$").fill_null(False)
        self.is_out_of_range |= is_number & found.is_null()
        self.fill(found, "second", assumed=False)

    def fill_relative(self, zone: str) -> None:
        """ "5分钟前", "昨天 08:15", "03-05 12:30": against the record's own observation."""
        is_relative = self.text.str.contains(_RELATIVE).fill_null(False)
        resolvable = self.open & self.seen.is_not_null() & is_relative
        if not resolvable.any():
            return
        seen = self.seen.set(~resolvable, None)
        frame = pl.DataFrame({"text": self.text, "seen": seen}).with_columns(
            wall=pl.col("seen").dt.convert_time_zone(zone).dt.replace_time_zone(None)
        )
        self._fill_ago(frame)
        days = frame.select(
            pl.col("wall").dt.truncate("1d")
            - pl.duration(days=pl.col("text").str.extract(_DAYS_AGO, 1).cast(pl.Int64))
        )["wall"]
        self.fill_wall(days, "day", zone, source="relative")
        for wall, clock in (_named_day(frame), _year_less(frame)):
            for precision, mask in _by_precision(clock):
                self.fill_wall(wall.set(~mask, None), precision, zone, source="relative")

    def _fill_ago(self, frame: pl.DataFrame) -> None:
        seconds = (
            pl.col("text").str.extract(_AGO, 2)
            .replace_strict(_SECONDS, default=None, return_dtype=pl.Int64)
        )  # fmt: skip
        amount = pl.col("text").str.extract(_AGO, 1).cast(pl.Int64)
        is_now = pl.col("text").str.contains(_JUST_NOW)
        found = frame.select(
            at=pl.when(is_now).then("seen").otherwise(
                pl.col("seen") - pl.duration(seconds=amount * seconds)
            ),
            unit=pl.when(is_now).then(60).otherwise(seconds),
        )  # fmt: skip
        for unit, precision in _AGO_PRECISION.items():
            of_unit = (found["unit"] == unit).fill_null(False)
            self.fill(found["at"].set(~of_unit, None), precision, assumed=False, source="relative")

    def finish(self) -> Instants:
        year = self.at.dt.year()
        out_of_range = self.is_out_of_range & self.open
        out_of_range |= ((year < _EARLIEST_YEAR) | (year > _LATEST_YEAR)).fill_null(False)
        frame = pl.DataFrame(
            {
                "text": self.text, "open": self.open, "range": out_of_range, "gap": self.is_gap,
                "seen": self.seen, "later": self.is_later,
            }
        )  # fmt: skip
        is_unseen = pl.col("seen").is_null() & pl.col("text").str.contains(_RELATIVE)
        problem = frame.select(
            pl.when("range").then(pl.lit("time_range"))
            .when(pl.col("open") & pl.col("gap")).then(pl.lit("nonexistent_time"))
            .when(pl.col("open") & pl.col("text").str.contains(_COARSE))
            .then(pl.lit("too_coarse_time"))
            .when(pl.col("open") & pl.col("later")).then(pl.lit("later_than_observed"))
            .when(pl.col("open") & _half_and_hour(pl.col("text")).is_in(_OPEN_HOURS))
            .then(pl.lit("ambiguous_hour"))
            .when(pl.col("open") & is_unseen).then(pl.lit("relative_without_observed_at"))
            .when("open").then(pl.lit("not_a_time"))
            .alias("problem")
        )["problem"]  # fmt: skip
        at, precision, source, assumed = (
            series.set(out_of_range, None)
            for series in (self.at, self.precision, self.source, self.assumed)
        )
        return Instants(at, precision, source, assumed, problem)


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
    years = wall.dt.year()
    if not _EARLIEST_YEAR <= (years.min() or 0) <= (years.max() or 0) <= _LATEST_YEAR:  # type: ignore[operator]
        return None  # what the standard library may not even hold
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


def beginnings(at: pl.Series, precision: pl.Series, zone: str) -> pl.Series:
    """The first instant of the hour or day of the zone in which each instant lies, where the
    precision beside it is hour or day; all others as they are."""
    wall = at.dt.convert_time_zone(zone).dt.replace_time_zone(None)
    for name, step in (("hour", "1h"), ("day", "1d")):
        is_coarse = (precision == name).fill_null(False)
        if is_coarse.any():
            start = wall.dt.truncate(step)
            found = at_zone(start, zone).fill_null(at_zone(start + timedelta(hours=1), zone))
            at = found.cast(INSTANT).zip_with(is_coarse, at)
    return at


def fixed_zone(offset: str) -> timezone:
    """The zone of an offset such as -0500."""
    sign = -1 if offset.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])))


def with_zone_offsets(
    raw: pl.Series, zone: str, *, is_declared: bool
) -> tuple[pl.Series, pl.Series]:
    """Wall times that end in a zone's abbreviation, as text that ends in its offset.

    is_declared: whether somebody declared the zone, which then decides its own abbreviations: a
    zone that merely stands where nothing was said decides none. Returns texts and reason codes
    (ambiguous_zone, unknown_zone); texts without an abbreviation pass as they are.
    """
    text = raw.cast(pl.String).str.strip_chars()
    parts = pl.DataFrame({"text": text}).select(
        wall=pl.col("text").str.extract(_ABBREVIATED, 1).str.strip_chars(),
        name=pl.col("text").str.extract(_ABBREVIATED, 2).str.to_uppercase(),
    )
    offsets = parts["name"].replace_strict(ZONE_OFFSETS, default=None, return_dtype=pl.String())
    open_ = parts["name"].is_not_null() & offsets.is_null()
    if is_declared and open_.any():
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
    """Instants of whole numbers, or of decimal ones of at most 18 digits before the point."""
    digits = 6 if unit == "epoch_s" else 3
    factor = 10**digits
    plain = text.cast(pl.Int64, strict=False)
    if plain.null_count() != text.null_count():
        number = r"^(-?[0-9]{1,18})(?:\.([0-9]+))?$"
        found = pl.DataFrame({"text": text}).select(
            whole=pl.col("text").str.extract(number, 1).cast(pl.Int64),
            part=pl.col("text").str.extract(number, 2).str.slice(0, digits)
            .str.pad_end(digits, "0").cast(pl.Int64).fill_null(0),
        )  # fmt: skip
        plain, part = found["whole"], found["part"]
    else:
        part = pl.zeros(len(text), dtype=pl.Int64, eager=True)
    bounded = plain.set((plain.abs() > 2**61 // factor).fill_null(False), None)
    at: pl.Series = bounded * factor + part
    return at.cast(INSTANT)


def _clock_of(pattern: str, first: int) -> dict[str, pl.Expr]:
    """Seconds since midnight of a clock time that begins with this group of a pattern, and how
    many parts it has: 0 none, 2 hours and minutes, 3 with seconds. 25:00 has no seconds."""
    hour, minute, second = (
        pl.col("text").str.extract(pattern, first + place).cast(pl.Int64) for place in range(3)
    )
    half = pl.col("text").str.extract(pattern, first + 3).str.to_uppercase()
    full = pl.when(half.is_null()).then(hour).when(hour.is_between(1, 12)).then(
        hour % 12 + pl.when(half == "P").then(12).otherwise(0)
    )  # fmt: skip
    rest = second.fill_null(0)
    is_valid = (full < 24) & (minute < 60) & (rest < 60)
    return {
        "seconds": pl.when(hour.is_null()).then(0).when(is_valid).then(
            full * 3600 + minute * 60 + rest
        ),
        "parts": pl.when(hour.is_null()).then(0).when(second.is_null()).then(2).otherwise(3),
    }  # fmt: skip


def _by_precision(parts: pl.Series) -> list[tuple[str, pl.Series]]:
    return [
        (precision, (parts == count).fill_null(False))
        for count, precision in ((0, "day"), (2, "minute"), (3, "second"))
    ]


def _named_day(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Wall times of "昨天 08:15" and the parts of their clocks."""
    back = pl.col("text").str.extract(_NAMED_DAY, 1).replace_strict(
        _DAYS_BACK, default=None, return_dtype=pl.Int64
    )  # fmt: skip
    found = frame.with_columns(**_clock_of(_NAMED_DAY, 2)).select(
        "parts",
        wall=pl.col("wall").dt.truncate("1d")
        - pl.duration(days=back)
        + pl.duration(seconds=pl.col("seconds")),
    )
    return found["wall"], found["parts"]


def _year_less(frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Wall times of "03-05 12:30" in the latest year that puts them before the observation (give
    or take the skew of clocks) and has that day, and the parts of their clocks."""

    def number(*groups: int) -> pl.Expr:
        return pl.coalesce(pl.col("text").str.extract(_YEAR_LESS, g) for g in groups).cast(pl.Int64)

    found = frame.with_columns(
        month=number(1, 7, 9), day=number(2, 8, 10), **_clock_of(_YEAR_LESS, 3)
    )
    wall = pl.repeat(None, frame.height, dtype=_NAIVE, eager=True)
    latest = frame["wall"] + CLOCK_SKEW
    for back in range(_LEAP_YEARS_APART + 1):
        candidate = found.select(
            pl.format("{}-{}-{}", pl.col("wall").dt.year() - back, "month", "day").str.to_datetime(
                "%Y-%m-%d", strict=False, time_unit="us"
            )
            + pl.duration(seconds=pl.col("seconds"))
        ).to_series()
        wall = wall.fill_null(candidate.set((candidate > latest).fill_null(True), None))
    return wall, found["parts"]
