"""Days told from that of publication (yesterday, 上周五), and which dates are those of saying so.

What belongs here: words for such days, and the wordings that make a date the day on which somebody
spoke or published. Dates that are printed are read in `dates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_ENGLISH = re.compile(
    rf"\b(?P<last>last\s+)?(?P<weekday>{'|'.join(_WEEKDAYS)})\b|\b(?P<before>the\s+day\s+before\s+yesterday)\b|"
    r"\b(?P<yesterday>yesterday)\b|\b(?P<today>today)\b(?!['’]s)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<before>前[日天](?!\d))|(?P<yesterday>昨[日天晚]|昨夜|昨(?=从|在|向|获|透|表|宣|介|通|公|发))|(?P<today>今[日天晨早](?!头条))|"
    r"(?P<week>上个?|本|这个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![年期个])"
)
_SAID = (
    r"(?:said|says|say|announce[sd]|announcing|reported|reports|noted|told|revealed|disclosed|wrote|added|stated|showed|shows|"
    r"estimated|explained|confirmed|declared|released|issued|published|unveiled|saying|posted\s+a\s+statement|quoted|cited)"
)
_SAID_BEFORE = re.compile(
    rf"\b{_SAID}\b(?![^,;.]*\b(?:that|had|have|has|was|were)\b)[^,;.\d]{{0,60}}?(?:\b(?:on|in|late|early|last|this)\s+)*$",
    re.IGNORECASE,
)
_SAID_WHERE = re.compile(
    r"\b(?:at|in|during)\s+(?:an?|the|its|his|her|their)\s+(?:[\w'’-]+\s+){0,4}?(?:conference|briefing|forum|meeting|interview|seminar|symposium|"
    r"report|statement|speech|post|article|notice|bulletin)\s+(?:(?:delivered|released|issued|published|held|posted|made)\s+)?"
    r"(?:on|in|late|early|last|this)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
"""At a press conference on Nov 21: the day of saying so."""
_SAID_BEHIND = re.compile(
    rf",?\s+[^,;.\d]{{0,70}}?\b{_SAID}\b|,\s+(?:the\s+)?[A-Z][^;.\d]{{0,90}}?\b{_SAID}\b"
)
_AT_START = re.compile(
    r"^\W*(?:On|In|Late|Early|Last|This)?\s*(?:on\s+|last\s+|this\s+)*$", re.IGNORECASE
)
_SAID_ZH = (
    r"(?:表示|介绍|透露|指出|宣布|通报(?!微博)|(?:公布|发布)(?=[了的《，数报统会]|$)(?!的[^，。；]{0,10}(?:微博|博文|信息|视频|提示|消息|帖子|推文|作品))|估计|认为|统计|告诉|称|说|披露|坦言|强调|显示|证实|"
    r"回应|获悉|了解到|得知|报道|消息|召开)"
)
_SAID_BEHIND_ZH = re.compile(rf"[^。；\d]{{0,50}}?{_SAID_ZH}")


@dataclass(frozen=True)
class NearDay:
    start: int
    text: str
    day: date


def near_days(sentence: str, published: date) -> Iterator[NearDay]:
    """Days told from that of publication, in order."""
    for match in (*_ENGLISH.finditer(sentence), *_CHINESE.finditer(sentence)):
        yield NearDay(match.start(), match[0], published - timedelta(days=_back(match, published)))


def _back(match: re.Match[str], published: date) -> int:
    groups = match.groupdict()
    for word, back in (("today", 0), ("yesterday", 1), ("before", 2)):
        if groups.get(word):
            return back
    name = groups["weekday"].lower()
    wanted = (
        _WEEKDAYS_ZH.index(name.replace("天", "日")) if len(name) == 1 else _WEEKDAYS.index(name)
    )
    back = (published.weekday() - wanted) % 7
    if (groups.get("week") or "").startswith("上"):
        # 上周五 lies in the calendar week before.
        return published.weekday() + 7 - wanted
    if groups.get("last") and back == 0:
        return 7
    return back


def is_of_saying(sentence: str, start: int, end: int) -> bool:
    """Whether the date between two places is the day on which somebody said or published it: "said
    on Friday", "a report released in July", 昨日通报; no figure stands between."""
    ahead, behind = sentence[:start], sentence[end:]
    if _SAID_BEFORE.search(ahead) or (
        _SAID_WHERE.search(ahead) and re.search(rf"\b{_SAID}\b", sentence)
    ):
        return True
    if re.search("[\u4e00-\u9fff]", sentence):
        return _SAID_BEHIND_ZH.match(behind) is not None
    return bool(_AT_START.match(ahead) and _SAID_BEHIND.match(behind))
