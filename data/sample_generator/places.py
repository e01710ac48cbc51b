"""Invented places on real GB/T 2260 codes.

The codes are real, because rules that derive levels from codes must find valid ones. The names
are invented from 样, 示 and 例 ("sample", "show", "example"), so that nobody mistakes a place
for a real one.
"""

from __future__ import annotations

from dataclasses import dataclass

_PREFECTURES = {
    "样": ("城", "江", "州", "湖"),
    "示": ("城", "江", "州", "海"),
    "例": ("城", "江", "州", "山"),
}
_PROVINCE_CODES = {"样": "320000", "示": "420000", "例": "510000"}
_COUNTY_CODES = {
    "样": {
        "320100": ("320102", "320104", "320105", "320106"),
        "320200": ("320205", "320206", "320211", "320281"),
        "320400": ("320402", "320404", "320411", "320481"),
        "320500": ("320505", "320506", "320507", "320581"),
    },
    "示": {
        "420100": ("420102", "420103", "420104", "420105"),
        "420200": ("420202", "420203", "420204", "420222"),
        "420300": ("420302", "420303", "420322", "420323"),
        "420500": ("420502", "420503", "420525", "420526"),
    },
    "例": {
        "510100": ("510104", "510105", "510106", "510107"),
        "510300": ("510302", "510303", "510304", "510321"),
        "510400": ("510402", "510403", "510421", "510422"),
        "510500": ("510502", "510503", "510521", "510522"),
    },
}
_COUNTY_NAMES = "东南西北安宁平和兴泰清源丰林河溪"


@dataclass(frozen=True)
class Place:
    """A place with its code; `prefecture_code` is empty above prefectures."""

    name: str
    full_name: str
    code: str
    level: str
    province: str
    prefecture_code: str = ""


NATION = Place("全国", "全国", "", "ministry", "样省")


def provinces() -> list[Place]:
    """The three invented provinces."""
    return [
        Place(f"{mark}省", f"{mark}省", code, "province", f"{mark}省")
        for mark, code in _PROVINCE_CODES.items()
    ]


def prefectures() -> list[Place]:
    """Four prefectures a province."""
    found = []
    for mark, endings in _PREFECTURES.items():
        for ending, code in zip(endings, _COUNTY_CODES[mark], strict=True):
            name = mark + ending
            found.append(Place(name, f"{name}市", code, "prefecture", f"{mark}省", code))
    return found


def counties() -> list[Place]:
    """Four counties a prefecture."""
    found = []
    for mark, by_prefecture in _COUNTY_CODES.items():
        endings = iter(_COUNTY_NAMES)
        for number, (prefecture_code, codes) in enumerate(by_prefecture.items()):
            for code in codes:
                name = mark + next(endings)
                full_name = name + ("区" if number == 0 else "县")
                if name == "示兴":
                    name = full_name = "示县"
                found.append(Place(name, full_name, code, "county", f"{mark}省", prefecture_code))
    return found
