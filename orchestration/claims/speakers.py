"""Who said a figure, and which outlet a text quotes. Bodies and outlets are named, people never.

How people in a published sentence are hidden is in `people.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestration.claims import attributions
from orchestration.claims.outlets import CHINESE_NAME


@dataclass(frozen=True)
class Speaker:
    """Who said it. kind: body, outlet, person, or unclear. name: the body or outlet; of a person
    the body that they are said to speak for, if any. since: where a statement of theirs begins
    that what stands before is no part of; 0 for the whole sentence. serves_in: the body of a person
    who does not speak for it, which says where they are and is not published as speaker."""

    name: str | None
    kind: str
    since: int = 0
    serves_in: str | None = None


_HEADER = re.compile(
    r"(?:^|[.!?”\"]\s+|\s)(?:(?:[Ff]rom|[Vv]ia)\s+(?:the\s+)?|(?:来自|转自|摘自)\s*)"
    r"(?P<name>[A-Z\u4e00-\u9fff][\w'’ .&\u4e00-\u9fff-]{1,40})[:：]\s*$"
)
_HEADED = re.compile(r"^\s*(?:From|Via)\s+(?:the\s+)?(?P<name>[A-Z][\w'’ .&-]{1,40}):\s")
"""From The Paper: at the head of the text itself."""
_BYLINE = re.compile(
    r"^\s*(?:（|\()?(?P<name>Xinhua|Reuters|AFP|AP|新华社|中新社|人民日报)(?:）|\))?\s*(?:[-—]{1,2}|讯|电)"
    r"|^\s*(?:（|\()?(?P<wire>(?!本)[\u4e00-\u9fff]{1,8}?(?:社|网|报|台|在线))"
    r"(?:[^，。；\d]{0,8}(?:\d{1,2}月)?\d{1,2}日(?:电|讯|专电|消息)|(?:讯|电|消息)\s)"
    r"|^[A-Z][A-Za-z.'’/, -]{1,40}(?:\d{1,2}(?:,\s+\d{4})?)?\s*"
    r"\((?P<agency>Xinhua|Reuters|AFP|AP|CCTV|CGTN|CNS|China\s+News\s+Service|"
    r"[A-Z][\w ]+ (?:Daily|News|Times|Post))\)"
    r"\s*(?:--?|[—–])"
)
OUTLET_WORDS = re.compile(
    r"\b(?:Daily|Times|Post|News\s+Agency|News|Newsweek|Xinhua|Xinhuanet|Reuters|AFP|Weekly|Radio|Television|TV|Press|Online|"
    r"CCTV|BBC|CNN|Bloomberg|Caixin|Journal|Review|Magazine|Herald|Tribune|Observer|Standard|Guardian|Economist|"
    r"Telegraph|Gazette|Monitor|Chronicle|Bulletin|Voices|Tone|Paper|Weekend|Insider|Info|Wire|Express|Courier|Globe|Mirror|Mail|Star|Evening\s+News)\b|\.(?:com|cn|org|net)\b"
)


BODY = re.compile(
    r"\b(?:(?:ministr|agenc|authorit|compan|universit|academ)(?:y|ies)|departments?|bureaus?|offices?|"
    r"governments?|police(?!\s+(?:officer|chief|spokes))|(?:sub-?)?stations?|cent(?:er|re)s?|institutes?|"
    r"associations?|committees?|commissions?|administrations?|councils?|courts?|procuratorates?|reports?|"
    r"stud(?:y|ies)|surveys?|statistics|websites?|portals?|platforms?|networks?|brigades?|corps|groups?|"
    r"corporations?|lab(?:s|oratory|oratories)?|divisions?|alliances?|foundations?|forums?|federations?|leagues?|unions?|"
    r"societ(?:y|ies)|observator(?:y|ies)|schools?|colleges?|hospitals?|embass(?:y|ies)|consulates?|congress|secretariat|"
    r"headquarters|services?|customs|museums?|librar(?:y|ies)|prisons?|missions?|boards?|hotlines?|zoos?|firms?|consultanc(?:y|ies)|operators?|think\s+tanks?|task\s+force|forces?|teams?|cadre|"
    r"detachments?|squads?|units?|byte\s?dance|alibaba|baidu|hootsuite|sina|tencent|weibo|wechat|douyin|toutiao|kuaishou|twitter|facebook|tiktok|bytedance|netease|sohu|mps|cnnic|cag)\b",
    re.IGNORECASE,
)
PEOPLE = re.compile(
    r"\b(?:vice[\s-]|deputy\s+|assistant\s+|former\s+|senior\s+)?(?:spokes(?:man|woman|person|people)|directors?|chiefs?|heads?|officers?|officials?|policem[ae]n|"
    r"policewom[ae]n|professors?|analysts?|researchers?|experts?|scholars?|secretar(?:y|ies)|ministers?|"
    r"mayors?|governors?|managers?|editors?|presidents?|leaders?|deput(?:y|ies)|captains?|inspectors?|"
    r"sergeants?|superintendents?|commissioners?|commanders?|users?|bloggers?|netizens?|lawyers?|"
    r"executives?|representatives?|staff(?:ers)?|employees?|reporters?|people(?!['’]s)|residents?|wom[ae]n|m[ae]n|volunteers?|insiders?|lawmakers?|legislators?|delegates?|diplomats?|ambassadors?|consuls?|judges?|prosecutors?|advis[eo]rs?|economists?|sociologists?|lecturers?|students?|mr|mrs|ms|dr)\b",
    re.IGNORECASE,
)
_SPEAKS_FOR = re.compile(r"\b(?:of|for|at|with|from|in)\s+(?:the\s+)?(?P<body>[^,;]+)$")
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单倪严牛温"
)
_PINYIN = frozenset(
    re.findall(
        r"\w+",
        "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo "
        "liang song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng "
        "peng lu lv su jiang cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan "
        "fang shi yao tan liao zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao "
        "meng long wan duan lei qian yin yi chang qiao lai gong wen ni niu zhu mo mei sheng "
        "zhuang ou ouyang zhuge situ shangguan sima ning ji qi shu bao bi chi chu ge geng guan hua "
        "huo jiao jing ke kuang lan leng lian ling lou luan miao mu pang pei pu qu rao rong ruan "
        "sha shan si sui tao teng tu weng xi xiang xing yang yue zhai zhan zhen zhuo zuo",
    )
)
_CHINESE_BODY = (
    r"(?:报告|部|局|厅|委|办|办公室|院|校|中心|公司|政府|协会|网|报|社|台|警方|公安|总队|支队|大队|中队|所|检察院|[\u4e00-\u9fff][处科室]|"
    r"大学|交大|平台|微博|新浪|腾讯|微信|抖音|快手|今日头条|团队|集团|部门|单位|机构|机关|当局|官方|监测室|实验室|课题组|CNNIC|白皮书|最高检|最高法|字节跳动|阿里巴巴|百度|网易|搜狐|清博大数据|清博|新榜|研究会|学会|联盟|基金会|智库|使馆|领馆|指挥部|党委|政协|人大|法工委|街道|村委会|局党组|编辑部|运营方)"
)
_CHINESE_OUTLET = re.compile(
    r"(?:社|[日晚晨早时都商周青]报|报|电视台|广播电台|周刊|新闻|人民网|新华网|中新网)$"
)
CHINESE_ROLE = re.compile(
    r"(?:新闻)?发言人|(?:相关|有关|主要)?负责人|(?:相关|有关)人士|副?[局厅部省市县区处科队所院校会站组]长|书记|"
    r"主任|政委|教授|研究员|专家|学者|民警|警官|警员|干警|警察|记者|主编|总编辑?|总裁|总经理|经理|CEO|"
    r"首席[^，。；]{2,4}官|董事长|副?总监|秘书长|[司庭馆台社室署州镇乡村行]长|副?主席|院士|讲师|分析师|评论员|新闻官|联络员|委员(?!会)|小编|编辑(?!部)|"
    r"(?:科|调)?研人员|研究人员|工作人员|官员|领导|网友|网民|博主|律师|先生|女士"
)
_PAGES_OF_IT = re.compile(
    r"(?<=[部局厅委院府队办所会台馆])的?(?:官方|政务|新浪|腾讯)*(?:微博|微信|公众号|新媒体)(?:账号|平台)?$"
)
_CHINESE_OFFICER = re.compile(r"民警|警官|警员|干警|警察|网友|网民|博主|记者")
"""Who serves in a body, or writes, and does not speak for it."""
_CHINESE_NAME = rf"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}"


def speaker_of(sentence: str, is_chinese: bool) -> Speaker | None:
    """Who is said to have said it; None where the sentence does not say."""
    matches = list(said_by(sentence, is_chinese))
    whole = [match for match in matches if not attributions.is_aside(sentence, match)]
    match = next(iter(whole or matches), None)
    if match is None:
        return Speaker(None, "person") if attributions.says_somebody(sentence) else None
    since = match.start("who") if attributions.is_aside(sentence, match) else 0
    return replace(_source(match["who"]), since=since)


def asides(sentence: str, is_chinese: bool) -> list[Speaker]:
    """Who says what begins within a sentence as a statement of its own ("…, whereas Sina puts its
    own at …")."""
    found = (m for m in said_by(sentence, is_chinese) if attributions.is_aside(sentence, m))
    named = [replace(_source(match["who"]), since=match.start("who")) for match in found]
    return [speaker for speaker in named if speaker.kind in ("body", "outlet")]


def _source(who: str) -> Speaker:
    """Who that is; a report by a title of its own is a report of nobody."""
    named = attributions.source_of(who)
    if named in attributions.OF_NOBODY:
        return Speaker(named, "body")
    speaker = kind_of(named)
    if speaker.kind == "unclear" and (title := _TITLED.search(who)) and not _TELLS.search(who):
        is_somebodys = re.match(_CHINESE_NAME, who) is not None
        return speaker if is_somebodys else Speaker(title["what"], "body")
    return speaker


def without_office(sentence: str, is_chinese: bool) -> str:
    """The sentence, of the same length, with blanks for the office of who is said to have said
    it: an officer who speaks is not whom a figure counts."""
    match = next(said_by(sentence, is_chinese), None)
    if match is None:
        return sentence
    start, end = match.span("who")
    offices = CHINESE_ROLE if is_chinese else PEOPLE
    bare = offices.sub(lambda office: " " * len(office[0]), sentence[start:end])
    return sentence[:start] + bare + sentence[end:]


def kind_of(who: str) -> Speaker:
    """What those words name, without the names of people."""
    return _chinese_kind(who) if re.search(r"[\u4e00-\u9fff]", who) else _english_kind(who)


PINYIN_NAME = re.compile(
    rf"(?P<ahead>)\b(?:{'|'.join(sorted(name.capitalize() for name in _PINYIN))})\s+"
    r"(?!University|Academy|Institute|Daily|News|Road|Dynasty)[A-Z][a-z]+(?:-[a-z]+)?(?:\s+(?!University|Academy|Institute)[A-Z][a-z]+)?\b(?P<behind>)(?!\s+(?:Daily|News|University|Road|Dynasty))"
)

_TOLD_OF = re.compile(
    rf"(?:^|[，。；：])(?P<who>{_CHINESE_NAME})，[^，。；]{{1,25}}，(?:表示|介绍说?|透露|指出|告诉|称|说)"
)
"""A name, what the reader is told of its bearer, and that they said something."""


def said_by(sentence: str, is_chinese: bool) -> Iterator[re.Match[str]]:
    """Where a sentence says who said it; no pronouns."""
    yield from attributions.attributions(sentence, is_chinese)
    if is_chinese and (told := _TOLD_OF.search(sentence)):
        yield told


_CLAUSE_BEHIND = re.compile(
    r",?\s+(?:who|whose|whom|which|that|where|while|when|and\s+who)\b.*$|,.*$", re.DOTALL
)
"""What is told about a speaker behind their name says nothing of who they are."""
_RELATIVE = re.compile(r",?\s+(?:who|whose|whom|which)\b.*$", re.DOTALL)
_PREPOSITION = re.compile(r"\s+(?:of|for|at|with|from|in|by|on|under|to)\s")


def _english_kind(who: str) -> Speaker:
    who = _RELATIVE.sub("", who)
    office = PEOPLE.search(who)
    if office is None:
        return _english_body(_CLAUSE_BEHIND.sub("", who))
    start = office.start() if office else 0
    ahead = _ARTICLE.sub("", who[:start].split(",")[-1].strip())
    behind = _SPEAKS_FOR.search(who[start:])
    for body in (behind["body"] if behind else "", ahead):
        body = re.sub(r"['’]s$", "", _CLAUSE_BEHIND.sub("", body).strip())
        if BODY.search(body) and not _is_named(body):
            return Speaker(_ARTICLE.sub("", body.strip()), "person")
    return Speaker(None, "person")


_ARTICLE = re.compile(r"^(?:that\s+)?(?:the|a|an)\s+", re.IGNORECASE)
_NO_NAME = re.compile(
    r"\d{2}|\b(?:is|are|was|were|has|have|had|will|doubled|tripled|rose|grew|fell|reached|told|said)\b"
)
"""What is a sentence is no name of a body."""


def _english_body(who: str) -> Speaker:
    """A body or an outlet by its own noun: what stands before the first preposition must be one.

    Of somebody "of Sina" or "from the ministry" only the body is named.
    """
    if _NO_NAME.search(who):
        return Speaker(None, "unclear")
    head, behind = _PREPOSITION.split(who, maxsplit=1)[0], _SPEAKS_FOR.search(who)
    if _ends_as_outlet(head) and not _is_named(head):
        return Speaker(who, "outlet")
    if BODY.search(head):
        return Speaker(None, "unclear") if _is_named(who) else Speaker(who, "body")
    if is_english_name(head) or (
        behind and re.fullmatch(r"[A-Z][\w'’.-]+(?:\s+[A-Z][\w'’.-]+){1,2}", head)
    ):
        body = _ARTICLE.sub("", behind["body"].strip()) if behind else ""
        return Speaker(body if BODY.search(body) and not _is_named(body) else None, "person")
    return Speaker(None, "unclear")


def _ends_as_outlet(head: str) -> bool:
    """Whether the last noun that says what it is is that of an outlet: the monitoring office of
    an outlet is none."""
    outlet_ends = [match.end() for match in OUTLET_WORDS.finditer(head)]
    body_ends = [match.end() for match in BODY.finditer(head)]
    return bool(outlet_ends) and outlet_ends[-1] >= max(body_ends, default=0)


def _is_named(who: str) -> bool:
    """Whether those words hold the name of a person: Li Wei's office."""
    return PINYIN_NAME.search(who.replace("’", "'")) is not None


def is_english_name(who: str) -> bool:
    """Whether words are the name of a person in pinyin, surname first."""
    words = who.replace("’", "'").split()
    return (
        2 <= len(words) <= 3
        and words[0].lower() in _PINYIN
        and all(word[:1].isupper() for word in words)
        and not BODY.search(who)
        and not OUTLET_WORDS.search(who)
    )


_TELLS = re.compile(
    r"的|关注|研究(?!院|所|中心|会|室|实验室|基地|报告|人员)|从事|负责|运营|主管|管理(?!局|委|部|处|中心|办|科|所|学院|大学)|经常|长期|来自|"
    r"曾|喜欢|热衷|开设|使用|熟悉|写|玩|自称|认证"
)
"""What tells something about somebody is no name of a body."""
_TITLED = re.compile(r"(?P<what>报告|白皮书)(?:（[^）]*）)?$")
_SOMEBODYS = re.compile(
    rf"^{_CHINESE_NAME}(?:在|的)*(?:个人|实名|新浪|腾讯|官方)*(?:微博|工作室|团队|课题组|研究组|实验室)"
)


def _chinese_kind(who: str) -> Speaker:
    if re.fullmatch(CHINESE_NAME, who):
        return Speaker(who, "outlet")
    if re.fullmatch(rf"{_CHINESE_NAME}[处那]里?", who):
        return Speaker(None, "unclear")  # from somebody, no office of theirs
    office = CHINESE_ROLE.search(who)
    body = re.match(rf".*{_CHINESE_BODY}", who[: office.start()] if office else who)
    if body is not None and (_TELLS.search(body[0]) or _SOMEBODYS.match(who)):
        return Speaker(None, "person" if office else "unclear")
    if office is not None and _CHINESE_OFFICER.match(office[0]):
        return Speaker(None, "person", serves_in=body[0] if body else None)
    if office is not None:
        named = _PAGES_OF_IT.sub("", body[0]) if body else None
        return Speaker(named, "person")
    if body is None:
        is_name = re.fullmatch(_CHINESE_NAME, who) is not None
        return Speaker(None, "person" if is_name else "unclear")
    rest = who[body.end() :]
    if re.fullmatch(_CHINESE_NAME, rest):
        return Speaker(body[0], "person")
    if rest:
        return Speaker(None, "unclear")
    return Speaker(who, "outlet" if _CHINESE_OUTLET.search(who) else "body")


def quoted_outlet(paragraph: str) -> str | None:
    """The outlet from which the paragraphs below this one are taken ("From China Daily:")."""
    match = _HEADER.search(paragraph)
    return outlet_of(match["name"].strip()) if match else None


def outlet_of(name: str) -> str | None:
    """A name as that of an outlet; None where it is that of a person, or may be."""
    if re.search(r"[\u4e00-\u9fff]", name):
        is_person = re.fullmatch(_CHINESE_NAME, name) and not _CHINESE_OUTLET.search(name)
        return None if is_person or kind_of(name).kind == "person" else name
    if OUTLET_WORDS.search(name) and not _is_named(name):
        return name
    is_person = _is_named(name) or kind_of(name).kind == "person"
    looks_so = re.fullmatch(r"[A-Z][a-z'’]+(?:\s+[A-Z][a-z'’]+){1,2}", name) and not BODY.search(
        name
    )
    return None if is_person or looks_so else name


def byline_of(paragraph: str) -> str | None:
    """The agency a text begins with: (Xinhua) --, 新华社北京9月26日电."""
    if headed := _HEADED.match(paragraph):
        return outlet_of(headed["name"].strip())
    match = _BYLINE.match(paragraph)
    return match[match.lastgroup] if match and match.lastgroup else None
