"""dataabc/weibo-crawler `users.csv`: one line an account, frozen at its first crawl.

The crawler never updates an account once it stands here; only the last column (id and day of
its newest post) is rewritten, by cutting physical lines at commas. A quoted cell with a line
break in it loses its opening quote that way, and the account falls apart into lines that are
refused. The columns IP属地 and 上次记录微博信息 were added later; rows may be wider than the
header above them, and say by their own width what they hold.

No date stands in the file. observed_at is its modification time, and says no more than that the
account was seen so at some time before: `observed_at_source` is `upper_bound`, and the counts,
which every later delivery repeats, never make a series. Where the crawl is known, declare
`observed_at:` for the source; the counts then belong to that instant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from orchestration.cleaning import field_repairs as repairs
from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, Format, Head, Naming
from orchestration.sources.readers.delimited import BLANKS, Delimited

_OLDEST = (
    "用户id", "昵称", "性别", "生日", "所在地", "学习经历", "公司", "注册时间", "阳光信用",
    "微博数", "粉丝数", "关注数", "简介", "主页", "头像", "高清头像", "微博等级", "会员等级",
    "是否认证", "认证类型", "认证信息",
)  # fmt: skip
_WITH_LAST = (*_OLDEST, "上次记录微博信息")
_NEWEST = (*_WITH_LAST[:5], "IP属地", *_WITH_LAST[5:])
_LAYOUTS = {len(names): names for names in (_OLDEST, _WITH_LAST, _NEWEST)}
_READ = (
    "用户id",
    "昵称",
    "注册时间",
    "微博数",
    "粉丝数",
    "关注数",
    "是否认证",
    "认证类型",
    "认证信息",
)
_COUNTS = ("微博数", "粉丝数", "关注数")
_HEADED = {name: f"@headed:{name}" for name in _COUNTS}
_RULE = "@rule"
_UID = re.compile(r"^[0-9]{5,12}$")
_LAST_POST = re.compile(r"^[0-9]{16} [0-9]{4}-[0-9]{2}-[0-9]{2}$")


_HEADER = ("用户id", "昵称")


def _signature(cells: pl.DataFrame) -> pl.Series:
    """Whether the first cell is an account, and whether the last one is a last post."""
    first, last = (
        pl.col(str(place)).str.strip_chars(BLANKS).str.contains(pattern.pattern).cast(pl.String)
        for place, pattern in ((0, _UID), (cells.width - 1, _LAST_POST))
    )
    return cells.select(pl.concat_str(first, last, separator=" ").alias("signature"))["signature"]


def _is_account(row: Sequence[str]) -> bool:
    return _UID.match(row[0].strip(BLANKS)) is not None


def _ends_in_last_post(row: Sequence[str]) -> bool:
    return _LAST_POST.match(row[-1].strip(BLANKS)) is not None


def _layout(header: Sequence[str], row: Sequence[str]) -> dict[str, int | str] | str | None:
    names = _LAYOUTS.get(len(row))
    if names is None or not _is_account(row):
        is_piece = not _is_account(row) or _ends_in_last_post(row)
        return "line_cut_by_crawler" if is_piece else None
    found: dict[str, int | str] = {name: names.index(name) for name in _READ}
    headed = {name: header.index(name) for name in _COUNTS if name in header}
    found |= {_HEADED[name]: place for name, place in headed.items()}
    if any(place != found[name] for name, place in headed.items()):
        found[_RULE] = "columns_shifted_users"
    return found


def _proof(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """A whole line has True or False where it says whether the account is verified."""
    word = frame["是否认证"].str.strip_chars().str.to_lowercase()
    proven = word.is_in(["true", "false"]).fill_null(False)
    reason = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
    return f.Parsed(
        {"_layout": proven.set(~proven, None)}, reason.set(~proven, "layout_not_proven")
    )


def _bound(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """A modification time bounds the first crawl from above; a declared time is that of it."""
    source = frame[f.OBSERVED_AT_SOURCE]
    return f.Parsed({"observed_at_source": source.replace({"file_mtime": "upper_bound"})})


def _count(stem: str, raw: str) -> f.Field:
    return repairs.shifted(f.count(stem, raw), raw, _HEADED[raw], _RULE)


def _sniff(head: Head) -> Evidence | None:
    header = head.first_line.split(",")
    if header[:3] == ["用户id", "昵称", "性别"] and "粉丝数" in header:
        return Evidence(0.98, f"header 用户id,昵称,性别 with {len(header)} columns")
    return None


FORMAT = Format(
    id="weibo_crawler_users_csv",
    producer="dataabc/weibo-crawler",
    becomes=("accounts",),
    reader=Delimited(
        (*_READ, *_HEADED.values(), _RULE),
        layout=_layout,
        signature=_signature,
        repeats_header=_HEADER,
    ),
    naming=Naming.LISTS,
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.ident("account_id", "用户id", required=True),
                f.computed("_layout", _proof, required=True),
                f.text("screen_name", "昵称"),
                f.text("verified_type", "认证类型"),
                f.text("_verified_reason", "认证信息"),
                f.instant("registered_at", "注册时间"),
                _count("statuses", "微博数"),
                _count("followers", "粉丝数"),
                _count("following", "关注数"),
                *f.observed(),
                f.computed("observed_at_source", _bound),
            ),
        ),
    ),
)
