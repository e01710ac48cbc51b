"""dataabc/weibo-crawler CSV: `<screen_name>/<uid>.csv`, ragged, with a byte order mark.

The account's id and name stand only in the path. Columns were added to the rows over the years,
to the header later or never, and runs append, so an old header may stand above rows of every
later version. What a row's cells hold depends on the version that wrote the row, and that shows
in the row's own width and, where two versions share a width, in its last cell:

    cells                     written since   what it is
    14, 15, 16, 18            -               only originals were crawled: no flag
    15, 31                    2020            original, repost: no full date
    16, 33                    2022-04-09      with 完整日期, in the header since 2024-01-10
    17, 35                    2025-04-06      with Live Photo视频url, in the header since 2025-11-20
    19, 37                    2025-12-03      with edits, but not of the source post

Read under its header, a row of the second period has its flag and everything after one column
too far right, a row of the third its counts too. Such a row is read by its own layout, and what
that changes is logged. The rows' dates and flags must be where the layout has them; otherwise
the row is refused. A repost's source post is a post of its own where its author is known and its
own dates and counts are where the layout has them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from orchestration.cleaning import field_repairs as repairs
from orchestration.cleaning import fields as f
from orchestration.cleaning import times
from orchestration.cleaning.counts import parse_counts
from orchestration.sources.formats import weibo_crawler_records as crawler
from orchestration.sources.formats.base import Evidence, FileFacts, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.delimited import (
    BLANKS,
    Delimited,
    are_links,
    begins_with,
    is_link,
)

_FIRST = (
    "id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "位置", "日期", "工具", "点赞数",
    "评论数", "转发数", "话题", "@用户",
)  # fmt: skip
_DATED = (*_FIRST, "完整日期")
_LIVE = (*_DATED[:6], "Live Photo视频url", *_DATED[6:])
_EDITS = (*_LIVE, "是否编辑过", "编辑次数")
_FLAG = "是否原创"
_LINKS = ("头条文章url", "原始图片url", "视频url", "Live Photo视频url")
_SOURCE_USER = ("源用户id", "源用户昵称")


def _repost(own: tuple[str, ...], source: tuple[str, ...]) -> tuple[str, ...]:
    return (*own, _FLAG, *_SOURCE_USER, *(f"源微博{name}" for name in source))


_LAYOUTS: dict[tuple[int, str | None], tuple[str, ...]] = {
    (14, None): _FIRST,
    (15, "flag"): (*_FIRST, _FLAG),
    (15, "time"): _DATED,
    (16, "flag"): (*_DATED, _FLAG),
    (16, "time"): _LIVE,
    (17, None): (*_LIVE, _FLAG),
    (18, None): _EDITS,
    (19, None): (*_EDITS, _FLAG),
    (31, None): _repost(_FIRST, _FIRST),
    (33, None): _repost(_DATED, _DATED),
    (35, None): _repost(_LIVE, _LIVE),
    (37, None): _repost(_EDITS, _LIVE),
}
"""(row width, kind of its last cell where two layouts share the width) to the cells' names."""

WIDTHS = frozenset(width for width, _ in _LAYOUTS)
_REPOSTS = frozenset((31, 33, 35, 37))
_OWN_WIDTHS = WIDTHS - _REPOSTS
_FLAG_PLACES = {14: 31, 15: 33, 16: 35, 18: 37}
"""Where the flag stands to the width of a repost of that layout; an original ends there."""
_EDITED = 16
"""Where rows with the flag at 18 say whether the post was edited, which looks like a flag."""
_SHARED = frozenset(width for width, kind in _LAYOUTS if kind is not None)

_ADDED = (
    ("完整日期", "columns_shifted_2022"),
    ("Live Photo视频url", "columns_shifted_2025"),
    ("是否编辑过", "columns_shifted_edits"),
)
"""Columns that rows had before their header, in the order they came, and the rule for each."""

_COUNTS = ("点赞数", "评论数", "转发数")
_SHIFTED = (*_COUNTS, _FLAG, *(f"源微博{name}" for name in _COUNTS))
_HEADED = {name: f"@headed:{name}" for name in _SHIFTED}
_RULE = {name: f"@rule:{name}" for name in _SHIFTED}
_FIELDS = (*_repost(_EDITS, _EDITS), *_HEADED.values(), *_RULE.values(), "@layout", "@dates")

_FLAG_WORDS = ("true", "false")
_TIME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?$")


_DURATION = pl.Duration("us")
_LENGTH = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


_HEADER = ("id", "bid")


def _is_header(cells: Sequence[str]) -> bool:
    return begins_with(cells, _HEADER)


def _without_header(cells: Sequence[str]) -> Sequence[str] | None:
    """A file that begins with a row was cut; its rows say by themselves what they hold."""
    return None if _is_header(cells) else ("",)


def _signature(cells: pl.DataFrame) -> pl.Series:
    """Width without blanks at the end, kind of the last cell where that matters, and whether cells
    of addresses hold such: all that _layout looks at."""
    frame = cells.with_columns(_widths(cells).alias("width"))
    there = set(frame["width"].unique())
    answers = []
    for (width, kind), names in _LAYOUTS.items():
        if width not in there:
            continue
        fits = pl.col("width") == width
        if kind is not None:
            fits &= _kinds(pl.col(str(width - 1))) == kind
        links = [are_links(pl.col(str(names.index(name)))) for name in _LINKS if name in names]
        answer = pl.concat_str(pl.lit(f"{width} {kind} "), pl.all_horizontal(links))
        answers.append(pl.when(fits).then(answer))
    unknown = pl.concat_str(pl.col("width"), pl.lit(" unknown"))
    return frame.select(pl.coalesce(*answers, unknown).alias("signature"))["signature"]


def _widths(cells: pl.DataFrame) -> pl.Expr:
    """_width of rows with so many cells."""
    width, longest_own = cells.width, max(_OWN_WIDTHS)
    if width in _OWN_WIDTHS:
        return pl.lit(width)
    if width in _REPOSTS and cells.select(_is_plain_repost(width).all()).item():
        return pl.lit(width)  # as almost always
    filled = pl.max_horizontal(
        pl.when(_is_filled(place)).then(place + 1).otherwise(0) for place in range(width)
    )
    is_whole = filled > longest_own if width in _REPOSTS else pl.lit(False)
    by_blanks = pl.when(~is_whole & filled.is_in(sorted(WIDTHS))).then(filled).otherwise(width)
    if width < min(_REPOSTS):
        return by_blanks
    by_flag = _widths_by_flag(filled)
    return pl.when(by_flag <= width).then(by_flag).otherwise(by_blanks)


def _is_plain_repost(width: int) -> pl.Expr:
    """Its own flag where rows of this width have it, and a source post: as wide as it looks."""
    (place,) = (place for place, whole in _FLAG_PLACES.items() if whole == width)
    return pl.col(str(place)).is_in(["True", "False"]) & _is_filled(max(_OWN_WIDTHS))


def _widths_by_flag(filled: pl.Expr) -> pl.Expr:
    """_width_by_flag of rows with 31 cells or more."""
    flags = {
        place: pl.col(str(place)).str.strip_chars(BLANKS).str.to_lowercase().is_in(_FLAG_WORDS)
        for place in _FLAG_PLACES
    }
    answers = []
    for place, whole in _FLAG_PLACES.items():
        others = [
            ~flags[other] for other in flags if other != place and (place, other) != (18, _EDITED)
        ]
        fits = pl.all_horizontal(flags[place], *others, filled <= whole)
        if place == _EDITED:
            fits &= filled != len(_EDITS)
        answers.append(
            pl.when(fits).then(pl.when(filled <= place + 1).then(place + 1).otherwise(whole))
        )
    return pl.coalesce(answers)


def _is_filled(place: int) -> pl.Expr:
    return pl.col(str(place)).str.strip_chars(BLANKS) != ""


def _kinds(cells: pl.Expr) -> pl.Expr:
    """_kind of each cell."""
    text = cells.str.strip_chars(BLANKS)
    return (
        pl.when(text.str.to_lowercase().is_in(_FLAG_WORDS)).then(pl.lit("flag"))
        .when(text.str.contains(_TIME.pattern)).then(pl.lit("time"))
        .otherwise(pl.lit("other"))
    )  # fmt: skip


def _names_of(row: Sequence[str], width: int) -> tuple[str, ...] | None:
    return _LAYOUTS.get((width, _kind(row[width - 1]) if width in _SHARED else None))


def _has_links(names: Sequence[str], row: Sequence[str]) -> bool:
    """Whether cells of addresses hold addresses or nothing: an unquoted comma in a text makes a row
    as wide as that of another version, and moves words into them."""
    return all(is_link(row[names.index(name)]) for name in _LINKS if name in names)


def _width(row: Sequence[str]) -> int:
    """Cells of the row, without the blank ones that a spreadsheet adds up to the header: a
    repost always ends in its source post, of which any cell may be blank."""
    filled = len(row)
    while filled and not row[filled - 1].strip(BLANKS):
        filled -= 1
    by_flag = _width_by_flag(row, filled)
    if by_flag is not None:
        return by_flag
    is_whole = len(row) in WIDTHS and (len(row) not in _REPOSTS or filled > max(_OWN_WIDTHS))
    return filled if not is_whole and filled in WIDTHS else len(row)


def _width_by_flag(row: Sequence[str], filled: int) -> int | None:
    """The width that the flag's place tells of a row as wide as a repost, where one layout's place
    alone has a flag and nothing stands beyond that layout's end."""
    if len(row) < min(_REPOSTS):
        return None
    flags = {place for place in _FLAG_PLACES if row[place].strip(BLANKS).lower() in _FLAG_WORDS}
    if flags == {18, _EDITED}:
        flags = {18}
    if len(flags) != 1:
        return None
    (place,) = flags
    is_edited_without_flag = place == _EDITED and filled == len(_EDITS)
    if filled > _FLAG_PLACES[place] or is_edited_without_flag:
        return None
    width = place + 1 if filled <= place + 1 else _FLAG_PLACES[place]
    return width if width <= len(row) else None


def _kind(cell: str) -> str:
    text = cell.strip(BLANKS)
    if text.lower() in _FLAG_WORDS:
        return "flag"
    return "time" if _TIME.match(text) else "other"


def _layout(header: Sequence[str], row: Sequence[str]) -> dict[str, int | str] | str | None:
    """The row's own layout, with what the header would have made of the columns it shifts."""
    width = _width(row)
    if width not in WIDTHS:
        return None
    names = _names_of(row, width)
    if names is None or not _has_links(names, row):
        return "layout_not_proven"
    found: dict[str, int | str] = {name: place for place, name in enumerate(names)}
    rules = {name: _rule(header, names, name) for name in _SHIFTED}
    if _is_header(header):
        places = {name: header.index(name) for name in _SHIFTED if name in header}
        found |= {_HEADED[name]: place for name, place in places.items() if place < width}
        found |= {_RULE[name]: rule for name, rule in rules.items() if rule is not None}
    return found | {
        "@layout": "with_flag" if _FLAG in names else "without_flag",
        "@dates": "both" if "完整日期" in names else "one",
    }


def _rule(header: Sequence[str], names: Sequence[str], name: str) -> str | None:
    """The rule for a column that the header puts elsewhere: that of the first column which
    stands before it in the row and is missing from the header."""
    if name not in names or name not in header or header.index(name) == names.index(name):
        return None
    before = names[: names.index(name)]
    missing = [rule for added, rule in _ADDED if added in before and added not in header]
    return missing[0] if missing else "columns_shifted_older_rows"


def _proof(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """Whether times, flags and counts stand where the row's layout has them.

    A flag alone proves a layout of one date under a header that agrees with it. Everything else
    is proven by its times, and a row about to be repaired by its counts too. An aligned row in
    which nothing is a time passes: the clock of its id dates it where the cells are blank, and
    what else stands in them, or that it has no time, is what refuses it.
    """
    flag = frame[_FLAG].str.strip_chars().str.to_lowercase().is_in(_FLAG_WORDS).fill_null(False)
    has_flag = frame["@layout"] == "with_flag"
    is_shifted = frame.select(
        pl.any_horizontal(pl.col(list(_RULE.values())).is_not_null()).alias("any")
    )["any"]
    dates = _dates(frame, "", context)
    counted = ~is_shifted | _are_counts(frame, "")
    timed = dates.stand | (has_flag & ~is_shifted & dates.may_be_absent)
    return _proven((flag | ~has_flag) & timed & counted)


def _proof_of_source(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """Whether times and counts of the source post stand where the row's layout has them: a comma
    that no quote guards may shift them and leave the repost's own in their places."""
    prefix = "源微博"
    return _proven(_dates(frame, prefix, context).stand & _are_counts(frame, prefix))


def _proven(proven: pl.Series) -> f.Parsed:
    reason = pl.repeat(None, len(proven), dtype=pl.String(), eager=True)
    return f.Parsed(
        {"_layout": proven.set(~proven, None)}, reason.set(~proven, "layout_not_proven")
    )


@dataclass(frozen=True)
class _Dates:
    """Of each row: whether its dates stand in their places, and whether none stands anywhere, or
    the layout has one date only."""

    stand: pl.Series
    may_be_absent: pl.Series


def _dates(frame: pl.DataFrame, prefix: str, context: f.Context) -> _Dates:
    """A layout of both dates needs both, and the same instant in them. Where the place of the post
    is a time, that is a date one cell too far left."""
    day, full = (
        times.parse_instants(frame[prefix + name], context.zone) for name in ("日期", "完整日期")
    )
    is_day, is_full = day.at.is_not_null(), full.at.is_not_null()
    is_left = _is_time_among_others(frame[f"{prefix}位置"], context)
    has_both = frame["@dates"] == "both"
    stand = is_day & (~has_both | (is_full & _agree(day, full))) & ~is_left
    return _Dates(stand, ~is_left & ~(has_both & (is_day | is_full)))


def _agree(one: times.Instants, other: times.Instants) -> pl.Series:
    """Whether what two wall times leave open has an instant in common."""
    ends = [found.at + _lengths(found.precision) for found in (one, other)]
    return ((one.at < ends[1]) & (other.at < ends[0])).fill_null(False)


def _lengths(precision: pl.Series) -> pl.Series | timedelta:
    """How long what each precision leaves open lasts; one value where all are to the second."""
    if (precision == "second").all():  # as almost always; what is NULL has no time either
        return _LENGTH["second"]
    return precision.replace_strict(_LENGTH, default=None, return_dtype=_DURATION)


def _is_time_among_others(cells: pl.Series, context: f.Context) -> pl.Series:
    """Whether each cell is a time, where nearly none is."""
    found = cells.str.contains(r"[0-9][:/-][0-9]|[0-9]年").fill_null(False)
    if not found.any():
        return found
    return times.parse_instants(cells.set(~found, None), context.zone).at.is_not_null()


def _are_counts(frame: pl.DataFrame, prefix: str) -> pl.Series:
    """Whether nothing but counts, or nothing, stands where counts do."""
    problems = [parse_counts(frame[prefix + name]).problem.is_null() for name in _COUNTS]
    return problems[0] & problems[1] & problems[2]


def _is_repost(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """Not an original. Without a flag only originals were crawled."""
    parsed = f.flag("is_repost", _FLAG, absent=True).parse(frame, context)
    return replace(parsed, columns={"is_repost": ~parsed.columns["is_repost"]})


def _shift(logged_as: str = "") -> repairs.Shift:
    def wrap(field: f.Field, raw: str) -> f.Field:
        column = f"{logged_as}{field.column}"
        return repairs.shifted(field, raw, _HEADED[raw], _RULE[raw], logged_as=column)

    return wrap


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    found = crawler.account_in_path(file, zone)
    if not found:
        return Reject(
            "no_account_in_path",
            "the file is not named <uid>.csv, so whose posts these are is unknown; rename it as "
            "the crawler wrote it",
            extent="file",
        )
    return found


def _sniff(head: Head) -> Evidence | None:
    header = head.first_line.split(",")
    if header[:3] == ["id", "bid", "正文"]:
        return Evidence(0.98, f"header id,bid,正文 with {len(header)} columns")
    return None


_OWN = crawler.PostColumns(
    "id",
    "@uid",
    ("完整日期", "日期"),
    "正文",
    "点赞数",
    "评论数",
    "转发数",
    "是否编辑过",
    "编辑次数",
)
_SOURCE = crawler.PostColumns(
    "源微博id", "源用户id", ("源微博完整日期", "源微博日期"), "源微博正文", "源微博点赞数",
    "源微博评论数", "源微博转发数",
)  # fmt: skip
_HAS_SOURCE = crawler.whole("源微博id", "源用户id")
_SOURCE_STANDS = f.computed("_layout", _proof_of_source, required=True)

FORMAT = Format(
    id="weibo_crawler_csv",
    producer="dataabc/weibo-crawler",
    becomes=("posts", "metrics"),
    reader=Delimited(
        _FIELDS,
        layout=_layout,
        header=_without_header,
        signature=_signature,
        repeats_header=_HEADER,
    ),
    facts=_facts,
    platform="weibo",
    sniff=_sniff,
    version="2025-12-03",
    mappings=(
        crawler.post(
            _OWN,
            f.computed("_layout", _proof, required=True),
            _shift()(f.Field("is_repost", _FLAG, _is_repost), _FLAG),
            f.ident("repost_of_post_id", "源微博id"),
            f.ident("_repost_of_account_id", "源用户id"),
        ),
        crawler.metrics(_OWN, wrap=_shift()),
        crawler.post(_SOURCE, _SOURCE_STANDS, where=_HAS_SOURCE, is_secondary=True),
        crawler.metrics(
            _SOURCE,
            _SOURCE_STANDS,
            where=_HAS_SOURCE,
            is_secondary=True,
            wrap=_shift("source_post."),
        ),
    ),
)
