"""The platforms a source may name, once. A platform is part of every account's and post's key."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

import polars as pl

PLATFORMS = (
    "weibo", "tencent_weibo", "people_weibo", "xinhua_weibo", "netease_weibo", "sohu_weibo",
    "twitter", "facebook", "instagram", "threads", "mastodon", "bluesky", "youtube", "telegram",
    "vk", "linkedin", "reddit", "tiktok", "douyin", "kuaishou", "bilibili", "xiaohongshu", "zhihu",
    "tieba", "wechat", "toutiao", "truth_social", "gab", "plurk", "news", "web",
)  # fmt: skip
"""`weibo` is Sina's; `web` and `news` are sites without accounts of their own."""

HOSTS: Mapping[str, str] = {
    "weibo.com": "weibo", "weibo.cn": "weibo", "t.qq.com": "tencent_weibo",
    "twitter.com": "twitter", "x.com": "twitter", "facebook.com": "facebook",
    "instagram.com": "instagram", "bsky.app": "bluesky", "xiaohongshu.com": "xiaohongshu",
    "douyin.com": "douyin", "bilibili.com": "bilibili", "t.me": "telegram",
    "youtube.com": "youtube", "zhihu.com": "zhihu",
}  # fmt: skip
"""Platform by host of the addresses that a file holds."""

ALIASES = {
    **HOSTS,
    "sina": "weibo", "sina_weibo": "weibo", "新浪微博": "weibo", "新浪": "weibo", "微博": "weibo",
    "wb": "weibo",
    "qq": "tencent_weibo", "tencent": "tencent_weibo", "腾讯微博": "tencent_weibo",
    "腾讯": "tencent_weibo", "人民微博": "people_weibo",
    "新华微博": "xinhua_weibo", "网易微博": "netease_weibo", "搜狐微博": "sohu_weibo",
    "x": "twitter", "tweet": "twitter", "推特": "twitter", "fb": "facebook", "脸书": "facebook",
    "ig": "instagram", "fediverse": "mastodon", "bsky": "bluesky", "atproto": "bluesky",
    "weixin": "wechat", "微信": "wechat", "微信公众号": "wechat", "抖音": "douyin",
    "快手": "kuaishou", "今日头条": "toutiao", "头条号": "toutiao", "哔哩哔哩": "bilibili",
    "b站": "bilibili", "rednote": "xiaohongshu", "xhs": "xiaohongshu", "小红书": "xiaohongshu",
    "知乎": "zhihu", "贴吧": "tieba", "website": "web", "internet": "web",
}  # fmt: skip
"""Other names people use, and what the platform is called here."""

UNKNOWN = "unknown_platform"
"""Reason code of a word that means no platform."""


class Platforms(NamedTuple):
    """Platforms as they are called here, and a reason code where a word means none."""

    value: pl.Series
    problem: pl.Series


def called(name: str) -> str | None:
    """The platform of this name, however it is written: 新浪微博, `Sina Weibo` and `weibo` are one.

    None where no platform is called so; nothing is guessed.
    """
    word = _plain(name)
    return word if word in PLATFORMS else ALIASES.get(word)


def nearest(name: str) -> str | None:
    """The platform that a mistyped or differently named one most likely means."""
    close = get_close_matches(_plain(name), PLATFORMS, n=1)
    return called(name) or (close[0] if close else None)


def parse_platforms(
    words: pl.Series, blank: str | None, own: Mapping[str, str] | None = None
) -> Platforms:
    """The platform that each word of a column names.

    blank: what a missing word means. own: words of the producer, as they stand in the file, that
    go before the names known here. A word that names no platform is refused (unknown_platform).
    """
    text = words.cast(pl.String).str.strip_chars()
    text = text.set((text == "").fill_null(False), None)
    meant = {word: called(word) for word in text.drop_nulls().unique()} | dict(own or {})
    value = text.replace_strict(meant, default=None, return_dtype=pl.String())
    none = pl.repeat(None, len(text), dtype=pl.String(), eager=True)
    problem = none.set(text.is_not_null() & value.is_null(), UNKNOWN)
    return Platforms(value.set(text.is_null(), blank) if blank else value, problem)


def _plain(name: str) -> str:
    word = unicodedata.normalize("NFKC", name).strip().lower()
    return word.replace(" ", "_").replace("-", "_")
