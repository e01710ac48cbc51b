"""dataabc/weibo-crawler CSV: `<screen_name>/<uid>.csv`, ragged, with a byte order mark.

The account's id and name stand only in the path. A header of 39 columns sits above rows of 19
cells (originals) and 37 (reposts, whose source post has no edit columns). Because runs
append, the layout is decided per row from (header width, row width).
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, FileFacts, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.delimited import Delimited

_POST = (
    "id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "Live Photo视频url", "位置",
    "日期", "工具", "点赞数", "评论数", "转发数", "话题", "@用户", "完整日期", "是否编辑过",
    "编辑次数",
)  # fmt: skip
_OWN = (*_POST, "是否原创")
_SOURCE = tuple(f"源微博{name}" for name in _POST[:-2])
_REPOST = (*_OWN, "源用户id", "源用户昵称", *_SOURCE)

LAYOUTS: dict[tuple[int, int], tuple[str, ...]] = {
    (39, 19): _OWN,
    (39, 37): _REPOST,
    (18, 18): _POST,
}
"""(header width, row width) to the names of the row's cells; files written since 2025-12-03."""


def _layout(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | None:
    names = LAYOUTS.get((len(header), len(row)))
    return None if names is None else {name: place for place, name in enumerate(names)}


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    del zone
    uid = file.inner_path.stem
    if not (uid.isdigit() and 5 <= len(uid) <= 12):
        return Reject(
            "no_account_in_path",
            "the file is not named <uid>.csv, so whose posts these are is unknown; rename it as "
            "the crawler wrote it",
            extent="file",
        )
    parent = file.inner_path.parent.name
    return {"@uid": uid, "@screen_name": parent if parent and parent != uid else None}


def _sniff(head: Head) -> Evidence | None:
    header = head.first_line.split(",")
    if header[:3] == ["id", "bid", "正文"]:
        return Evidence(0.98, f"header id,bid,正文 with {len(header)} columns")
    return None


FORMAT = Format(
    id="weibo_crawler_csv",
    producer="dataabc/weibo-crawler",
    becomes=("posts", "metrics"),
    reader=Delimited(_REPOST, layout=_layout),
    facts=_facts,
    sniff=_sniff,
    version="2025-12-03",
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(),
                f.ident("post_id", "id", required=True),
                f.ident("account_id", "@uid", required=True),
                f.instant("posted_at", "完整日期", required=True, details="posted_at"),
                f.text("text", "正文"),
                f.flag("_is_original", "是否原创", absent=True),
                f.ident("repost_of_post_id", "源微博id"),
                f.ident("_repost_of_account_id", "源用户id"),
                f.flag("is_edited", "是否编辑过"),
                f.whole_number("edit_count", "编辑次数"),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(),
                f.ident("post_id", "id", required=True),
                f.ident("account_id", "@uid", required=True),
                f.count("likes", "点赞数"),
                f.count("comments", "评论数"),
                f.count("reposts", "转发数"),
                *f.observed(),
            ),
        ),
    ),
)
