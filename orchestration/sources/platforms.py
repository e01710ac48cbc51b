"""The platforms a source may name, once. A platform is part of every account's and post's key."""

from __future__ import annotations

from difflib import get_close_matches

PLATFORMS = (
    "weibo", "tencent_weibo", "people_weibo", "xinhua_weibo", "netease_weibo", "sohu_weibo",
    "twitter", "facebook", "instagram", "threads", "mastodon", "bluesky", "youtube", "telegram",
    "vk", "linkedin", "reddit", "tiktok", "douyin", "kuaishou", "bilibili", "xiaohongshu", "zhihu",
    "tieba", "wechat", "toutiao", "truth_social", "gab", "plurk", "news", "web",
)  # fmt: skip
"""`weibo` is Sina's; `web` and `news` are sites without accounts of their own."""

ALIASES = {
    "sina": "weibo", "sina_weibo": "weibo", "新浪微博": "weibo", "微博": "weibo", "wb": "weibo",
    "qq": "tencent_weibo", "腾讯微博": "tencent_weibo", "人民微博": "people_weibo", "x": "twitter",
    "x.com": "twitter", "tweet": "twitter", "fb": "facebook", "ig": "instagram",
    "fediverse": "mastodon", "bsky": "bluesky", "atproto": "bluesky", "weixin": "wechat",
    "微信": "wechat", "抖音": "douyin", "快手": "kuaishou", "今日头条": "toutiao",
    "rednote": "xiaohongshu", "xhs": "xiaohongshu", "小红书": "xiaohongshu", "知乎": "zhihu",
    "贴吧": "tieba", "website": "web", "internet": "web",
}  # fmt: skip
"""Other names people use, and what the platform is called here."""


def nearest(name: str) -> str | None:
    """The platform that a mistyped or differently named one most likely means."""
    word = name.strip().lower().replace(" ", "_").replace("-", "_")
    if word in PLATFORMS:
        return word
    if word in ALIASES:
        return ALIASES[word]
    close = get_close_matches(word, PLATFORMS, n=1)
    return close[0] if close else None
