"""Files as their producers write them, seeded, of any size, in bounded memory.

Everything is invented. Values come from small pools, drawn with a seed, and from arithmetic on the
post's number, so that ten million records take minutes and the same call writes the same bytes
everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from typing import IO

NIGHTS = 10
"""How often a post is collected; the night after the last post is the first."""
_EPOCH = 1_782_835_200  # 2026-07-01 00:00 in Shanghai
_SPAN = 2_592_000  # posts are written within 30 days
_DAY = 86_400
_CLOCK = 515_483_463
_ACCOUNTS = 500
_FIRST_UID = 9_900_000_000
_RECORDS_A_SECOND = 20
_LINES_A_BLOCK = 8_192
_GROWN = (52, 70, 80, 87, 92, 95, 97, 98, 99, 100)
"""Per cent of its final counts that a post has after so many nights."""

ROWS_A_FILE = 100_000
"""Posts in one CSV of the account crawler, which keeps a file an account."""


# -- the four files -------------------------------------------------------------------------------
def tweets(path: Path, rows: int, seed: int = 7) -> None:
    """WeiboSpider's tweets with all fields and an embedded `user`, one night after the other."""
    _write(path, _tweets(rows, seed))


def rows_of_size(size: int, seed: int = 7) -> int:
    """How many tweets make a file of about `size` bytes."""
    sample = 20_000
    return size * sample // sum(len(line.encode()) for line in _tweets(sample, seed))


def snapshots(path: Path, rows: int) -> None:
    """The thinnest JSON Lines that WeiboSpider's format accepts: little but counts."""
    _write(path, _snapshots(rows))


def crawler_csv(folder: Path, rows: int, seed: int = 7) -> list[Path]:
    """weibo-crawler's CSV of today, `<name>/<uid>.csv`, newest post first.

    The header has 39 columns, an original 19 cells, a repost 37; ids end in a TAB; texts with a
    comma, a quote or a line break are quoted.
    """
    files = []
    for number, first in enumerate(range(0, rows, ROWS_A_FILE)):
        path = folder / f"样城发布{number}" / f"{_FIRST_UID + number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = _crawler_rows(first, min(ROWS_A_FILE, rows - first), seed)
        _write(path, lines, encoding="utf-8-sig")
        files.append(path)
    return files


def metrics_csv(path: Path, rows: int) -> None:
    """A regular CSV of counts, as a table of one's own would be declared with `format: mapped`."""
    _write(path, _metric_rows(rows))


def _write(path: Path, lines: Iterator[str], encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        _write_blocks(file, lines)


def _write_blocks(file: IO[str], lines: Iterator[str]) -> None:
    while block := "".join(islice(lines, _LINES_A_BLOCK)):
        file.write(block)


# -- posts ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Wall:
    """Shanghai wall time of a second of the span, from tables."""

    days: tuple[str, ...]
    clocks: tuple[str, ...]

    @classmethod
    def build(cls) -> _Wall:
        first = datetime.fromtimestamp(_EPOCH + 8 * 3600, UTC)
        days = (f"{first + timedelta(days=n):%Y-%m-%d}" for n in range(-1, 60))
        clocks = (f"{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(_DAY))
        return cls(tuple(days), tuple(clocks))

    def at(self, second: int) -> tuple[str, str]:
        """(2026-07-01, 08:15:30)."""
        day, rest = divmod(second - _EPOCH, _DAY)
        return self.days[day + 1], self.clocks[rest]


_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PAIRS = tuple(a + b for a in _BASE62 for b in _BASE62)


def _bid(mid: int) -> str:
    """The id as it stands in an address: groups of seven digits in base 62."""
    rest, low = divmod(mid, 10_000_000)
    high, middle = divmod(rest, 10_000_000)
    return (
        f"{_PAIRS[high // 62][1]}{_PAIRS[high % 62][1]}".lstrip("0")
        + _PAIRS[middle // 3844] + _PAIRS[middle % 3844]
        + _PAIRS[low // 3844] + _PAIRS[low % 3844]
    )  # fmt: skip


def _spread(number: int) -> int:
    """32 bits that look random, the same for the same post on every night."""
    return number * 2_654_435_761 & 0xFFFFFFFF


def _second(post: int, place: int, of: int) -> int:
    """When the post at this place among its account's `of` was written; the first is the newest."""
    step = max(1, _SPAN // of)
    return _EPOCH + _SPAN - 1 - place * _SPAN // of - _spread(post) % step


def _mid(post: int, second: int) -> int:
    return ((second - _CLOCK) << 22) + (_spread(post) & 0x3FFFFF)


def _counts(post: int) -> tuple[int, int, int]:
    """Final reposts, comments and likes: mostly few, one post in 64 a thousand times as many."""
    drawn = _spread(post + 17) >> 7
    scale = 997 if drawn % 64 == 0 else 1
    return drawn % 41 * scale, drawn % 59 * scale, drawn % 331 * scale


# -- wording --------------------------------------------------------------------------------------
_CLAUSES = (
    "今天上午我市召开新闻发布会通报最新情况", "民警提醒广大市民出行注意安全", "请勿轻信谣言",
    "相关部门正在进一步核实处理", "预计未来三天有中到大雨", "局部地区伴有雷电大风",
    "请居民关好门窗远离河道", "截至目前交通秩序正常", "感谢大家的理解和支持", "警方已介入调查",
    "有关情况将及时向社会公布", "办事窗口周末照常开放", "市民可通过热线电话反映问题",
    "防汛指挥部启动四级应急响应", "地铁二号线运营时间延长一小时", "暑期安全提示请家长务必看完",
    "消防救援人员第一时间赶到现场", "无人员伤亡", "请不信谣不传谣", "我们一直在",
)  # fmt: skip
_TAGS = ("样城通报", "平安样城", "样城天气", "防汛一线", "政务公开", "安全提示", "辟谣", "样城早安")
_ENDS = (
    "。", "！", "http://t.cn/A6abcdef", "[赞][赞]", "@平安样城 @样城发布 ", "(图/样城发布)",
    "\n详情请看长图",
    "，记者说：\"情况属实\"", "，转发扩散！\n\n来源：样城日报", " L样城发布的微博视频",
)  # fmt: skip
_CLIENTS = ("微博网页版", "政务微博", "iPhone客户端", "Android客户端", "微博视频号")
_PLACES = ("样省", "例省", "示省", "范省")


def _texts(seed: int, size: int = 4_096) -> list[str]:
    """Posts of 20 to 140 characters."""
    chance = Random(seed)
    found = []
    for _ in range(size):
        length = chance.randint(20, 140)
        text = f"#{chance.choice(_TAGS)}#" if chance.random() < 0.7 else ""
        end = chance.choice(_ENDS)
        while len(text) + len(end) < length:
            text += chance.choice(_CLAUSES) + chance.choice("，。，、；")
        found.append(text[: max(0, length - len(end))] + end)
    return found


def _inside_json(text: str) -> str:
    """As it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _pictures(seed: int) -> list[str]:
    """`"pic_urls": […], "pic_num": n` of no, one, three or nine pictures."""
    chance = Random(seed)
    found = []
    for _ in range(256):
        number = chance.choice((0, 0, 0, 1, 1, 3, 9))
        urls = [
            f"https://wx1.example/orj960/{chance.getrandbits(96):024x}{n}.jpg"
            for n in range(number)
        ]
        found.append(f'"pic_urls": {json.dumps(urls)}, "pic_num": {number}')
    return found


def _user(account: int, night: int) -> str:
    """The embedded author as the spider writes it; its counts move every night."""
    uid = _FIRST_UID + account
    user = {
        "_id": str(uid),
        "avatar_hd": f"https://tvax1.example/crop.0.0.1080.1080.1024/{uid:x}ly1h.jpg?Expires=1",
        "nick_name": f"平安样城{account}",
        "verified": True,
        "description": "发布权威信息，服务样城市民。报警请拨打110。",
        "followers_count": 20_000 + account * 977 + night * (account % 53),
        "friends_count": 300 + account % 200,
        "statuses_count": 10_000 + account * 31 + night * 25,
        "gender": "m",
        "location": f"{_PLACES[account % len(_PLACES)]} 样城",
        "mbrank": 7,
        "mbtype": 12,
        "credit_score": 80,
        "created_at": "2011-03-08 10:20:30",
        "verified_type": 1,
        "verified_reason": f"样城市公安局第{account}分局官方微博",
    }
    return json.dumps(user, ensure_ascii=False)


# -- lines ----------------------------------------------------------------------------------------
def _nightly(rows: int) -> Iterator[tuple[int, int, int, int, int]]:
    """(night, account, post, its second, when it was collected) of every record in file order."""
    posts = -(-rows // NIGHTS)
    bounds = [account * posts // _ACCOUNTS for account in range(_ACCOUNTS + 1)]
    written = 0
    for night in range(NIGHTS):
        begun = _EPOCH + _SPAN + night * _DAY + 9_000
        for account, (first, end) in enumerate(pairwise(bounds)):
            for post in range(first, end):
                if written == rows:
                    return
                written += 1
                second = _second(post, post - first, end - first)
                yield night, account, post, second, begun + post // _RECORDS_A_SECOND % 70_000


def _tweets(rows: int, seed: int) -> Iterator[str]:
    texts = [_inside_json(text) for text in _texts(seed)]
    pictures = _pictures(seed)
    wall = _Wall.build()
    current, user, uid = (-1, -1), "", 0
    for night, account, post, second, seen in _nightly(rows):
        if current != (night, account):
            current, user, uid = (night, account), _user(account, night), _FIRST_UID + account
        drawn = _spread(post)
        mid = _mid(post, second)
        bid = _bid(mid)
        day, clock = wall.at(second)
        grown = _GROWN[night]
        reposts, comments, likes = _counts(post)
        is_repost = "true" if drawn & 3 == 0 else "false"
        middle = ""
        if drawn & 3 == 0:
            middle = f', "retweet_id": "{mid - (86_400 << 22)}"'
        elif drawn & 15 == 1:
            middle = (
                f', "video": "https://f.video.example/o0/{bid}.mp4?label=mp4_720p&Expires={seen}"'
                f', "video_online_numbers": {drawn % 5}'
            )
        yield (
            f'{{"_id": "{mid}", "mblogid": "{bid}", "created_at": "{day} {clock}", "geo": null, '
            f'"ip_location": "发布于 {_PLACES[account & 3]}", '
            f'"reposts_count": {reposts * grown // 100}, '
            f'"comments_count": {comments * grown // 100}, '
            f'"attitudes_count": {likes * grown // 100}, "source": "{_CLIENTS[drawn % 5]}", '
            f'"content": "{texts[drawn >> 20]}{post}", {pictures[drawn >> 24]}, '
            f'"isLongText": {"true" if drawn & 7 == 5 else "false"}, "is_retweet": {is_repost}, '
            f'"user": {user}{middle}, "url": "https://weibo.com/{uid}/{bid}", '
            f'"reads_count": {likes * 97 * grown // 100}, "keyword": "样城", '
            f'"crawl_time": {seen}}}\n'
        )


def _snapshots(rows: int) -> Iterator[str]:
    wall = _Wall.build()
    for night, account, post, second, seen in _nightly(rows):
        mid = _mid(post, second)
        bid = _bid(mid)
        day, clock = wall.at(second)
        grown = _GROWN[night]
        reposts, comments, likes = _counts(post)
        yield (
            f'{{"_id":"{mid}","mblogid":"{bid}","created_at":"{day} {clock}",'
            f'"reposts_count":{reposts * grown // 100},"comments_count":{comments * grown // 100},'
            f'"attitudes_count":{likes * grown // 100},'
            f'"content":"#样城通报{post % 997}# 情况通报 {post}",'
            f'"isLongText":false,"is_retweet":false,'
            f'"url":"https://weibo.com/{_FIRST_UID + account}/{bid}","crawl_time":{seen}}}\n'
        )


def _metric_rows(rows: int) -> Iterator[str]:
    wall = _Wall.build()
    yield "post_id,account_id,collected_at,reposts,comments,likes\n"
    for night, account, post, second, seen in _nightly(rows):
        day, clock = wall.at(seen)
        grown = _GROWN[night]
        reposts, comments, likes = _counts(post)
        yield (
            f"{_mid(post, second)},{_FIRST_UID + account},{day}T{clock}+08:00,"
            f"{reposts * grown // 100},{comments * grown // 100},{likes * grown // 100}\n"
        )


_OWN = (
    "id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "Live Photo视频url", "位置",
    "日期", "工具", "点赞数", "评论数", "转发数", "话题", "@用户", "完整日期",
    "是否编辑过", "编辑次数",
)  # fmt: skip
_HEADER = (*_OWN, "是否原创", "源用户id", "源用户昵称", *(f"源微博{name}" for name in _OWN))


def _quoted(text: str) -> tuple[str, str]:
    """What stands before and after a number appended to the text in a cell, quoted if need be."""
    if any(mark in text for mark in ',"\n\r'):
        return '"' + text.replace('"', '""'), '"'
    return text, ""


def _crawler_rows(first: int, rows: int, seed: int) -> Iterator[str]:
    """One account's file: its header, then posts `first` to `first + rows`."""
    bodies = [_quoted(text) for text in _texts(seed)]
    wall = _Wall.build()
    yield ",".join(_HEADER) + "\r\n"
    for place in range(rows):
        post = first + place
        drawn = _spread(post)
        second = _second(post, place, rows)
        own = ",".join(_crawler_cells(post, second, bodies, wall))
        if drawn & 3:
            yield f"{own},False,0,True\r\n"
            continue
        source = ",".join(_crawler_cells(post + 1_000_003, second - 3_600, bodies, wall))
        author = drawn % 997
        yield f"{own},False,0,False,{_FIRST_UID + author},样城发布{author},{source}\r\n"


def _crawler_cells(
    post: int, second: int, bodies: Sequence[tuple[str, str]], wall: _Wall
) -> Iterable[str]:
    """The 16 cells that a post and the source of a repost share."""
    drawn = _spread(post)
    mid = _mid(post, second)
    start, end = bodies[drawn >> 20]
    day, clock = wall.at(second)
    reposts, comments, likes = _counts(post)
    picture = f"https://wx1.example/large/{drawn:024x}.jpg"
    topics = ('"样城通报,平安样城"', "样城通报", "", "")[drawn >> 5 & 3]
    pictures = (f'"{picture},{picture}"', picture, "", "")[drawn >> 7 & 3]
    return (
        f"{mid}\t", _bid(mid), f"{start}{post}{end}", "", pictures, "", "", "", f"{day}T{clock}",
        _CLIENTS[drawn % 5], str(likes), str(comments), str(reposts), topics, "", f"{day} {clock}",
    )  # fmt: skip
