"""dataabc/weibo-search CSV: posts that a keyword search found, `<keyword>/<keyword>.csv`.

Columns were added at the end over the years (17 to 21); the oldest files lack 头条文章url in the
middle and, on posts that repost nothing, the last cell. Runs append, so an old header may stand
above wider rows. A repost is two rows: the post it quotes, then itself with `retweet_id`.

The producer removes every space from the text and cuts its first two characters; times are to
the minute, and without a year in the page they get the year of the crawl. Counts are displays
("100万+"); a label without a number becomes 0, so that 0 throughout a file may mean unread. A
repost's likes are often those of the quoted post. `user_authentication` 蓝V is an institution,
not necessarily an authority: nobody comes into scope by it. 会员类型 and 会员等级 are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from orchestration.cleaning import field_repairs as repairs
from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Found, Located, ReadOptions, Reject
from orchestration.sources.readers.delimited import (
    BLANKS,
    Delimited,
    are_links,
    is_link,
)

_NEWEST = (
    "id", "bid", "user_id", "用户昵称", "微博正文", "头条文章url", "发布位置", "艾特用户", "话题",
    "转发数", "评论数", "点赞数", "发布时间", "发布工具", "微博图片url", "微博视频url",
    "retweet_id", "ip", "user_authentication", "会员类型", "会员等级",
)  # fmt: skip
_OLDEST = (*(name for name in _NEWEST[:16] if name != "头条文章url"), "retweet_id")
_MARK = "user_authentication"
_READ = (
    "id", "user_id", "微博正文", "转发数", "评论数", "点赞数", "发布时间", "retweet_id", _MARK,
)  # fmt: skip
_COUNTS = {"reposts": "转发数", "comments": "评论数", "likes": "点赞数"}
_HEADED = {name: f"@headed:{name}" for name in _COUNTS.values()}
_RULE = "@rule"
_BEFORE_ID, _BEFORE_USER, _BEFORE_LIKES = "@before:id", "@before:user_id", "@before:点赞数"
_TIME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?$")
_LINKS = ("头条文章url", "微博图片url", "微博视频url")
_LINK_PLACES = sorted(
    {form.index(name) for form in (_OLDEST, _NEWEST) for name in _LINKS if name in form}
)
_COUNT = re.compile(r"^[0-9]")
_MID = re.compile(r"^[0-9]{16}$")
_COUNT_PLACES = sorted({form.index(n) for form in (_OLDEST, _NEWEST) for n in _COUNTS.values()})
_TIME_PLACES = (_OLDEST.index("发布时间"), _NEWEST.index("发布时间"))


_HEADER = ("id", "bid", "user_id")


def _signature(cells: pl.DataFrame) -> pl.Series:
    """Whether times, counts, addresses and an id stand where the versions have them."""
    times = [pl.col(str(place)) for place in _TIME_PLACES if place < cells.width]
    links = [pl.col(str(place)) for place in _LINK_PLACES if place < cells.width]
    counts = [pl.col(str(place)) for place in _COUNT_PLACES if place < cells.width]
    answers = [cell.str.strip_chars(BLANKS).str.contains(_TIME.pattern) for cell in times]
    answers += [cell.str.strip_chars(BLANKS) == "" for cell in times]
    answers += [cell.str.strip_chars(BLANKS).str.contains(_COUNT.pattern) for cell in counts]
    answers += [pl.col("0").str.strip_chars(BLANKS).str.contains(_MID.pattern)]
    answers += map(are_links, links)
    said = [answer.cast(pl.Int8).cast(pl.String) for answer in answers] or [pl.lit("none")]
    return cells.select(pl.concat_str(said).alias("signature"))["signature"]


def _verified(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """What the page says of the author, in the codes of verified_type: only that somebody is a
    person is certain, for 蓝V is any institution."""
    del context
    words = {"普通用户": "-1", "黄V": "0", "红V": "0", "金V": "0"}
    mark = frame[_MARK].str.strip_chars()
    kind = mark.replace_strict(words, default=None, return_dtype=pl.String)
    return f.Parsed({"_author_verified": kind})


def _is_time(row: Sequence[str], place: int) -> bool:
    return place < len(row) and _TIME.match(row[place].strip(BLANKS)) is not None


def _layout(header: Sequence[str], row: Sequence[str]) -> Mapping[str, int | str] | str | None:
    """By name where the header fits the row, else by the version that writes such rows; either
    way the publication time must be one. Under a header that fits it may be blank, if id and
    counts are in their places: then the id's clock tells it."""
    by_header = {name: place for place, name in enumerate(header)}
    candidates: list[Mapping[str, int]] = []
    if len(row) == len(header):
        candidates.append(by_header)
    if 16 <= len(row) <= len(_NEWEST):
        candidates.append({name: place for place, name in enumerate(_NEWEST[: len(row)])})
    if 15 <= len(row) <= len(_OLDEST):
        candidates.append({name: place for place, name in enumerate(_OLDEST[: len(row)])})
    if not candidates:
        return None
    for names in candidates:
        place = names.get("发布时间")
        # An unquoted comma in a text makes a row as wide as that of another version.
        links = (is_link(row[names[name]]) for name in _LINKS if name in names)
        if place is not None and _is_time(row, place) and all(links):
            return _with_header(names, by_header)
    if len(row) == len(header) and _is_aligned_without_time(by_header, row):
        return _with_header(by_header, by_header)
    return "layout_not_proven"


def _is_aligned_without_time(names: Mapping[str, int], row: Sequence[str]) -> bool:
    """Whether a row without a time has id, counts and addresses where its header says."""
    if tuple(names) not in (_OLDEST, *(_NEWEST[:width] for width in range(17, len(_NEWEST) + 1))):
        return False
    cells = {name: row[place].strip(BLANKS) for name, place in names.items()}
    return (
        cells["发布时间"] == ""
        and not any(_is_time(row, place) for place in _TIME_PLACES)
        and _MID.match(cells["id"]) is not None
        and all(_COUNT.match(cells[name]) for name in _COUNTS.values())
        and all(is_link(cells[name]) for name in _LINKS if name in cells)
    )


def _with_header(names: Mapping[str, int], by_header: Mapping[str, int]) -> Mapping[str, int | str]:
    found: dict[str, int | str] = {name: names[name] for name in _READ if name in names}
    headed = {name: by_header[name] for name in _HEADED if name in by_header}
    found |= {_HEADED[name]: place for name, place in headed.items()}
    if any(place != names.get(name) for name, place in headed.items()):
        found[_RULE] = "columns_shifted_search"
    return found


@dataclass(frozen=True)
class _WithPrevious:
    """Rows with the id, author and likes of the row before: of the post that a repost quotes."""

    inner: Delimited

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        before: tuple[str | None, ...] = (None, None, None)
        for found in self.inner.read(file, options):
            if isinstance(found, Reject):
                yield found
                continue
            names = ("id", "user_id", "点赞数")
            yield found.with_columns(
                found[name].shift(1, fill_value=value).alias(alias)
                for name, value, alias in zip(
                    names, before, (_BEFORE_ID, _BEFORE_USER, _BEFORE_LIKES), strict=True
                )
            )
            before = tuple(found[name][-1] for name in names)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        return self.inner.locate(file, record_number, options)


def _quotes_previous(frame: pl.DataFrame) -> pl.Series:
    """Whether the row reposts the post of the row before."""
    quoted = frame["retweet_id"].str.strip_chars()
    return ((quoted != "") & (quoted == frame[_BEFORE_ID].str.strip_chars())).fill_null(False)


def _quoted_author(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    known = _quotes_previous(frame)
    author = frame[_BEFORE_USER].str.strip_chars()
    return f.Parsed({"_repost_of_account_id": author.set(~known | (author == ""), None)})


def _likes(field: f.Field) -> f.Field:
    """A repost with exactly the likes of the post above it: whose likes they are is unknown."""

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        parsed = field.parse(frame, context)
        lo, hi = parsed.columns["likes_lo"], parsed.columns["likes_hi"]
        same = frame["点赞数"].str.strip_chars() == frame[_BEFORE_LIKES].str.strip_chars()
        doubtful = (_quotes_previous(frame) & same & (lo > 0)).fill_null(False)
        problem = parsed.problem
        if problem is None:
            problem = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
        columns = {"likes_lo": lo.set(doubtful, None), "likes_hi": hi.set(doubtful, None)}
        return f.Parsed(columns, problem.set(doubtful, "likes_of_quoted_post"), parsed.repairs)

    return f.Field(field.column, field.raw, parse)


def _count(stem: str) -> f.Field:
    raw = _COUNTS[stem]
    field = repairs.shifted(f.count(stem, raw), raw, _HEADED[raw], _RULE)
    beside = tuple(other for other in _COUNTS.values() if other != raw)
    return repairs.zero_means_missing(_likes(field) if stem == "likes" else field, beside)


def _sniff(head: Head) -> Evidence | None:
    header = head.first_line.split(",")
    if header[:3] == ["id", "bid", "user_id"] and "微博正文" in header:
        return Evidence(0.98, f"header id,bid,user_id with {len(header)} columns")
    return None


FORMAT = Format(
    id="weibo_search_csv",
    producer="dataabc/weibo-search",
    becomes=("posts", "metrics"),
    reader=_WithPrevious(
        Delimited(
            (*_READ, *_HEADED.values(), _RULE),
            layout=_layout,
            signature=_signature,
            repeats_header=_HEADER,
        )
    ),
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(),
                f.ident("post_id", "id", required=True),
                f.ident("account_id", "user_id", required=True),
                f.instant("posted_at", "发布时间", required=True, details="posted_at"),
                f.text("text", "微博正文"),
                f.ident("repost_of_post_id", "retweet_id"),
                f.computed("_repost_of_account_id", _quoted_author),
                f.computed("_author_verified", _verified),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(),
                f.ident("post_id", "id", required=True),
                f.ident("account_id", "user_id", required=True),
                *(_count(stem) for stem in _COUNTS),
                *f.observed(),
            ),
        ),
    ),
)
