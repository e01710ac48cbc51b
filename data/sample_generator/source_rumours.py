"""`inbox/rumours`: rulings in the CHECKED schema, and posts with repost timelines as in CED.

Authors here are ordinary people: invented ids that never appear in an account list.
"""

from __future__ import annotations

from random import Random
from typing import Any

from .files import Files, json_document, json_line
from .posts import Rebuttal
from .study_period import DAY, END, HOUR, START, local, wall
from .weibo_ids import bid_of, mid_at
from .world import World, stream

_RULING_COUNT = 40
_CED_COUNT = 20
_TIMELINE_COUNT = 8
_UNCITED = frozenset({5, 14, 23, 31, 38})
"""Rulings that name no rebuttal."""
_THOUSANDS = 7
"""This ruling's comment count is "1,234"."""
_EMPTY_USER = frozenset({3, 11})
_TEXT_TIME = frozenset({6, 15})
_COMMENTS = ("转发微博", "真的吗？", "谣言吧", "这是谣言！", "求证实", "大家注意", "@样友 快看", "")


def rumours(world: World) -> Files:
    """Everything below inbox/rumours."""
    rng = stream("rumours")
    lines = [_ruling(n, denial, rng) for n, denial in enumerate(world.rebuttals[:_RULING_COUNT])]
    files: Files = {"inbox/rumours/checked_2026.jsonl": b"".join(map(json_line, lines))}
    for number in range(_CED_COUNT):
        files |= _ced(number, world, rng)
    return files


def _ruling(number: int, denial: Rebuttal, rng: Random) -> dict[str, Any]:
    post = denial.post
    name = post.account.screen_name
    if number in _UNCITED:
        analysis = "【平台判定】经查，该微博内容不实，未发现可靠来源，予以标记。"
    else:
        analysis = (
            f"【平台判定】经查，此微博称“{denial.claim}”不实，@{name} 已发布说明：{post.url} 。"
            "发布者禁言7天。"
        )
    comments = str(int(rng.lognormvariate(4, 1.2)))
    return {
        "label": "fake",
        "id": f"{rng.getrandbits(128):032x}",
        "date": wall(denial.claimed_at)[:16],
        "user_id": f"{rng.getrandbits(128):032x}",
        "text": f"听说{denial.claim}，是真的吗？大家千万小心，赶紧转给家人！",
        "pic_url": [],
        "video_url": "",
        "comment_num": "1,234" if number == _THOUSANDS else comments,
        "repost_num": str(int(rng.lognormvariate(4.5, 1.3))),
        "like_num": str(int(rng.lognormvariate(3.8, 1.3))),
        "analysis": analysis,
    }


def _ced(number: int, world: World, rng: Random) -> Files:
    """One original post, and for some its reposts. Six are denied later by an official post."""
    denials = world.rebuttals[_RULING_COUNT:]
    if number < len(denials):
        text, second = f"刚听说{denials[number].claim}！", denials[number].claimed_at
    else:
        place = rng.choice([t.place.name for t in world.incidents])
        text = f"{place}有人说今晚要停水停电，家里都囤点东西吧，第{number}次听到了。"
        second = START + rng.randrange(DAY, 55 * DAY)
    mid = mid_at(second, rng)
    uid = f"98{rng.randrange(10_000_000, 99_999_999)}"
    name = f"{number + 1}_{bid_of(mid)}_{uid}.json"
    original = _original(number, text, second, rng)
    files: Files = {f"inbox/rumours/ced/original-microblog/{name}": json_document(original)}
    if number < _TIMELINE_COUNT:
        timeline = _timeline(second, bid_of(mid), rng)
        files[f"inbox/rumours/ced/rumor-repost/{name}"] = json_document(timeline)
    return files


def _original(number: int, text: str, second: int, rng: Random) -> dict[str, Any]:
    at = local(second)
    user: dict[str, Any] | str = {
        "verified": False,
        "description": bool(number % 2),
        "gender": "mf"[number % 2],
        "messages": rng.randint(20, 9000),
        "followers": rng.randint(5, 4000),
        "location": "其他",
        "time": START - rng.randrange(200, 4000) * DAY,
        "friends": rng.randint(10, 900),
        "verified_type": -1,
    }
    time: int | str = second
    if number in _EMPTY_USER:
        user, time = "", ""
    if number in _TEXT_TIME:
        time = at.strftime("%a %b %d %H:%M:%S +0800 %Y")
    return {
        "multi" if number % 2 else "multi_type": None,
        "text": text,
        "user": user,
        "has_url": False,
        "comments": rng.randint(0, 300),
        "pics": number % 2,
        "source": "微博 weibo.com",
        "likes": rng.randint(0, 90),
        "time": time,
        "reposts": rng.randint(5, 900),
    }


def _timeline(second: int, parent: str, rng: Random) -> list[dict[str, Any]]:
    rows = []
    for _ in range(rng.randint(18, 32)):
        at = second + int(rng.lognormvariate(1.2, 1.3) * HOUR)
        if at < END:
            uid = f"98{rng.randrange(10_000_000, 99_999_999)}"
            rows.append(
                {
                    "kids": [],
                    "uid": uid if rng.random() < 0.85 else f"yangyou{uid[-4:]}",
                    "parent": parent if rng.random() < 0.3 else "",
                    "text": rng.choice(_COMMENTS),
                    "mid": bid_of(mid_at(at, rng)),
                    "date": wall(at),
                }
            )
    return rows
