"""Who said a figure, and which outlet a text quotes."""

from __future__ import annotations

import re

_SAID = (
    r"(?:said|says|announced|reported|reports|noted|told|revealed|disclosed|wrote|added|"
    r"stated|showed?|shows)"
)
_NAME = r"(?:the\s+)?[A-Z@][^,;:.“”\"]{1,70}?"
_ENGLISH = (
    rf"(?:,|[”\"])\s+(?P<who>(?:the\s+|a\s+|"
    rf"an\s+)?[\w'’ .-]{{2,60}}?)\s+(?:{_SAID})\b(?!\s+that\b)",
    r"[Aa]ccording\s+to\s+(?P<who>(?:[^,;:.]|\.(?=\w)){2,80}?)(?=,|\.$|\.\s|;|$)",
    r",[”\"]?\s+(?:said|says)\s+(?P<who>[A-Z][^;:]{2,90}?)\.?$",
    rf"^(?P<who>{_NAME}, [a-z][^,;:]{{2,80}}),\s+{_SAID}\b",
    r"(?:[Ss]tatistics|[Ff]igures|[Dd]ata|numbers|report)\s+(?:released\s+|issued\s+|published\s+)?(?:from|by|of)\s+(?P<who>[^,;:.]{2,60}?)(?:\s+(?:on\s+\w+day|show|put|indicate|say|reveal)|,|$)",
    rf"^(?:As of [^,]+, |On \w+day,? |By [^,]+, )?(?P<who>{_NAME})\s+(?:statistics|data|"
    rf"figures)\s+(?:show|put|indicate)",
    rf"^(?:On \w+day,? )?(?P<who>{_NAME})\s+{_SAID}\b",
)  # fmt: skip
_CHINESE = (
    r"据(?!不完全统计|统计|了解|悉|介绍|报道)(?P<who>[^，。；：“”]{2,30}?)(?:最新|的|\d+日|昨日|昨天|今天|日前)*(?:统计|介绍|透露|报道|数据|发布|通报|消息|披露|公布|报告|称)",
    r"(?:^|[，。；：])(?P<who>[^，。；：“”\d]{2,24}?)(?:的|最新|发布的)*(?:统计|数据|报告)(?:显示|表明|指出)",
    r"(?:^|[，。；”])(?P<who>(?!据|截至|目前|其中|会上)[^，。；：“”\d]{2,30}?)(?:\d+日|昨日|昨天|今天|日前|近日)?(?:在[^，。；]{2,20}上)?(?:表示|介绍说?|透露|指出|宣布|通报|公布|称|说)(?=[，：:。“]|$|截|目|全|我|已|该|，)",
)
_ARTICLE = re.compile(r"^(?:that\s+)?(?:the|a|an)\s+", re.IGNORECASE)
_TIMES = re.compile(
    r"\s+(?:on\s+)?(?:yesterday|today|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b.*$|"
    r"(?:\d+日|昨日|昨天|今天|日前|近日|最新)*(?:发布|公布|提供)?的?(?:报告|数据|统计|通报)?$",
    re.IGNORECASE,
)
_PRONOUNS = frozenset(
    ("he", "she", "it", "they", "which", "who", "we", "他", "她", "它", "并", "该")
)

_HEADER = re.compile(
    r"(?:^|[.!?”\"]\s+|\s)(?:[Ff]rom|[Vv]ia|来自|转自|摘自)\s+(?:the\s+)?"
    r"(?P<name>[A-Z\u4e00-\u9fff][\w'’ .&\u4e00-\u9fff-]{1,40}):\s*$"
)
_BYLINE = re.compile(
    r"^\s*(?:（|\()?(?P<name>Xinhua|Reuters|AFP|AP|新华社|中新社|人民日报)(?:）|\))?\s*(?:[-—]{1,2}|讯|电|[^，。]{0,12}(?:\d+月\d+日)?电)"
)
_REPORTED = re.compile(
    r"据(?P<zh>[^，。；：]{2,15}?(?:社|报|网|台|日报|晚报|新闻|周刊))(?:\d+日|昨日|今天|日前)?(?:报道|消息|电)"
    r"|(?P<en>[A-Z][\w'’]*(?:\s+(?:News|Daily|Times|Post|Agency|Morning|China|Service|Evening|Youth|Online|Weekly|[A-Z]\w+)){0,4})\s+(?:news\s+agency\s+)?reported\b"
)  # fmt: skip
_OUTLET_WORDS = re.compile(
    r"Daily|Times|Post|News|Agency|Xinhua|Reuters|AFP|Weekly|Radio|Television|TV|Press|Online|CCTV"
)


def speaker_of(sentence: str, is_chinese: bool) -> str | None:
    """Who is said to have said it, in the sentence's own words; no article, no day."""
    for pattern in _CHINESE if is_chinese else _ENGLISH:
        match = re.search(pattern, sentence)
        if match is None:
            continue
        who = _TIMES.sub("", _ARTICLE.sub("", match["who"].strip())).strip()
        if who and who.lower() not in _PRONOUNS:
            return who
    return None


def quoted_outlet(paragraph: str) -> str | None:
    """The outlet from which the paragraphs below this one are taken ("From China Daily:")."""
    match = _HEADER.search(paragraph)
    return match["name"].strip() if match else None


def byline_of(paragraph: str) -> str | None:
    """The agency a text begins with: (Xinhua) --, 新华社北京9月26日电."""
    match = _BYLINE.match(paragraph)
    return match["name"] if match else None


def reported_by(sentence: str) -> str | None:
    """The outlet that a sentence itself names as having reported it."""
    match = _REPORTED.search(sentence)
    if match is None:
        return None
    if match["zh"]:
        return match["zh"]
    return match["en"] if _OUTLET_WORDS.search(match["en"]) else None
