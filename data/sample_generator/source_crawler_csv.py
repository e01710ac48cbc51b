"""`inbox/crawler_csv`: what dataabc/weibo-crawler writes today.

The header has 39 columns, an original row 19 cells, a repost row 37. The id ends in a TAB, text
may have several lines, and whose posts they are stands only in the path.
"""

from __future__ import annotations

import re

from .accounts import Account
from .files import Files, csv_text, gzip_bytes
from .posts import Post, PostWriter
from .study_period import DAY, DAYS, MORNING_AFTER, local, second_at, wall
from .world import World, stream

_OWN_COLUMNS = (
    "id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "Live Photo视频url", "位置",
    "日期", "工具", "点赞数", "评论数", "转发数", "话题", "@用户", "完整日期",
    "是否编辑过", "编辑次数",
)  # fmt: skip
HEADER = (
    *_OWN_COLUMNS,
    "是否原创",
    "源用户id",
    "源用户昵称",
    *(f"源微博{name}" for name in _OWN_COLUMNS),
)
_PLAIN_FILE = "平安例省"
"""This account's file stays uncompressed; it holds the defects."""
_CRAWLED_AT = second_at(MORNING_AFTER, 2, 30)
HEADER_ONLY, UNDECLARED_ENCODING = 3, 8
"""Positions, among the stations, of the two accounts whose files are defects."""


def crawler_csv(world: World) -> Files:
    """A file an account in a folder of its screen name."""
    files: Files = {}
    for account in world.accounts:
        if account.collector in ("csv", "both"):
            posts = [post for post in world.posts if post.account is account]
            rows = [row(post) for post in sorted(posts, key=lambda post: -post.mid)]
            if account.screen_name == _PLAIN_FILE:
                rows = _with_defects(world, account, rows)
            data = _encoded(rows)
            is_plain = account.screen_name == _PLAIN_FILE
            name = _name(account)
            files[name if is_plain else f"{name}.gz"] = data if is_plain else gzip_bytes(data)
    stations = [account for account in world.accounts if account.level == "station"]
    files[_name(stations[HEADER_ONLY])] = _encoded([])
    files[_name(stations[UNDECLARED_ENCODING])] = _saved_by_a_spreadsheet(
        stations[UNDECLARED_ENCODING]
    )
    return files


def row(post: Post) -> list[object]:
    """19 cells for an original, 37 for a repost."""
    cells = [*_cells(post), "False", "0", str(post.original is None)]
    if post.original is not None:
        source = post.original
        cells += [source.account.uid, source.account.screen_name, *_cells(source)]
    return cells


def _cells(post: Post) -> list[object]:
    reposts, comments, likes = post.counts_at(_CRAWLED_AT)
    tags = ",".join(re.findall(r"#([^#\n]+)#", post.text))
    mentions = ",".join(re.findall(r"@(\w+)", post.text))
    iso = local(post.second).strftime("%Y-%m-%dT%H:%M:%S")
    return [
        f"{post.mid}\t", post.bid, post.text, "", "", "", "", "", iso, "政务微博",
        likes, comments, reposts, tags, mentions, wall(post.second),
    ]  # fmt: skip


def _name(account: Account) -> str:
    return f"inbox/crawler_csv/{account.screen_name}/{account.uid}.csv"


def _encoded(rows: list[list[object]]) -> bytes:
    return csv_text([HEADER, *rows]).encode("utf-8-sig")


def _with_defects(world: World, account: Account, rows: list[list[object]]) -> list[list[object]]:
    """Damaged rows are posts of their own; only the duplicates repeat rows that are there."""
    rng = stream("damaged csv")
    writer = PostWriter(rng)

    def fresh(day: int, text: str) -> list[object]:
        second = second_at(DAYS[day], 10, rng.randrange(60), rng.randrange(60))
        return row(writer.write(account, second, text))

    scientific = fresh(20, "平安例省，表格软件改写了编号。")
    scientific[0] = "4.9E+15"
    wide = [*fresh(21, "平安例省，这一行有24格。"), *("多余",) * 5]
    minute = fresh(22, "平安例省，时间只到分钟。")
    minute[8], minute[15] = str(minute[8])[:16], str(minute[15])[:16]
    displayed = fresh(23, "平安例省，点赞数是界面上的字样。")
    displayed[10], displayed[11] = "100万+", "1,234"
    formula = fresh(24, '=HYPERLINK("http://example.invalid","平安例省")')
    broken_quotes = fresh(25, '平安例省说："别信"，\n第二行, 带逗号\n\n第四行')
    head = next(post for post in world.posts if post.account.screen_name == "示例公安在线")
    cut = row(writer.write(account, head.second + DAY, "转发长文 ...全文", original=head))
    planted = [scientific, wide, minute, displayed, formula, broken_quotes, cut]
    return [*rows[:40], *planted, *rows[40:], *rows[:3]]


def _saved_by_a_spreadsheet(account: Account) -> bytes:
    """GB18030 without a mark, and nobody declared it."""
    rng = stream("spreadsheet csv")
    writer = PostWriter(rng)
    posts = [
        writer.write(account, second_at(day, 9, rng.randrange(60)), f"{account.place.name}早安。")
        for day in DAYS[::2]
    ]
    return csv_text([HEADER, *[row(post) for post in posts]]).encode("gb18030")
