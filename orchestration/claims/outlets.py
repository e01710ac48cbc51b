"""Outlets of the press: their names, and where a sentence says that one of them brings it.

What belongs here: the words that make a name that of an outlet, and the wordings that name one as
source. Who said a figure is read in `speakers.py` and `attributions.py`.
"""

from __future__ import annotations

import re

# -- names ------------------------------------------------------------------------------------
_LAST_WORDS = (
    r"(?:News\s+Agency|News\s+Service|Daily|Times|Post|News|Newsweek|Weekly|Monthly|Journal|Review|Magazine|Herald|Tribune|Observer|Standard|"
    r"Guardian|Telegraph|Gazette|Monitor|Chronicle|Bulletin|Tone|Paper|Insider|Wire|Press|Express|"
    r"Television|Radio|Globe|Mail|Courier|Mirror|Online)"
)
_SINGLE = (
    r"(?:Xinhua(?:net)?|Southern\s+(?:Weekend|Weekly)|Reuters|AFP|AP|CCTV|CGTN|BBC|CNN|NPR|Bloomberg|Caixin|Caijing|Sixth\s+Tone|"
    r"Economist|Newsweek|Ecns|Chinanews)"
)
_BEGUN_BY = r"(?:Daily|Weekly)\s+(?:Mail|Telegraph|Mirror|Express|Star|News|Post|Sun)"
ENGLISH_NAME = rf"(?:(?:[A-Z][\w'’.&]*\s+){{1,4}}{_LAST_WORDS}\b|\b{_SINGLE}\b|\b{_BEGUN_BY}\b)"
CHINESE_NAME = (
    r"(?:[\u4e00-\u9fff]{1,8}?(?:日报|晚报|晨报|早报|时报|都市报|商报|青年报|法制报|法治报|周报|周刊|周末|"
    r"新闻客户端|新闻网|新闻社|通讯社|电视台|广播电台|电视新闻|经济报道|参考报)|新华社|中新社|中新网|新华网|人民网|央视(?:新闻)?|"
    r"中国警察网|法制网|正义网|光明网|东方网|央广网|国际在线|荆楚网|大河网|南方网|千龙网|凤凰网|环球网|中国经济网|"
    r"每日经济新闻|第一财经|中国之声|经济之声|环球资讯|澎湃新闻|界面新闻|财新网?|新京报|大公报|文汇报|解放军报|人民公安报|(?<=《)[^《》]{2,10}报(?=》))"
)
_NAMES = re.compile(rf"(?<!the\s)(?<!\w){ENGLISH_NAME}|{ENGLISH_NAME}|{CHINESE_NAME}")
_TITLES = re.compile(r"《[^《》]{1,40}》")

_OFFICE_OF_IT = (
    r"(?:['’]s)?\s+(?:(?!at\b|in\b|on\b|from\b|that\b|by\b|of\b|and\b)[\w-]+\s+){0,5}?"
    r"(?i:office|lab|laboratory|cent(?:er|re)|institute|department|unit|think\s+tank|database|team)\b"
)
"""An office of an outlet is a body of its own, and brings no news."""

# -- wordings ---------------------------------------------------------------------------------
_ENGLISH_SOURCE = re.compile(
    rf"(?:\b(?:told|(?:interview|conversation)\s+with|(?:reported|quoted|cited|carried|published)\s+(?:\w+\s+)?(?:by|in)|"
    rf"according\s+to|wrote\s+in)\s+(?:an?\s+|the\s+)?|(?:^|[,;:.”\"]\s+)(?:as\s+)?(?:the\s+|The\s+|a\s+)?)"
    rf"(?P<name>{ENGLISH_NAME})(?!{_OFFICE_OF_IT})(?P<behind>(?:\s+news\s+agency)?\s+(?:reported|reports|report\b|said|says|wrote|writes|found|finds|quoted|cited|citing)"
    r"|(?=['’]s\s+(?:report|website))|(?=[^\w'’]|$))"
)
_TOLD_AHEAD = re.compile(r"\b(?:told|with|by|in|to)\s+(?:an?\s+|the\s+)?$")
_CHINESE_SOURCE = re.compile(
    rf"(?:据|接受|告诉|向|对|引述|援引|引用|转引)《?(?P<by>{CHINESE_NAME})》?(?:记者)?(?:\d{{1,2}}月)?(?:\d{{1,2}}日|昨日|昨天|今天|日前|近日|最新)*"
    r"(?:独家|的)?(?:报道|消息|电|获悉|记者|采访|专访|称|披露|了解|援引|转引|引述)"
    rf"|告诉《(?P<told>{CHINESE_NAME})》"
    rf"|(?:^|[，。；：“”])《?(?P<own>{CHINESE_NAME})》?(?:记者)?(?:\d{{1,2}}月)?(?:\d{{1,2}}日|昨日|昨天|今天|日前|近日|最新)*"
    r"(?:的)?(?:统计|调查|梳理)*(?:报道|刊文|发文|消息|称|发现|统计|指出)"
)


def reported_by(sentence: str) -> str | None:
    """The outlet that brings what a sentence says: which reports it, or to which it was told."""
    if match := _CHINESE_SOURCE.search(sentence):
        return match["by"] or match["told"] or match["own"]
    for match in _ENGLISH_SOURCE.finditer(sentence):
        if match["behind"] or _TOLD_AHEAD.search(sentence[: match.start("name")]):
            return re.sub(r"^The\s+", "", match["name"])
    return None


def without_names(sentence: str) -> str:
    """The sentence, of the same length, with blanks for names of outlets and titles of what is
    published: the Daily of one is no day, and 《2012年…报告》 tells no date of a figure."""
    untitled = _TITLES.sub(lambda match: _blank(match[0]), sentence)
    return _NAMES.sub(lambda match: _blank(match[0]), untitled)


def _blank(words: str) -> str:
    return words[0] + "x" * (len(words) - 1) if words.isascii() else "某" * len(words)
