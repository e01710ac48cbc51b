"""`inbox/spider_users`: the nightly profiles of WeiboSpider's user spider.

The private fields (gender, birthday, avatar) are there on purpose: the door must drop them.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from .accounts import Account
from .files import Files, gzip_bytes, json_line
from .study_period import SECOND_LIST_DAY, day_of, second_at, user_nights, wall
from .world import World

_DISPLAYED = {date(2026, 7, 17): "30.1万", date(2026, 7, 18): "100万+"}
"""Nights on which one profile's follower count is a display string."""


def spider_users(world: World) -> Files:
    """One gzip of JSON lines a night with every account that could be seen, and an empty file."""
    posted_on = Counter((post.account.uid, day_of(post.second)) for post in world.posts)
    posted_by: Counter[str] = Counter()
    files: Files = {}
    nights = set(user_nights())
    first, *_ = sorted(nights)
    for number in range(len(world.accounts[0].followers)):
        night = date.fromordinal(first.toordinal() + number)
        if night in nights:
            files[_name(night)] = gzip_bytes(_profiles(world, night, number, posted_by, posted_on))
        for account in world.accounts:
            posted_by[account.uid] += posted_on[account.uid, night]
    files["inbox/spider_users/user_spider_20260714120000.jsonl"] = b""
    return files


def _name(night: date) -> str:
    return f"inbox/spider_users/user_spider_{night:%Y%m%d}021000.jsonl.gz"


def _profiles(
    world: World,
    night: date,
    number: int,
    posted_by: Counter[str],
    posted_on: Counter[tuple[str, date]],
) -> bytes:
    begun = second_at(night, 2, 10)
    lines: list[bytes] = []
    yesterday = date.fromordinal(night.toordinal() - 1)
    for account in world.accounts:
        is_watched = account.listed != "second" or night >= SECOND_LIST_DAY
        if is_watched and account.exists_on(night):
            profile = _profile(account, night, number, begun + len(lines))
            profile["statuses_count"] = account.earlier_posts + posted_by[account.uid]
            posts = posted_on[account.uid, yesterday]
            if posts > 4:
                profile["label_desc"] = [f"昨日发博{posts}，阅读数100万+，互动数{posts}.{posts}万"]
            lines.append(json_line(profile))
    return b"".join(lines)


def _profile(account: Account, night: date, number: int, collected_at: int) -> dict[str, Any]:
    followers: int | str = account.followers[number]
    if account.screen_name in ("样江公安", "示例公安在线"):
        is_large = account.screen_name == "示例公安在线"
        displayed = _DISPLAYED.get(night)
        if displayed and displayed.endswith("+") == is_large:
            followers = displayed
    is_officer = account.kind == "officer"
    return {
        "_id": account.uid,
        "avatar_hd": f"https://tvax1.example/{account.uid}.jpg",
        "nick_name": account.name_on(night),
        "verified": True,
        "description": "",
        "followers_count": followers,
        "friends_count": account.friends,
        "statuses_count": 0,
        "gender": "f" if is_officer and int(account.uid) % 2 else "m",
        "location": account.place.province,
        "created_at": wall(account.registered_at),
        "verified_type": account.verified_type,
        "verified_reason": account.verified_reason,
        "birthday": "1990-01-01" if is_officer else "",
        "ip_location": f"IP属地：{account.place.province}",
        "label_desc": [],
        "crawl_time": collected_at,
    }
