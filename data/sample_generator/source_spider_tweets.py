"""`inbox/spider_tweets`: what nghuyong/WeiboSpider's tweet_spider_by_user_id leaves behind.

One gzip of JSON lines a night. Each post is collected on its first night and once to three
times more, so that its counts can be seen growing. `user` is deleted by that spider: whose post
it is stands only in `url`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from .files import Files, cut_gzip_bytes, gzip_bytes, json_line
from .posts import Post, PostWriter
from .study_period import DAY, END, HOUR, second_at, tweet_nights, wall
from .world import World, stream

_LATER_NIGHTS = ((1, 0.52), (3, 0.3), (7, 0.2))
_CLIENTS = ("微博网页版", "政务微博", "iPhone客户端", "Android客户端")
_BOTH_SHARE = 0.12
"""Of the accounts that the CSV crawler follows as well, this share of posts is here too."""

Nights = dict[date, list[Post]]
Lines = list[bytes]


def spider_tweets(world: World) -> Files:
    """All nightly files, and the defects among them."""
    rng = stream("spider tweets")
    files: Files = {}
    lines_of: dict[date, Lines] = {}
    for night, posts in _plan(world, rng).items():
        begun = second_at(night, 2, 30)
        posts.sort(key=lambda post: (post.account.uid, post.mid))
        lines_of[night] = [
            json_line(record(post, begun + 2 * number)) for number, post in enumerate(posts)
        ]
    _damage(world, lines_of)
    for night, lines in lines_of.items():
        files[_name(night)] = gzip_bytes(b"".join(lines))
    files[_name(date(2026, 7, 12), "_copy")] = files[_name(date(2026, 7, 12))]
    files[_name(date(2026, 7, 24), clock="120000")] = _broken_transfer(world)
    return files


def record(post: Post, collected_at: int) -> dict[str, Any]:
    """One row as the spider writes it."""
    reposts, comments, likes = post.counts_at(collected_at)
    pictures = int(post.mid % 5 == 0 and post.original is None)
    row: dict[str, Any] = {
        "_id": str(post.mid),
        "mblogid": post.bid,
        "created_at": wall(post.second),
        "geo": None,
        "ip_location": f"发布于 {post.account.place.province}",
        "reposts_count": reposts,
        "comments_count": comments,
        "attitudes_count": likes,
        "source": _CLIENTS[int(post.account.uid) % len(_CLIENTS)],
        "content": post.text,
        "pic_urls": [f"https://wx1.example/large/{n}.jpg" for n in range(pictures)],
        "pic_num": pictures,
        "isLongText": False,
        "is_retweet": post.original is not None,
    }
    if post.original is not None:
        row["retweet_id"] = str(post.original.mid)
    return row | {"url": post.url, "crawl_time": collected_at}


def _name(night: date, mark: str = "", clock: str = "023000") -> str:
    folder = "inbox/spider_tweets"
    return f"{folder}/tweet_spider_by_user_id_{night:%Y%m%d}{clock}{mark}.jsonl.gz"


def _plan(world: World, rng: Random) -> Nights:
    """Which post is collected in which night."""
    nights = tweet_nights()
    runs = set(nights)
    plan: Nights = {night: [] for night in nights}
    for post in world.posts:
        followed = post.account.collector == "spider"
        if not followed and not (post.account.collector == "both" and rng.random() < _BOTH_SHARE):
            continue
        first = next(night for night in nights if second_at(night, 2, 30) > post.second)
        chosen = [first]
        drawn = [n for n, share in _LATER_NIGHTS if rng.random() < share] or [1]
        chosen += [first + timedelta(days=n) for n in drawn]
        for night in chosen:
            gone = post.account.gone_on
            if night in runs and (gone is None or night < gone or night == first):
                plan[night].append(post)
    return plan


def _broken_transfer(world: World) -> bytes:
    """A rerun at noon whose transfer broke off in the middle of its 41st line."""
    begun = second_at(date(2026, 7, 24), 12)
    recent = [
        post
        for post in world.posts
        if post.account.collector == "spider" and begun - DAY < post.second < begun - HOUR
    ]
    lines = [json_line(record(post, begun + n)) for n, post in enumerate(recent[:41])]
    return cut_gzip_bytes(b"".join(lines)[: -len(lines[-1]) // 2])


def _damage(world: World, lines_of: dict[date, Lines]) -> None:
    """Plant defects. A damaged row is a post of its own that stands nowhere else."""
    maker = _DefectMaker(world)
    by_night: dict[date, Lines] = defaultdict(list)
    by_night[date(2026, 7, 8)] += [maker.line(8)[:211] + b"\n"]
    by_night[date(2026, 7, 9)] += [maker.line(9).replace("平安".encode(), b"\x00", 1)]
    by_night[date(2026, 7, 10)] += [maker.line(10).replace("平安".encode(), b"\\ud83d", 1)]
    by_night[date(2026, 7, 15)] += [
        maker.line(15, attitudes_count=-1),
        maker.line(15, comments_count=1.5),
        maker.line(15, attitudes_count="100万+"),
        maker.line(15, reposts_count="1.2万"),
    ]
    by_night[date(2026, 7, 16)] += [maker.line(16, _id="5.31E+15"), maker.line(16, drop="_id")]
    by_night[date(2026, 7, 20)] += [maker.shifted(20, -8 * HOUR) for _ in range(3)]
    by_night[date(2026, 7, 21)] += [maker.shifted(21, 5 * DAY), maker.shifted(21, -40 * DAY)]
    by_night[date(2026, 7, 22)] += [maker.to_the_minute(22) for _ in range(3)]
    by_night[date(2026, 7, 25)] += [maker.from_the_future(25)]
    by_night[date(2026, 7, 27)] += [maker.line(27, content=text) for text in _HOSTILE]
    by_night[date(2026, 7, 28)] += [maker.line(28, content=text) for text in _INVISIBLE]
    by_night[date(2026, 7, 29)] += [maker.cut_repost(29) for _ in range(3)]
    by_night[date(2026, 7, 30)] += [
        maker.line(30).replace(b'"geo":null', b'"reposts_count":7,"geo":null', 1)
    ]
    for night, lines in by_night.items():
        lines_of[night][5:5] = lines
    duplicated = lines_of[date(2026, 7, 11)]
    duplicated += duplicated[10:13]


_HOSTILE = (
    "平安样城<script>alert('sample')</script>",
    "平安样城 {{ env_var('HOME') }} ${HOME} {% raw %}",
    '=HYPERLINK("http://example.invalid","平安样城")',
    "平安样城'; DROP TABLE posts; --",
    "平安样城 ![x](http://example.invalid/x.png) [样](javascript:alert(1))",
)
_INVISIBLE = (
    "\u200b平安\u200b样城\u200d，零宽字符就在这句话里。\u200b",
    "\ufeff平安样城\u00a0不换行空格\u2060和连接符。",
)


class _DefectMaker:
    """Posts that exist only to be damaged, on the day before a night in July."""

    def __init__(self, world: World) -> None:
        self._rng = stream("damaged tweets")
        self._writer = PostWriter(self._rng)
        self._accounts = [
            account
            for account in world.accounts
            if (account.collector, account.listed) == ("spider", "first")
            and (account.level, account.kind) == ("county", "organ")
            and not (account.gone_on or account.silent_from or account.away)
        ][:10]
        self._heads = [post for post in world.posts if post.account.level == "ministry"]
        self._count = 0

    def line(self, night: int, drop: str = "", **changes: object) -> bytes:
        """One row, with changed values or without one of its keys."""
        post, collected_at = self._post(night)
        row = {**record(post, collected_at), **changes}
        row.pop(drop, None)
        return json_line(row)

    def shifted(self, night: int, seconds: int) -> bytes:
        """A row whose created_at lies this far off the clock in its id."""
        post, collected_at = self._post(night)
        return json_line(record(post, collected_at) | {"created_at": wall(post.second + seconds)})

    def to_the_minute(self, night: int) -> bytes:
        """A row whose created_at lost its seconds."""
        post, collected_at = self._post(night)
        cut = wall(post.second // 60 * 60)
        return json_line(record(post, collected_at) | {"created_at": cut})

    def from_the_future(self, night: int) -> bytes:
        """A row whose id and created_at agree on a day long after it was collected."""
        _, collected_at = self._post(night)
        later = END + 200 * DAY
        post = self._writer.write(self._accounts[0], later, "平安样城，来自未来。")
        return json_line(record(post, collected_at))

    def cut_repost(self, night: int) -> bytes:
        """A repost of which the spider kept only the beginning."""
        post, collected_at = self._post(night)
        post.original = self._heads[night]
        post.text = (
            "平安样城转发：暑期安全提示请家长们务必看完，第一条是远离野外水域，第二条 ...全文"
        )
        return json_line(record(post, collected_at))

    def _post(self, night: int) -> tuple[Post, int]:
        self._count += 1
        account = self._accounts[self._count % len(self._accounts)]
        begun = second_at(date(2026, 7, night), 2, 30)
        second = begun - self._rng.randint(9, 17) * HOUR - self._rng.randint(1, 59)
        text = f"平安样城，第{self._count}次安全检查完成。"
        return self._writer.write(account, second, text), begun + self._count
