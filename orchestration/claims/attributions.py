"""Where a sentence says from whom it has something: grammar of attribution, no names.

What belongs here: the wordings that introduce a source ("according to …", "… said", 据…统计), and
how the words of a source are brought down to who it is: a report released by somebody is theirs.
What kind of source it is (body, outlet, person) is read in `speakers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# -- English ----------------------------------------------------------------------------------
_SAID = (
    r"(?:said|says|say|announce[sd]|reported|reports|note[sd]|told|reveal(?:s|ed)|disclosed|wrote|writes|added|"
    r"state[sd]|show(?:s|ed)?|found|finds|estimates|estimated(?=\s*[.,;]|\s*$|\s+(?:at|in|on)\s)|explain(?:s|ed)|point(?:s|ed)\s+out|"
    r"confirm(?:s|ed)|declared|indicate[sd]?|suggest(?:s|ed)?|acknowledged|admitted)"
)
_SHOWS = rf"(?:{_SAID}|puts?|list(?:s|ed)|count(?:s|ed)|record(?:s|ed)|estimated)"
_MODAL = r"(?:has\s+|have\s+|had\s+|later\s+|also\s+|recently\s+)?"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_WHEN = (
    rf"(?:(?:on\s+|late\s+|early\s+|last\s+|this\s+)*(?:{_WEEKDAY}|yesterday|today)(?:\s+(?:morning|afternoon|evening|night))?|"
    rf"(?:on|in)\s+{_MONTH}\.?(?:\s+\d{{1,2}}(?!\d))?(?:,?\s+\d{{4}})?|in\s+\d{{4}}|"
    r"(?:earlier\s+|late\s+|early\s+)?(?:this|last)\s+(?:week|month|year)|recently|by\s+then)"
)
_TOLD_HOW = (
    r"(?:in\s+(?:a|an|its|his|her|their|the)\s+[\w' -]{2,40}|at\s+(?:a|an"
    r"|the)\s+[\w' -]{2,40}|on\s+(?:its|his|her|their)\s+[\w' -]{2,30})"
)
_DOCUMENT = (
    r"(?:reports?|surveys?|stud(?:y|ies)|research|white\s+papers?|blue\s+book|polls?|statistics|figures|data|numbers|"
    r"statements?|anal(?:ysis|yses)|tall(?:y|ies)|counts?|ranking|index|findings|bulletin|notice|circular|"
    r"estimates?|check|inspection|audit|investigation|review|paper|list|article|press\s+release|yearbook)"
)
_MADE = (
    r"(?:released|issued|published|conducted|compiled|provided|collected|carried\s+out|jointly\s+released|put\s+out|made|"
    r"prepared|written|commissioned|unveiled)"
)
_START = r"(?:^|(?<=\s--\s)|(?<=\s[—–]\s))"
"""Of a sentence, or behind its dateline."""
_NAME = r"(?:[Tt]he\s+|[Aa]n?\s+)?[A-Z@][^,;:.“”\"]{1,90}?"
ENGLISH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}(?P<who>{_NAME}), (?:in|at|on)\s[^,;]{{2,90}}, (?:{_SAID}|puts?)\b",
        rf"{_START}(?:At|In|On|During|After|Speaking|Addressing|By|As\s+of)\b[^,]{{2,70}}, "
        rf"(?P<who>{_NAME})\s+{_MODAL}{_SAID}\b",
        r"\b(?:[Qq]uot(?:ed|es|ing)|[Cc]it(?:ed|es|ing))\s+(?P<who>(?!by\b|in\b|as\b)[^,;:.]{2,80}?)(?=\s+as\s+say|,|\.$|;)",
        r"(?:^|,\s+)(?P<who>(?:[Tt]he\s+|an?\s+)?[\w'’ .&-]{2,90}?)\s+"
        r"(?:was|were|is|has\s+been)\s+(?:quoted|cited)\b",
        rf"{_START}(?P<who>{_NAME}), [A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){{1,2}}, {_SAID}\b",
        r"(?:,|[”\"])\s+(?:as\s+)?"
        rf"(?P<who>(?:the\s+|a\s+|an\s+)?[\w'’ .&-]{{2,90}}?)\s+{_MODAL}{_SAID}\b"
        r"(?!\s+that\b)",
        r"(?:[Aa]ccording\s+to|\b[Aa]s\s+(?:reported|counted|estimated|announced|disclosed|revealed)\s+by|\b[Bb]ased\s+on|\b[Dd]ata\s+from)\s+(?P<who>(?:[^,;:.]|\.(?=\w)|(?<=\b[A-Z])\.|(?<=St)\.)"
        r"{2,110}?)(?=,|\.$|\.\s|\.[”\"]|;|$)",
        r",[”\"]?\s+(?:said|says|reported|reports|wrote|noted|notes|explained|disclosed|stated|confirmed|announced|revealed|added|acknowledged|admitted|pointed\s+out)\s+(?P<who>(?:[A-Z]|an?\s|(?:its|their)\s(?=(?:[\w-]+\s+){0,2}?(?:spokes\w+|directors?|heads?|chiefs?|editors?|presidents?|secretar\w+|officials?)\b)|the\s(?!.*\d))[^;:]{2,90}?)(?:\.?$|,\s+(?:adding|who|noting)\b)",
        rf"(?:^|,\s+)(?P<who>{_NAME}, (?:an?|the|deputy|vice|head|director"
        rf"|chief|[a-z][\w-]+)\s[^,;:]{{2,80}}),\s+{_MODAL}{_SAID}\b",
        rf"(?:^|,\s+)(?P<who>(?:[Tt]he\s+|[Aa]n?\s+)?(?:[\w-]+\s+){{0,3}}?{_DOCUMENT}\s+(?:[^,;:.]{{0,40}}?\s)?(?:from|by|of)\s+"
        rf"[^,;:.]{{2,70}}?)\s+{_SHOWS}\b",
        rf"{_START}(?P<who>(?:An?|The|One)\s+(?:[\w-]+\s+){{0,3}}?{_DOCUMENT})\s+{_MODAL}{_SHOWS}\b",
        rf"\bin\s+(?P<who>(?:a|an|the)\s+(?:[\w-]+\s+){{0,3}}?{_DOCUMENT}\s+(?:{_WHEN}\s+)?(?:{_MADE}\s+)?(?:{_WHEN}\s+)?by\s+[^,;:.]{{2,70}}?)(?=[,.;]|$)",
        rf"{_START}(?:As of [^,]+, |{_WHEN},? |By [^,]+, )?(?P<who>{_NAME}['’]s?\s+"
        rf"(?:[\w-]+\s+){{0,4}}{_DOCUMENT})(?:\s+(?:for|"
        rf"on)\s+[\w ]{{2,20}}?)?\s+{_MODAL}{_SHOWS}\b",
        rf"{_START}(?:As of [^,]+, |On \w+day,? |By [^,]+, )?(?P<who>{_NAME}\s+"
        rf"(?:statistics|data|figures))\s+{_SHOWS}\b",
        rf"{_START}(?:(?:On\s+)?\w+day,? |On {_MONTH}\.? \d{{1,2}}(?:, \d{{4}})?, )?"
        rf"(?P<who>{_NAME})\s+{_MODAL}{_SAID}\b",
        rf"{_START}(?P<who>{_NAME}), [^,;:“”\"]{{2,90}}, {_MODAL}{_SAID}\b",
        rf"(?:^|,\s+|\bwhile\s+|\bwhereas\s+|\band\s+|\bbut\s+)(?P<who>{_NAME})\s+puts?\s+(?:its|the|their)\b[^,;.]{{2,140}}?\bat\b",
    )
)  # fmt: skip
_ARTICLE = re.compile(r"^(?:that\s+|while\s+|but\s+)?(?:the|a|an)\s+", re.IGNORECASE)
_TRAILING = re.compile(
    rf"[\s,]+(?:{_MADE}\s+)?(?:{_WHEN}|{_TOLD_HOW})$|\s+(?:{_MADE}|showing|which|that)$",
    re.IGNORECASE,
)
_WORDS_OF_DOCUMENT = r"(?:(?!by\b|from\b)[\w'-]+\s+){0,4}?"
_DOCUMENT_BY = re.compile(
    rf"^{_WORDS_OF_DOCUMENT}{_DOCUMENT}\b[^;]*?\b(?:by|from)\s+(?:the\s+|a\s+)?(?P<who>.+)$",
    re.IGNORECASE,
)
_DATA_OF = re.compile(
    r"^(?:[\w-]+\s+){0,3}?(?:statistics|figures|data|numbers|report|research)\s+of\s+(?:the\s+)?(?P<who>[A-Z].+|ministry.*|bureau.*)$"
)
_DOCUMENT_OF = re.compile(
    rf"^(?P<who>.+)['’]s?\s+(?:[a-z\d][\w-]*\s+){{0,4}}(?:{_DOCUMENT}|website|web\s?page|home\s?page|micro-?blog|account)$"
)
_PAGE_OF = re.compile(
    r"^(?:(?!who\b|that\b)[\w-]+\s+){0,3}?(?:website|micro-?blog|account|page)\s+of\s+(?:the\s+)?(?P<who>.+)$|"
    r"^(?:[\w-]+\s+){1,3}?(?:on|posted\s+on)\s+(?:the\s+)?(?P<its>.+?)['’]s?\s+(?:\w+\s+)?(?:website|micro-?blog|account|page)$",
    re.IGNORECASE,
)
"""What stands on the pages of a body says that body."""
_NAMED_DOCUMENT = re.compile(
    rf"^(?P<who>[A-Z][\w.&'’]*(?:\s+(?:of\s+|for\s+|and\s+)?[A-Z][\w.&'’]*)*|ministry|government|police|company)\s+"
    rf"(?:(?:own|latest|recent|new|annual|official|internal|quarterly|monthly|work|\d{{4}})\s+){{0,3}}{_DOCUMENT}(?:\s+{_MADE}\b.*)?$"
)
_SOLE_DOCUMENT = re.compile(
    rf"^(?:[\w-]+\s+){{0,3}}?(?P<who>{_DOCUMENT})(?:\s+(?:{_MADE}|on|of|about|into)\b.*)?$",
    re.IGNORECASE,
)

_ASIDE = re.compile(
    r"(?:[;；]\s*|[,，]?\s*\b(?:while|whereas)\s+|，而)(?:据|根据|the\s+)?$", re.IGNORECASE
)

# -- Chinese ----------------------------------------------------------------------------------
_DAY_ZH = (
    r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}[日号]|\d{4}年\d{1,2}月(?:底|初|份)?|(?<!\d)\d{1,2}月(?:底|初|份|中旬|上旬|下旬)?|昨[日天晚]|昨(?=从|在|向|获"
    r"|透|表|宣|介|通|公|发)|今[日天晨]|前天|日前|近日|近期|最近|上周[一二三四五六日]?"
    r"|本周[一二三四五六日]?|周[一二三四五六日]|上月|本月|去年|今年|年初"
)
_MADE_ZH = (
    r"(?:联合|共同|首次|最新|正式|对外)*(?:发布|公布|推出|提供|编制|编写"
    r"|出具|刊发|发表|披露|完成|撰写|出版|进行|开展|所作|所做)(?:了|的)?"
)
_DOCUMENT_ZH = (
    r"(?:(?:研究|调查|统计|监测|评估|分析|工作|年度|年终|半年|季度|专题)*"
    r"(?:报告|数据|公报|通报|白皮书|蓝皮书|榜单|年报|简报|资料|结果)|统计|监测|梳理|检查|抽查|排查|普查|督查"
    r"|调查|研究|数字|排行榜)"
)
_SAID_ZH = (
    r"(?:表示|介绍说?|透露|指出|宣布|通报|公布|发布|估计|认为|统计|告诉(?:记者|《[^《》]{2,10}》(?:记者)?"
    r"|本报|[^，。；]{2,10}记者)|称|说|披露|坦言|强调|显示|表明|证实|回应说?"
    r"|写道|发现|报道)"
)
_PLACE_ZH = (
    r"(?:在[^，。；]{2,24}?(?:上|时|中|里|采访|会议|论坛)|接受[^，。；]{2,24}?"
    r"(?:采访|专访)时?|通过[^，。；]{2,12}|做客[^，。；]{2,12}时?)"
)
CHINESE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:^|[，。；：])(?P<who>《[^》]{2,12}》)(?:记者)?(?:统计|调查|梳理|报道|查阅)*(?:发现|报道|称|统计|指出)",
        rf"(?:^|[，。；])(?P<who>[^，。；：“”\d]{{2,24}}?)(?:{_DAY_ZH}|在[^，。；]{{1,12}}?)*(?:召开|举行|举办)[^，。；]{{0,16}}(?:会|仪式|论坛)，?(?:会上)?(?:通报|介绍|宣布|披露|公布|透露)",
        r"(?:援引|引述|引用|转引)(?P<who>[^，。；：“”《》]{2,24}?)(?:的|发布的|提供的)*(?:数据|消息|统计|话|说法|介绍)",
        r"(?<!数)(?:根|依)?据(?!不完全统计|统计|了解|悉|介绍|报道|称|此|报告)(?P<who>(?:[^，。；：“”《》]{2,40}?(?:《[^》]+》(?:等)?[^，。；：“”《》]{0,12}?)?|《[^》]+》))"
        rf"(?=(?:{_DAY_ZH})*(?:最新|的|最近)*(?:不完全)?(?:统计(?!局|中心)|介绍|透露|报道|数据(?!中心|研究|局)|发布|通报|消息|披露|公布|报告|调查(?!中心|队|总队|局)|监测(?!室|中心)|称|显示|研究(?!院|中心|所|会|室|部|实验室|基地|人?员)|公报|分析|估计|推算|披露|电(?=，))|，)",
        rf"(?:^|[，。；：])(?!据|截至|其中|会上)(?P<who>[^，。；：“”]{{0,40}}?(?:《[^》]+》(?:等)?[^，。；：“”《》]{{0,12}}?)?{_DOCUMENT_ZH}(?:（[^）]+）)?)(?:{_DAY_ZH})?(?:显示|表明|指出|称|说(?!明)|认为|统计|披露|发现|提到|透露|公布)",
        rf"(?:^|[，。；：])(?!据|截至|其中|会上)(?P<who>[^，。；：“”《》\d]{{2,30}}?(?:{_DAY_ZH})*{_MADE_ZH}(?:[^，。；：“”《》]{{0,16}}《[^》]+》(?:[^，。；：“”《》]{{0,12}})?|(?:最新)?{_DOCUMENT_ZH}))(?:{_DAY_ZH})?(?:显示|表明|指出|称|认为|统计|披露|，|：|中)",
        r"(?:^|[，。；：])(?!据|截至|其中|会上)(?P<who>[^，。；：“”《》]{2,30}?《[^》]+》[^，。；：“”《》]{0,8}?)(?:显示|表明|指出|称|认为|统计|披露)",
        r"(?:^|[，。；：])(?P<who>《[^》]+》(?:[^，。；：“”《》\d]{0,6}))(?:显示|表明|指出|称|披露)",
        rf"(?:^|[，。；：”）\s])(?P<who>(?!据|根据|依据|截至|截止|目前|其中|会上|他|她)[^，。；：“”\d]{{2,40}}?)(?:{_DAY_ZH}|还|也|曾|则|{_PLACE_ZH})*(?<!数据)(?<!报告){_SAID_ZH}(?=[，：:。“]|$|截|目|全|我|已|该|其|，|[（(])",
        rf"(?:从|向)(?P<who>[^，。；：“”\d]{{2,24}}?)(?:{_DAY_ZH})?(?:获悉|了解到|得知|获知)",
    )
)  # fmt: skip
_RECORD_ZH = re.compile(
    rf"^[\u4e00-\u9fff]{{2,12}}?(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?(?:讯|电)\s+|^{_MADE_ZH}的?(?=一?[份项])|^(?:本报|本网|新华社)?记者(?:{_DAY_ZH})*(?:从|向)?|^由|^按照?|^来自|^从|^根据|^依据|^据|^(?:{_DAY_ZH})(?:，|,)?"
)
_WHEN_ZH = re.compile(rf"(?:{_DAY_ZH})+(?:上午|下午|晚)?(?:还|也|曾|则)?$")
_HOW_ZH = re.compile(rf"(?:{_PLACE_ZH}|书面|正式|对外|独家)+$")
_MADE_BEHIND_ZH = re.compile(rf"(?:{_DAY_ZH})*(?:最新|的)*{_MADE_ZH}(?:.*)$")
_TITLE_ZH = re.compile(r"的?《[^》]*》.*$")
_TAIL_ZH = re.compile(
    rf"(?:的|最新|第?\d*[一二三四五六七八九十]*[份项次期]|\d{{4}}年(?:度|第.季度)?|{_DAY_ZH})*(?:一[份项])?(?:最新)?(?:{_DOCUMENT_ZH})+(?:（[^）]*）)?$"
)
_SOLE_DOCUMENT_ZH = re.compile(
    r"(?:这|该|此|一|上述|有)?[份项]?(?:最新|抽样|专项|问卷|独立|第三方)*的?(?P<who>报告|调查|研究|白皮书)"
)
_PAGES_ZH = re.compile(
    r"(?:在(?:其|该)?[^，。；]{0,8}|(?<=[部局厅委院府办社]))(?:官方|门户)?(?:网站|官网|微博|微信)(?:公众号)?$"
)
_FACE_ZH = re.compile(r"(?:的?一[份项个次]|联合|共同|首次|正式|对外|方面|官方消息|消息)$")

_PUBLISHED = re.compile(
    rf"^(?:{_WHEN},?\s+)?(?P<who>{_NAME})\s+(?:{_WHEN}\s+)?(?:has\s+)?{_MADE}\s+(?:{_WHEN}\s+)?(?:an?|its|the)\s[^.;]{{0,70}}?{_DOCUMENT}\b",
    re.IGNORECASE,
)
_PUBLISHED_ZH = re.compile(
    rf"(?:^|，)(?P<who>[^，。；\d]{{2,24}}?)(?:{_DAY_ZH}|在[^，。；]{{1,12}}?)*{_MADE_ZH}[^。；]{{0,40}}?{_DOCUMENT_ZH}"
)
OF_NOBODY = frozenset(
    ("report", "survey", "study", "white paper", "research", "报告", "调查", "白皮书", "研究")
)
"""Documents that name nobody; whose they are may stand in the sentence before."""
_HE_SAID = re.compile(
    rf"(?:^|[,.”\"]\s+)(?:he|she)\s+{_MODAL}{_SAID}\b|\bsaid\s+(?:he|she)\b|(?:^|[，。；：”])[他她](?:还|也)?{_SAID_ZH}",
    re.IGNORECASE,
)
_NO_SOURCE = re.compile(
    r"^\d|^(?:In|On|At|By|For|As|During|Since|From|Of|Under|With|After|Before|Among|While)\s|\b(?:whom|which|was|were|been|is|are|be)$|\bof\s+whom\b|^(?:这份|该|此|这一|上述)?(?:榜单|排行榜|名单|图表)$|^有?(?:的|多家)?(?:网友|媒体)|^有(?:数据|报道|消息|统计)",
    re.IGNORECASE,
)
"""What is told something, or is a list, says nothing."""
NOBODY = frozenset(
    (
        "he",
        "she",
        "it",
        "they",
        "which",
        "who",
        "we",
        "this",
        "that",
        "他",
        "她",
        "它",
        "并",
        "该",
        "data",
        "statistics",
        "figures",
        "numbers",
        "estimates",
        "数据",
        "统计",
        "统计数据",
        "监测数据",
        "统计结果",
        "数字",
    )
)
"""What names nobody."""


def attributions(sentence: str, is_chinese: bool) -> Iterator[re.Match[str]]:
    """Where a sentence says from whom it has something (group `who`), best wording first."""
    for pattern in CHINESE if is_chinese else ENGLISH:
        match = pattern.search(sentence)
        if match is None or _NO_SOURCE.search(match["who"]):
            continue
        if (who := source_of(match["who"])) and who.lower() not in NOBODY:
            yield match


def maker_of(sentence: str, is_chinese: bool) -> str | None:
    """Who a sentence says has published a report, of which the next one speaks."""
    match = (_PUBLISHED_ZH if is_chinese else _PUBLISHED).search(sentence)
    return source_of(match["who"]) if match else None


def says_somebody(sentence: str) -> bool:
    """Whether somebody says it of whom the sentence has only a pronoun: he said, 她介绍."""
    return _HE_SAID.search(sentence) is not None


def is_aside(sentence: str, match: re.Match[str]) -> bool:
    """Whether an attribution begins a statement of its own (…, while Sina said …), so that what
    stands before it is of somebody else."""
    return _ASIDE.search(sentence[: match.start("who")]) is not None


def source_of(who: str) -> str:
    """Whose words they are: of a report released by somebody that body, of a report of nobody the
    report; without article, day and place of saying so."""
    return _chinese_source(who) if re.search(r"[\u4e00-\u9fff]", who) else _english_source(who)


def _english_source(who: str) -> str:
    who = _ARTICLE.sub("", _without(_TRAILING, who.strip(" ,")))
    if page := _PAGE_OF.match(who):
        return page["who"] or page["its"]
    for pattern in (_DOCUMENT_BY, _DATA_OF, _DOCUMENT_OF, _NAMED_DOCUMENT, _SOLE_DOCUMENT):
        if match := pattern.match(who):
            named = _ARTICLE.sub("", _without(_TRAILING, match["who"].strip()))
            return re.sub(r"['’]s?$", "", named)
    return who


def _chinese_source(who: str) -> str:
    bare = _without(_RECORD_ZH, who.strip())
    if nobodys := _SOLE_DOCUMENT_ZH.fullmatch(bare):
        return nobodys["who"]
    if outlet := re.fullmatch(
        r"《([^《》]{2,12}(?:[报刊社网台]|周末|新闻))》(?:的)?(?:报道|消息)?", bare
    ):
        return outlet[1]
    for pattern in (
        _TITLE_ZH,
        _MADE_BEHIND_ZH,
        _PAGES_ZH,
        _TAIL_ZH,
        _WHEN_ZH,
        _HOW_ZH,
        _WHEN_ZH,
        _FACE_ZH,
    ):
        shorter = pattern.sub("", bare).removesuffix("的")
        bare = shorter or bare
    bare = bare.removesuffix("的")
    return "报告" if re.match("《", bare) else bare


def _without(pattern: re.Pattern[str], words: str) -> str:
    """Words from which all that a pattern finds is taken, as often as it finds something."""
    while (shorter := pattern.sub("", words)) != words and shorter:
        words = shorter
    return words
