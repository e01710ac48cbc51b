"""Numbers and places decide between bulletins of the same wording."""

from __future__ import annotations

import pytest

from orchestration.linking.facts import agreement, facts


@pytest.mark.parametrize(
    ("title", "post", "found", "missing", "is_ok"),
    [
        ("新增12例", "今日新增12例", 1, 0, True),
        ("新增12例", "今日新增13例", 0, 1, False),
        ("新增12例", "今日有新增病例", 0, 1, True),
        ("奖励8.6万元", "每人86666元", 1, 0, True),
        ("超82万例", "已有824043例", 1, 0, True),
        ("超82万例", "已有84万例", 0, 1, False),
        ("捐款3000万", "再捐三千万", 1, 0, True),
        ("4天零新增", "连续四天无新增", 1, 0, True),
        ("20人获救", "二十人获救", 1, 0, True),
        ("105人", "一百零五人", 1, 0, True),
        ("5.7级", "发生5.7级地震", 1, 0, True),
        ("一医院起火", "12时许起火", 0, 0, True),
        ("捐款3千万", "再捐3000万", 1, 0, True),
        ("新增1例", "我们一起 守护每一个家庭 一直在 第一时间", 0, 1, True),
        ("新增1例", "确诊一例", 1, 0, True),
        ("新增1例", "新增0例 感谢每一位医生", 0, 1, False),
        ("新增6例", "6人出院 新增86例", 0, 1, False),
        ("新增6例", "新增病例 6", 1, 0, True),
        ("新增6例", "通报 3月6日情况", 0, 1, True),
        ("新增20例", "3月20日 新增21例", 0, 1, False),
        ("2020年报名", "二〇二〇年报名", 1, 0, True),
        ("超82000例", "已有82404例", 1, 0, True),
        ("累计82000例", "已有82404例", 0, 1, False),
        ("确诊超100例", "累计确诊103例", 1, 0, True),
        ("确诊超100例", "累计确诊98例", 0, 1, False),
        ("确诊100例", "累计确诊103例", 0, 1, False),
        ("超3000人参加", "2900人参加", 0, 1, False),
        ("近3000人参加", "2900人参加", 1, 0, True),
        ("近3000人参加", "3100人参加", 0, 1, False),
        ("超82万例", "已有81.9万例", 0, 1, False),
        ("廿三人被困", "23人被困", 1, 0, True),
        ("卅人获救", "30人获救", 1, 0, True),
        ("美国禁止n95口罩出口", "50只口罩", 0, 0, True),
        ("连续四天无新增", "连续3天无新增", 0, 1, False),
        ("上海新增6例", "新增14例 其中上海2例 广东6例", 0, 1, False),
        ("上海新增6例", "新增14例 其中广东2例 上海6例", 1, 0, True),
        ("上海新增6例", "上海市通报 新增6例", 1, 0, True),
        ("沪粤上海广东新增6例", "上海2例 广东4例 共6例", 1, 0, True),
    ],
)
def test_numbers(title: str, post: str, found: int, missing: int, is_ok: bool) -> None:
    agreed = agreement(facts(title), facts(post), post)
    assert (agreed.numbers_found, agreed.numbers_missing) == (found, missing)
    assert agreed.numbers_ok is is_ok


@pytest.mark.parametrize(
    ("title", "post", "is_ok"),
    [
        ("湖北新增", "湖北省通报", True),
        ("湖北新增", "湖南省通报", False),
        ("湖北新增", "全省新增", True),
        ("黑龙江新增", "龙江 黑龙江省", True),
        ("起火", "武汉起火", True),
        ("河南新增", "漯河新增", True),
        ("河南新增", "漯河新增 平顶山无新增", True),
        ("漯河新增", "河南省通报", True),
        ("漯河新增", "河南平顶山新增", False),
        ("美国新增", "截至北京时间6时", True),
    ],
)
def test_places(title: str, post: str, is_ok: bool) -> None:
    assert agreement(facts(title), facts(post), post).places_ok is is_ok


@pytest.mark.parametrize(
    "text",
    [
        "万一",
        "百姓",
        "千方百计",
        "亿万",
        "一起加油",
        "一直",
        "第一时间",
        "每一位",
        "四面八方",
        "三头六臂",
    ],
)
def test_words_made_of_numerals_are_no_numbers(text: str) -> None:
    assert not facts(text).numbers


@pytest.mark.parametrize(
    ("text", "value"), [("二十人", 20), ("三千万", 30_000_000), ("两小时", 2), ("一岁", 1)]
)
def test_numbers_in_words(text: str, value: float) -> None:
    assert [number.value for number in facts(text).numbers] == [value]
