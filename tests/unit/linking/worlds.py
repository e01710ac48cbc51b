"""Small worlds of titles and posts for the tests of linking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from orchestration.linking.scoring import HOUR_US, Block, Posts, Titles

NOISE = (
    "演员甲红毯造型", "歌手乙新歌上线", "如何看待早起", "秋天的第一杯奶茶", "球员丙夺冠",
    "为什么会打喷嚏",
    "周末去哪儿玩", "综艺丁大结局", "小猫学会开门", "最贵的月饼", "毕业照怎么拍", "地铁里的晚霞",
)  # fmt: skip
ROUTINE = (
    "早安 新的一天从护学岗开始", "办事指南 身份证办理窗口周六照常开放",
    "反诈提示 陌生链接不点 验证码不给",
    "路况 环城路施工请绕行", "禁毒宣讲进校园", "水库周边请勿游泳", "暖心一刻 民警帮老人找到家人",
)  # fmt: skip


def block(titles: Sequence[tuple[str, int]], posts: Sequence[tuple[str, int]]) -> Block:
    """Titles and posts at hours, amid others that have nothing to do with them."""
    named = [*titles, *((text, 0) for text in NOISE)]
    said = [*posts, *((text, 0) for text in ROUTINE)]
    return Block(
        Titles(
            [text.replace(" ", "") for text, _ in named], [text for text, _ in named],
            np.array([hour * HOUR_US for _, hour in named]),
        ),
        Posts([text for text, _ in said], np.array([hour * HOUR_US for _, hour in said])),
    )  # fmt: skip
