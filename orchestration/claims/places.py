"""The one region that a sentence names, as its code: a figure of one province is none of China."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from orchestration.cleaning.regions import place_codes
from orchestration.linking.places import PLACES

_ENGLISH = {
    "Beijing": "北京", "Tianjin": "天津", "Hebei": "河北", "Shanxi": "山西",
    "Inner Mongolia": "内蒙古",
    "Liaoning": "辽宁", "Jilin": "吉林省", "Heilongjiang": "黑龙江", "Shanghai": "上海",
    "Jiangsu": "江苏",
    "Zhejiang": "浙江", "Anhui": "安徽", "Fujian": "福建", "Jiangxi": "江西", "Shandong": "山东",
    "Henan": "河南", "Hubei": "湖北", "Hunan": "湖南", "Guangdong": "广东", "Guangxi": "广西",
    "Hainan": "海南省", "Chongqing": "重庆", "Sichuan": "四川", "Guizhou": "贵州", "Yunnan": "云南",
    "Tibet": "西藏", "Shaanxi": "陕西", "Gansu": "甘肃", "Qinghai": "青海", "Ningxia": "宁夏",
    "Xinjiang": "新疆", "Hong Kong": "香港", "Macao": "澳门", "Taiwan": "台湾",
    "Shijiazhuang": "石家庄", "Taiyuan": "太原", "Hohhot": "呼和浩特", "Shenyang": "沈阳",
    "Dalian": "大连",
    "Changchun": "长春", "Harbin": "哈尔滨", "Nanjing": "南京", "Suzhou": "苏州市", "Wuxi": "无锡",
    "Hangzhou": "杭州", "Ningbo": "宁波", "Wenzhou": "温州", "Hefei": "合肥", "Fuzhou": "福州市",
    "Xiamen": "厦门", "Quanzhou": "泉州", "Nanchang": "南昌", "Jinan": "济南", "Qingdao": "青岛",
    "Yantai": "烟台", "Zhengzhou": "郑州", "Luoyang": "洛阳", "Wuhan": "武汉", "Changsha": "长沙",
    "Guangzhou": "广州", "Shenzhen": "深圳", "Foshan": "佛山", "Dongguan": "东莞", "Zhuhai": "珠海",
    "Zhaoqing": "肇庆", "Nanning": "南宁", "Guilin": "桂林", "Haikou": "海口", "Sanya": "三亚",
    "Chengdu": "成都", "Guiyang": "贵阳", "Kunming": "昆明", "Lhasa": "拉萨", "Xi'an": "西安",
    "Lanzhou": "兰州", "Xining": "西宁", "Yinchuan": "银川", "Urumqi": "乌鲁木齐",
}  # fmt: skip
_BY_ENGLISH = re.compile(
    r"(?<!forum in )(?<!seminar in )(?<!conference in )(?<!meeting in )"
    r"(?<!held in )(?<!summit in )"
    rf"\b(?P<place>{'|'.join(sorted(_ENGLISH, key=len, reverse=True))})\b"
    r"(?!\s+(?:(?:Evening|Morning|Youth|Business|Normal|Jiao\s?[Tt]ong)\s+)?(?:Daily|News|Times|Post|TV|"
    r"Television|Radio|University|Road|Street)\b)"
)
_CAPITAL = re.compile(
    r"(?i)Beijing(?:['’]s)?(?:\s+(?:municipal|city))*\s+"
    r"(?:municipality|police|public|government|authorit|traffic|districts?|bureau|meteorolog|weather|fire|health|education|tourism|court|"
    r"subway|urban|residents|high\s+people|people['’]s\s+procurat)"
)
"""Beijing alone mostly means the government of the country."""
_NO_PLACE = re.compile(
    r"(?:日报|晚报|晨报|时报|青年报|都市报|商报|新闻网|卫视|电视台|大学|学院|交大|举行|召开|举办|[东西南北中]?(?:路|街(?!道))|\d+月\d+日电|电（|讯)"
)


def region_of(
    sentence: str,
    segment: tuple[int, int],
    clause: tuple[int, int],
    since: int,
    figure_start: int,
    is_chinese: bool,
    speaker: str | None,
) -> str | None:
    """Code of the one region named between a figure and the one before it (江苏9400个、浙江8100个),
    else in its clause, else before it, else of its speaker; NULL for none and for several.

    since: where the figure before ends, 0 for none."""
    read = _chinese if is_chinese else _english
    named = read(sentence)
    start = since or clause[0]
    beside = [code for place, code in named if start <= place < figure_start]
    if beside and (since or segment[1] < clause[1]):
        return _only(beside)
    inside = [code for place, code in named if clause[0] <= place < clause[1]]
    ahead = [code for place, code in named if place < clause[0]]
    return _only(inside or ahead or [code for _, code in read(speaker or "")])


def names_place(sentence: str, is_chinese: bool) -> bool:
    """Whether a sentence names any province or prefecture."""
    return bool((_chinese if is_chinese else _english)(sentence))


def only_place(sentence: str, is_chinese: bool) -> str | None:
    """Code of the one region that a sentence names; NULL for none and for several."""
    return _only([code for _, code in (_chinese if is_chinese else _english)(sentence)])


def _only(codes: list[str]) -> str | None:
    """The code that lies in all others of a chain (province, prefecture)."""
    deepest = max(codes, key=lambda code: len(code.rstrip("0")), default=None)
    if deepest is None or any(not deepest.startswith(_stem(code)) for code in codes):
        return None
    return deepest


def _stem(code: str) -> str:
    return re.sub(r"(?:00){1,2}$", "", code)


def _english(sentence: str) -> list[tuple[int, str]]:
    text = sentence.replace("’", "'")
    return [
        (match.start(), _codes()[_ENGLISH[match["place"]]])
        for match in _BY_ENGLISH.finditer(text)
        if match["place"] != "Beijing" or _CAPITAL.match(text, match.start())
    ]


def _chinese(sentence: str) -> list[tuple[int, str]]:
    return [
        (match.start(), _codes()[match[0]])
        for match in _by_chinese().finditer(sentence)
        if not _NO_PLACE.match(sentence, match.end())
    ]


@cache
def _codes() -> dict[str, str]:
    """Code of every name of a province or prefecture, and of its short form if that is no word."""
    is_name = pl.col("form").is_in(PLACES) | pl.col("form").str.contains("[省市州盟区]$")
    return dict(place_codes().filter(is_name).select("form", "region_code").iter_rows())


@cache
def _by_chinese() -> re.Pattern[str]:
    longest_first = sorted(_codes(), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, longest_first)))
