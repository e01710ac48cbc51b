"""Candidates for reported figures in one article: numbers with all that says what they count.

A candidate is what a rule reads, never a fact: somebody confirms, corrects or rejects it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

import polars as pl

from orchestration.claims import (
    RULE_VERSION,
    assertions,
    attributions,
    context,
    dates,
    outlets,
    places,
    ranges,
    scope,
    speakers,
)
from orchestration.claims.numbers import Figure, figures
from orchestration.linking.places import PLACES
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import CLAIM_CANDIDATES, PROVENANCE

_LONGEST = 800
"""Characters of a sentence; a longer one is a list, or no prose."""
_CARRIED_OVER = 2
"""For how many sentences of its paragraph an "as of" holds."""
_ACCOUNTS = re.compile(
    r"\b(?:Sina|Tencent)\b[^.;]{0,60}\b(?:accounts?|followers|fans)\b|(?:新浪|腾讯)[^。；]{0,30}(?:账号|粉丝|听众)|\btweet(?:s|ed)?\b|bilibili|哔哩|B站|今日头条|@\w{2,20}\b[^.;]{0,60}\b(?:followers|fans)\b|we\s?chat|weixin|douyin|kuaishou|toutiao|tiktok|twitter|facebook|youtube|微信|公众号|抖音|快手|头条号|推特|脸书|"
    r"(?:@[\w]{2,20}|[“「][^”」，。]{0,8}(?:警方|平安|公安|交警|发布)[^”」，。]{0,8}[”」])[^。；]{0,25}(?:粉丝|听众)|"
    r"新媒体|(?:政务|官方)(?:账号|帐号|号)|"
    r"\b(?:official|government|verified|agency|police)[\s-](?:[\w-]+\s+){0,2}?accounts\b|"
    r"\baccounts\s+(?:of|run\s+by|held\s+by|opened\s+by)\s+(?:government|party|police|official)|政府[^，。；]{0,6}(?:账号|帐号)",
    re.IGNORECASE,
)
"""Accounts that are no microblogs by name: figures of them are ours where they are of officials."""
_SUBJECT = re.compile(
    r"micro-?\s?blog|weibo|微博|官微(?!博)|官博|开博|围脖|[“\"「][^”\"」，。]{0,8}(?:警方|平安|公安|交警|发布)[^”\"」，。]{0,8}[”\"」]的?粉丝",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？!?；](?:[”’」）\"]*)|[.](?:[”\"')]*)(?=\s+[A-Z“\"@(]|\s*$)")
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Ms|Mrs|Dr|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|St|U\.S|Co|Inc|vs)\.$"
)
_CLAUSE_END = re.compile(r"[,，;；:：—]|\s--?\s|[()（）]")
_ADDRESS = re.compile(r"https?://[^\s<>\"）)]+|www\.[^\s<>\"）)]+|<[^<>]*>|\b\d{13,}\b|&\w+;")
"""Addresses, markup and long ids count nothing."""
_NUMBER = re.compile(
    r"\d[\d,.，]*|[零〇一二两三四五六七八九十百千万亿]{2,}|(?:hundred|thousand|million|billion)s?\b",
    re.IGNORECASE,
)
MOST_NUMBERS = 600
"""A page of tables has hundreds. Each number costs some 3 ms, and thrice that among many."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LED_BY = re.compile(r"\s*With\s")
"""With 6 million followers, the account …: whose they are stands behind the comma."""
_ASIDE = re.compile(r",[^,;\d]{2,60},(?=\s+(?:have|had|has|are|were|run|now|also|already)\b)")
"""Twelve departments, the weather bureau among them, have …: the clause goes on behind."""
_LISTED_BODIES = re.compile(
    r"(?:,\s+(?:(?!and\b|have\b|has\b|had\b|are\b|were\b|which\b|who\b|up\b)[\w'’-]+\s?){1,4}){0,4}?,?\s+and\s+"
    r"(?:(?!have\b|has\b|had\b|are\b|were\b|\d)[\w'’-]+\s+){1,5}(?=(?:have|had|are|were|now|run|use|opened|registered)\b)"
)
"""55 diplomats, embassies and consulates had opened …: the commas of a list end no clause."""
_EARLIER = re.compile(
    r"\b(?:a|the)\s+year\s+(?:earlier|ago|before)|\bthe\s+previous\s+year|上年同?期?|去年同期",
    re.IGNORECASE,
)
_LAST_YEAR = re.compile(r"(?<!end of )(?<!early )(?<!late )\blast\s+year", re.IGNORECASE)
_SAME_PERIOD_BEFORE = re.compile(
    r"(?<![较比])(?:(?:去年|上年|上一年)同期的?|一年前|(?:上一年|前一年)(?=为|有|仅|只))(?:还)?(?:只|仅|为|有|约|近)*$"
)
_BESIDE = re.compile(r"[^;；。]{0,60}$")
"""Growth told with a total is of the day of the total."""
_UP_FROM = re.compile(r"\b(?:rose|grew|grown|risen|climb\w*|jump\w*|increas\w*|soar\w*|surg\w*|"
    r"up|fell|dropp\w*|declin\w*)\b[^;.]{0,80}\d[^;.]{0,60}\bfrom\s*$|"
    r"\bagainst\s*$|\b(?:up|down|rising|compared|rose|increased|"
                      r"grew)\s+(?:\w+\s+)?(?:from|with|to)\s*$|\d(?:\s+million)?\s+from\s*$|从$|由$|而[^，。]{0,12}(?:为|"
                      r"仅|只有)$", re.IGNORECASE)  # fmt: skip
_TWO_ENDS = re.compile(r"\d.*(?:to|or|and|[-–—~～－至到]).*\d")
_BASE = re.compile(
    r"\bfrom\s+$|(?:从|由)(?:(?!到|至|为)(?:\d+[年月日]|[^，。；\d])){0,10}$", re.IGNORECASE
)
"""What something rose from was true on some day before, which nobody knows if it is not printed."""
_MADE_OF = re.compile(r"[^，。；]*(?:组成|构成)")
_BASE_WITH_DAY = re.compile(
    r"(?:从|由)[^，。；]{1,12}?的?\s?[\d.,]+[万亿千百]?[余多]?[个家名条人]*(?=[^，。；]{0,4}[增升涨减降压])|"
    r"\b(?:compared\s+(?:with|to)|against|from)\s+(?:(?:about|some|only|just|nearly|over)\s+)?\d[\d,.]*(?:\s+\w+){0,4}?"
    r"\s+(?:(?:at|by)\s+the\s+(?:end|start|beginning)\s+of|in|on|by|as\s+of)\s[^,;.]{2,25}?(?=\s+to\s|[,;.]|$)"
)
"""What something rose from, or is compared with, and the day printed beside it."""
_COUNTED = re.compile(r"\s*(?:$|[，。；,.;]|from\b|on\b|over\b|year\b|within\b|in\b)")
"""What follows where a figure has no noun of its own."""
_PART = re.compile(r"[其当]中[^，。；\d]*$|,\s+(?:of\s+which|including|among\s+them)\s[^,;\d]*$")
_JOINED_ON = re.compile(
    r"(?:(?!\b(?:ha(?:s|ve|d)|is|are|was|were|runs?|now|bring\w*|to)\b)[^,;，。；\d]){0,30}(?:\band|和|、|及|与)"
    r"(?:(?!\b(?:ha(?:s|ve|d)|is|are|was|were|runs?|now|bring\w*|to)\b|[已共有达至到为])[^,;，。；\d]){0,12}"
)
_OF_WHICH = re.compile(r"\s+of\s+(?:which|whom|them|these|those)\b", re.IGNORECASE)
_IN_TURN = re.compile(r"[人名]?(?:[，,]其中|、)")
_TOTAL = re.compile(r"总|合计|一共|\b(?:total|combined|together|altogether)\b")
_OF_THEM = re.compile(r"\s+of\s+(?:them|these|those)\b", re.IGNORECASE)
_LEFT = re.compile(r"(?:保留|现存|现有|仅存|剩余|剩下|尚存)了?$|\bleaving\s+(?:only\s+)?$")
"""What is left after some were closed is a stock."""
_THERE = re.compile(
    r"\s+(?:were\s+|are\s+)?on\s+(?:Sina|Tencent|Weibo|WeChat|Douyin|Twitter|Facebook|Kuaishou|Toutiao)\b"
)
_ACCOUNTS_WITH = re.compile(
    r"(?:账号|帐号|微博)?的?粉丝(?:数|量)?(?:均|都|已)*(?:过|超|不足|不到|突破|逾|少于|低于|没有)"
)
"""7个粉丝过百万: of accounts, so many have more than a million."""
_BODIES_WITH = re.compile(
    r"[^，。；\d]{0,14}的(?:官方|政务)?(?:微博|账号|公众号)的?粉丝(?:数|量)?(?:均|都|已)*[过破](?=\d|百|千|万|十)"
)
"""75所高校的官方微博粉丝过10万: so many bodies have accounts with more."""
_EACH_HAS = re.compile(
    r"每个?[^，。；\d]{0,8}(?:微博|账号|帐号|公众号)(?:平均|只|仅|则|却|有|为|约|已|达到?|升至)*$"
)
"""平均每个公众号1.2万: followers, where those of all were told."""
_PAGE_HAS = re.compile(
    r"\b(?:its|their|the)\s+(?:\w+\s+)?(?:page|account|feed|channel|micro-?\s?blog)\s+$|\b(?:page|account|micro-?\s?blog|one|Weibo|WeChat|Twitter|Douyin)\s+(?:has|had|counts|boasts)\s+(?:only\s+|just\s+)?$"
    r"|\bnow\s+(?:has|have|counts|boasts)\s+$"
)
"""Their Weibo page has 1.9 million: followers, where those of another page were told."""
_AND_SECOND = re.compile(
    r"\d(?:\s+(?:million|thousand|billion))?\s+and\s+(?:(?:about|some|over|nearly|almost)\s+)?$"
)
_OF_THE_WHOLE = re.compile(
    r"(?:.*?,\s+|.*?\b(?:said|says|that|found|reported)\s+|\W*)[Oo]f\s+(?:the|its|their|these|those|all)\s[^;.]*,\s+(?:[^,;.\d]{0,20}\s)?$"
)
_ARE_SO = re.compile(r"\s+(?:had|have|has|were|are|was|is|remain|belong)\b")
"""Of the 14,270 accounts, some 9,100 had …"""
_OUT_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:(?:(?!and\b)[\w'’]+\s+){0,3})")
_STAFF = re.compile(
    r"\b(?:run|kept|maintained|updated|operated|managed|staffed|handled|edited)\s+by\s+(?:\w+\s+)?$"
)
"""Officers who run one microblog together have none of their own."""
_FRAME_ZH = re.compile(r"[^，。；、\d]{1,14}中，?(?:仅|只|已|共|现|有|的)*\d")
_FRAME = re.compile(
    r"(?:\d|\bthirds?|\bquarters?|\bfifths|\bhalf|\bmost|\bfew)\s+(?:out\s+)?of\s+(?:the\s+|its\s+)?(?:[\w'’]+\s+)?$"
)
"""12 of 31 governments: the 31 are those that might have microblogs, not those that do."""
_ANOTHER = re.compile(
    r"\b(?:followed\s+by|ahead\s+of|and|while|with)\s+(?:[A-Z][\w'’]+\s+){1,3}(?:with|at|had|has|\()\s*$"
    r"|(?:^|[;,]\s)\s*[A-Z]\w+\s+(?:led|leads|tops|topped|came\s+(?:first|second|third)|ranked\s+\w+|follow(?:s|ed))(?:\s+the\s+\w+)?\s+with\s*$"
    r"|\bthat\s+of\s+[^,;]{2,40}\s(?:has|had|with)\s+(?:just\s+|only\s+)?$"
    rf"|(?:[，、和及是]|依次为)(?:{'|'.join(PLACES)})[省市]?(?:有|为|以|达|则|[（(])*$"
    r"|\bof\s+(?:which|whom|them)\s+(?:only\s+|just\s+|some\s+|about\s+)?$|\b(?:puts?|put)\s+(?:its|theirs|their)(?:\s+(?:own|number|count|tally|total))?\s+at\s+$"
    r"|[;,]\s+(?:and\s+)?on\s+(?:Sina|Tencent|Weibo|WeChat|Douyin|Twitter|Facebook|Toutiao|Kuaishou)(?:\s+Weibo)?,?\s+(?:it\s+has\s+|it\s+had\s+)?$"
    r"|\bthose\s+(?:in|of|from|on)\s+[A-Z][\w'’]+(?:\s+[A-Z][\w'’]+)?\s+(?:had\s+|numbered\s+|at\s+)?$"
    r"|一年前(?:还|仅|只|为|有|是)*$|\b(?:another|a\s+further)\s*$|另有?$|[其当]中[^，。；\d]{0,8}$"
    r"|[、，](?:官方|政务)?(?:微信|抖音|头条|快手)(?:公众号|号)?(?:有|约|近|达)?$"
    r"|[、，](?:新浪|腾讯|人民网|新华网)(?:微博|平台|网)?上?(?:有|约|近)?$"
    r"|(?:账号|微博|公众号|帐号)(?:之?中|里)，?(?:有|仅|只有?|已有|共有|约|近)*$"
    r"|每个?[^，。；\d]{0,8}(?:微博|账号|帐号|公众号)(?:平均|仅|只|则|却|有|为|达到?)*$"
    r"|分别(?:为|有|是|达到?|约|近)*$|分别[^，。；\d]{0,12}(?:\d[\d.]*[万千]?[余多]?[个家名人条]*[和、及与])+$"
    r"|[,;]\s+(?:and\s+)?(?:Sina|Tencent)(?:\s+Weibo)?\s+(?:has\s+|had\s+)?$",
    re.IGNORECASE,
)
"""What stands before a figure that counts what the one before does."""
_OF_WHOM = re.compile(
    r"的(?:账号|帐号|微博|只|仅|也|还|已|约|近|占|有|不到|不足|超过|逾|\s)*$|\b(?:but|and|while|though|with|only)\s+(?:only\s+|just\s+)?$"
)
"""坚持每天更新的不足三成: a share of what the figure before counts."""
_AND_PERCENT = re.compile(r"\d\s*(?:[%％]\s*(?:[和、及与]|and\s)|percent\s+and\s)\s*$")
"""增长66%和120%: the second is what the first is."""
_SHARE = re.compile(
    r"\bpercent\s+of\s|(?:开通|覆盖|认证|注册)率|占|比重|比例|份额|\bshare\b|\bof\s+(?:all|the|them|its|their)\b|"
    r"account(?:s|ed|ing)? for",
    re.IGNORECASE,
)
_SHARE_ROSE = re.compile(
    r"\b(?:share|proportion|percentage|ratio)\b[^,;.]*\b(?:to|at|reach\w*|hit|stood\s+at|was|is)\s+$|"
    r"(?:开通率|覆盖率|占比|比例|比重|入驻率|认证率|回复率|办结率)[^，。；]*?(?:至|到|为|达到?|已达|超过|(?:由|从)[^，。；\d]*)$",
    re.IGNORECASE,
)
"""A share that rose to 61 percent is a share."""
_AMONG_ZH = re.compile(
    r"(?:账号|帐号|微博|公众号|机关|机构|部门|单位|[局厅院所])(?:之?中|里)，?(?:已|有|仅|只|约|近|超过?|逾)*$"
)
_OR_SHARE = re.compile(r"\d[^,，;；。]*(?:,\s+or|，即|[（(]占?)\s*(?:about\s+|约|近)?$")
"""61 of them, or 28.5 percent."""
_OF_READERS = re.compile(
    r"\b(?:respondents|"
    r"(?<!blogs )(?<!accounts )(?<!governments )(?<!agencies )(?<!departments )surveyed|polled|"
    r"interviewees)\b|\bsurvey\s+of\s+(?:\w+\s+)?[\d,]+\s+(?:\w+\s+)?(?:residents|people|users|"
    r"citizens|students|netizens)|(?:手机|农村|城镇|女性|男性)网民|受访|被调查者",
    re.IGNORECASE,
)
"""A share of those who were asked is none of accounts."""
_IN_ONE_BREATH = re.compile(r"[^,;，。；]*(?:\band\b|和|及|与|、)[^,;，。；]*")
_GROWTH = re.compile(
    r"\b(?:rose|grew|grown|increas\w+|"
    r"(?<!make )(?<!makes )(?<!made )(?<!set )(?<!sets )(?<!setting )(?<!signed )(?<!sign )up|"
    r"growth|jump\w+|"
    r"ris(?:e|ing|en)|soar\w+|surg\w+|expand\w+)\b|增长|增加|上升|增幅|同比|环比|提高",
    re.IGNORECASE,
)
_DECLINE = re.compile(
    r"\b(?:fell|fall(?:en|ing)?|drop\w*|declin\w*|decreas\w*|shr[aiu]nk|down|fewer(?!\s+than\s+[\d.]+\s*(?:%|percent|per\s+cent)))\b|减少|下降|下滑|降幅|缩减",
    re.IGNORECASE,
)
_OTHER_THINGS = re.compile(
    r"\b(?:shares|stocks?|prices?|sales|revenues?|profits?|crimes?|accidents?|GDP|econom\w+)\b|"
    r"案件|发案|营收|收入|利润|股价|事故|经济",
    re.IGNORECASE,
)
"""What rises and falls beside microblogs."""
_AGAINST = (
    (re.compile(r"month[ -]on[ -]month|(?:previous|last) month|上个?月|较\d+月", re.IGNORECASE),
     "_per_month"),
    (re.compile(r"quarter[ -]on[ -]quarter|(?:previous|last) quarter|上(?:个|一)?季度",
                re.IGNORECASE), "_per_quarter"),
    (re.compile(r"week[ -]on[ -]week|(?:previous|last) week|上个?周", re.IGNORECASE), "_per_week"),
    # 环比 is against the period before, mostly a month.
    (re.compile(r"环比"), "_per_month"),
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """One figure of one sentence; offsets are characters of the article's text."""

    quote: str
    quote_start: int
    quote_end: int
    figure_text: str
    figure_start: int
    figure_end: int
    value: float
    value_lo: float | None
    value_hi: float | None
    qualifier: str
    claim_unit: str
    metric: str
    actor_scope: str | None
    sector: str | None
    platform_scope: str
    region_code: str | None
    as_of_text: str | None
    as_of_date: date | None
    date_precision: str
    as_of_basis: str | None
    speaker: str | None
    speaker_kind: str | None
    quoted_outlet: str | None


def candidates(text: str, published: date | None = None) -> list[Candidate]:
    """Figures about official accounts that a text reports; none where it does not speak of any.

    Of a text with very many numbers the beginning is read (`read_until`).
    """
    text = text[: read_until(text)]
    found: list[Candidate] = []
    outlet: str | None = None
    for start, end in _paragraphs(text):
        paragraph = text[start:end]
        outlet = speakers.byline_of(paragraph) or outlet
        carried, ago = None, 0
        before = context.Before()
        for first, last in _sentences(paragraph):
            span = (start + first, start + last)
            around = Around(published, outlet, carried, before)
            told, before = _of_sentence(text, span, around)
            found += told
            own = dates.explicit_of(outlets.without_names(paragraph[first:last]), published)
            carried, ago = (own, 0) if own else (carried, ago + 1)
            if ago >= _CARRIED_OVER:
                carried = None
        outlet = speakers.quoted_outlet(paragraph) or outlet
    return found


def read_until(text: str) -> int:
    """Where the reading of a text ends: at once if it does not speak of accounts, before the number
    above MOST_NUMBERS, each of which looks at the whole of its sentence, or at the end."""
    if not (_SUBJECT.search(text) or _ACCOUNTS.search(text)):
        return 0
    numbers = islice(_NUMBER.finditer(text), MOST_NUMBERS, None)
    beyond = next(numbers, None)
    return beyond.start() if beyond else len(text)


def candidate_id(article_id: str, candidate: Candidate, occurrence: int = 0) -> str:
    """The same printed figure in the same sentence of an article, in whatever version of it."""
    key = "\x1f".join(
        (article_id, candidate.quote, candidate.figure_text,
         str(candidate.figure_start - candidate.quote_start), str(occurrence))
    )  # fmt: skip
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]+", text):
        yield match.span()


def _sentences(paragraph: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(paragraph):
        if _ABBREVIATED.search(paragraph[max(start, match.end() - 8) : match.end()]):
            continue
        yield from _filled(paragraph, start, match.end())
        start = match.end()
    yield from _filled(paragraph, start, len(paragraph))


def _filled(paragraph: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence without the blanks around it; one without an end in pieces, since every
    figure looks at the whole of its sentence."""
    while end - start > _LONGEST:
        cut = max(paragraph.rfind(mark, start + 1, start + _LONGEST) for mark in ",，;；、 ")
        cut = cut + 1 if cut > start else start + _LONGEST
        yield from _stripped(paragraph, start, cut)
        start = cut
    yield from _stripped(paragraph, start, end)


def _stripped(paragraph: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = paragraph[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


@dataclass(frozen=True)
class Around:
    """What is known before a sentence is read: the day of publication, the outlet above it, the
    "as of" that still holds, and the sentences before it in its paragraph."""

    published: date | None
    outlet: str | None
    carried: dates.AsOf | None
    before: context.Before


@dataclass(frozen=True)
class _Sentence:
    """One sentence as it is read, all of its texts of one length, so that offsets stay right.

    text: without addresses; plain: without names of outlets and titles too (the Daily of one is no
    day); unnamed: without names of accounts (that of the body beside one is a place); unsaid:
    without the office of who speaks. behind: the sentence behind literal speech, which says whose
    it is. topic: the sentences before, where this one refers to them.
    """

    quote: str
    start: int
    text: str
    plain: str
    unnamed: str
    unsaid: str
    is_chinese: bool
    numbers: Sequence[Figure]
    behind: str
    heard: speakers.Speaker | None
    topic: str
    around: Around


def _of_sentence(
    text: str, span: tuple[int, int], around: Around
) -> tuple[list[Candidate], context.Before]:
    """The figures of one sentence, and what the next one may refer to."""
    sentence = _prepared(text, span, around)
    told: list[Candidate] = []
    for place in range(len(sentence.numbers)):
        candidate = _candidate(sentence, place, told)
        if candidate is not None:
            told.append(candidate)
    return told, context.after(
        sentence.around.before, sentence.text, told, sentence.heard,
        dates.dateline_of(sentence.plain, around.published),
        attributions.maker_of(sentence.text, sentence.is_chinese),
    )  # fmt: skip


def _prepared(text: str, span: tuple[int, int], around: Around) -> _Sentence:
    before = around.before
    quote = text[span[0] : span[1]]
    sentence = _ADDRESS.sub(lambda match: " " * len(match[0]), quote)
    is_chinese = len(_HAN.findall(sentence)) * 5 > len(sentence)
    plain = outlets.without_names(sentence)
    # The 12345 of an account's name counts nothing.
    unnamed = scope.without_account_names(plain)
    spaced = unnamed if is_chinese else ranges.without_hyphens(unnamed)
    numbers = ranges.joined(sentence, figures(spaced, is_chinese))
    behind = _behind_quote(text, span) if numbers else ""
    heard = speakers.speaker_of(sentence + behind, is_chinese) if numbers else None
    is_person = heard is not None and heard.kind == "person"
    unsaid = speakers.without_office(sentence, is_chinese) if is_person else sentence
    if heard and heard.kind == "body" and heard.name and scope.studies(heard.name):
        # A university that counts microblogs is not whose they are.
        unsaid = unsaid.replace(heard.name, " " * len(heard.name))
    if heard is None and before.is_same:
        heard = before.speaker
    if heard and heard.name in attributions.OF_NOBODY and before.maker:
        heard = speakers.kind_of(before.maker)
    if not before.sent_from:
        before = replace(before, sent_from=context.place_of_dateline(sentence))
    goes_on = before.is_same or context.refers_back(sentence)
    return _Sentence(
        quote, span[0], sentence, plain, scope.without_handles(sentence), unsaid, is_chinese,
        numbers, behind, heard, before.text if goes_on else "", replace(around, before=before),
    )  # fmt: skip


def _candidate(sentence: _Sentence, place: int, told: Sequence[Candidate]) -> Candidate | None:
    """The figure at a place among the numbers of a sentence; None where it reports nothing."""
    figure, text, around = sentence.numbers[place], sentence.text, sentence.around
    clause = _clause(text, figure)
    segment = _segment(sentence.numbers, place, clause)
    heard = sentence.heard
    speaker = heard if heard and figure.start >= heard.since else None
    for aside in speakers.asides(text, sentence.is_chinese):
        speaker = aside if figure.start >= aside.since else speaker
    read = _read(
        sentence.unsaid, figure, segment, clause, told or _earlier(sentence),
        sentence.is_chinese, sentence.topic,
    )  # fmt: skip
    if read is None or assertions.reports_nothing(text, figure, clause, sentence.is_chinese):
        return None
    metric, actor = read
    if figure.unit != "percent":
        metric = assertions.metric_of(sentence.plain, figure, metric, segment, sentence.is_chinese)
        metric = _as_beside(text, figure, metric, told)
    is_change = metric.endswith(("_gained", "_lost"))
    at = _as_of(sentence.plain, figure, segment, around, told, is_change)
    if dates.is_after(at, around.published):
        return None
    printed = text[figure.start : figure.end].strip()
    said = speaker.name if speaker else None
    sector = None
    if metric != "users":
        is_of_many = assertions.stock_of(metric) == "accounts"
        has_handle = scope.handle_of(text[slice(*clause)]) is not None
        # Accounts that are counted are not those of an account named in a clause before.
        words = sentence.unnamed if is_of_many and not has_handle else text
        sector = _sector(sentence, words, figure, segment, clause, told, said)
    platform = _platform(sentence, figure, segment, clause, told, said)
    since = sentence.numbers[place - 1].end if place else 0
    region = places.region_of(
        sentence.unnamed,
        segment,
        clause,
        since,
        figure.start,
        sentence.is_chinese,
        said or (speaker.serves_in if speaker else None),
    )
    return Candidate(
        sentence.quote, sentence.start, sentence.start + len(sentence.quote), printed,
        sentence.start + figure.start, sentence.start + figure.start + len(printed),
        figure.value, figure.lo, figure.hi, figure.qualifier, _unit(metric, figure), metric,
        _actor(sentence, clause, actor, sector, platform, speaker is not None), sector, platform,
        context.region_of(region, sentence.unnamed, sentence.is_chinese, around.before),
        at.text, at.day, at.precision, at.basis, said, speaker.kind if speaker else None,
        _outlet(text + sentence.behind, speaker) or around.outlet,
    )  # fmt: skip


def _earlier(sentence: _Sentence) -> list[Candidate]:
    """The figure told last before a sentence that refers to it, as if it stood at its start."""
    last = sentence.around.before.last
    if not sentence.topic or last is None:
        return []
    return [replace(last, quote_start=0, figure_start=0, figure_end=0)]


def _sector(
    sentence: _Sentence,
    words: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
    said: str | None,
) -> str | None:
    sector = scope.sector_of(words, segment, clause, said)
    if told and sector in ("all", None) and _of_those(sentence.text, figure, clause):
        sector = told[-1].sector
    sector = context.sector_of(sector, sentence.text, sentence.around.before)
    if sector is None and sentence.behind and not scope.names_any(sentence.text):
        whole = (0, len(sentence.behind))
        return scope.sector_of(sentence.behind, whole, whole, None)
    return sector


def _platform(
    sentence: _Sentence,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
    said: str | None,
) -> str:
    text = scope.without_account_names(sentence.text)
    if several := _of_several(text, figure, clause, told):
        return several
    own = scope.platforms_of(text, figure, segment, clause, said)
    own = scope.with_unnamed(text, clause, own)
    has_medium = bool(scope.media_of(text, figure, segment, clause))
    return context.platform_of(own, text, has_medium, sentence.around.before)


def _actor(
    sentence: _Sentence,
    clause: tuple[int, int],
    read: str | None,
    sector: str | None,
    platform: str,
    is_said: bool,
) -> str | None:
    """Actors, where a clause does not tell them apart: of what a body calls its own that body,
    else those of the sentence before, and bodies on platforms other than microblogs."""
    if read != "organ+officer":
        return read
    if is_said and _OUR.search(sentence.text, *clause):
        return "organ"
    actor = context.actor_of(read, sentence.text[slice(*clause)], sentence.around.before)
    is_of_bodies = sector == "all" and scope.is_of_bodies(platform)
    return "organ" if actor == "organ+officer" and is_of_bodies else actor


_OUR = re.compile(r"\b(?:our|we)\b|我们|我[局厅市院]|本[局院]", re.IGNORECASE)
"""Whose a body speaks of as its own."""
_SPEECH_ENDS = re.compile(r"[。！？]”$")
_SAID_OF_IT = re.compile(r"[^\n。！？；\d]{4,80}。")


def _behind_quote(text: str, span: tuple[int, int]) -> str:
    """The sentence behind literal speech, which says whose it is; empty for none."""
    if not _SPEECH_ENDS.search(text[slice(*span)]):
        return ""
    match = _SAID_OF_IT.match(text, span[1])
    return match[0] if match else ""


_EACH_ITS_RATE = re.compile(r"\brespectively\b|分别")
_ALL_PLATFORMS = re.compile(
    r"(?:[两二三四五]|\d)(?:类|个|大)?平台|各平台|(?:several|both|all|the\s+(?:two|three|four|five))\s+(?:the\s+)?platforms",
    re.IGNORECASE,
)


def _of_several(
    sentence: str, figure: Figure, clause: tuple[int, int], told: Sequence[Candidate]
) -> str | None:
    """The platform of one of several rates that are those of the totals before in turn, or the
    platforms of all totals before (三类平台合计); None for other figures."""
    totals = [other for other in told if other.claim_unit != "percent"]
    if figure.unit == "percent" and len(totals) > 1 and _EACH_ITS_RATE.search(sentence):
        turn = len(told) - 1 - told.index(totals[-1])
        beside = list(re.finditer(r"\d\s?(?:[%％]|percent)", sentence))
        if 0 <= turn < len(beside) <= len(totals):
            return totals[turn - len(beside)].platform_scope
    if figure.unit != "percent" and (one := _of_totals(sentence, figure, clause, totals)):
        return one
    if figure.unit != "percent" and _ALL_PLATFORMS.search(sentence[clause[0] : figure.start]):
        named = "+".join(other.platform_scope for other in totals).split("+")
        known = dict.fromkeys(name for name in named if name not in ("unspecified", "?"))
        if len(set(named)) > 1:
            return "+".join([*known, *(["?"] if len(known) < len(set(named)) else [])])
    return None


def _of_totals(
    sentence: str, figure: Figure, clause: tuple[int, int], totals: Sequence[Candidate]
) -> str | None:
    """The platform of one of two counts that are those of the two totals before in turn: 211 Weibo
    and 187 WeChat accounts, which published 46,000 and 29,500 items respectively."""
    ahead, behind = sentence[clause[0] : figure.start], sentence[figure.end : clause[1]]
    is_second = _IN_PAIR_BEFORE.search(ahead) is not None
    if not is_second and not _IN_PAIR_BEHIND.match(behind):
        return None
    if not _EACH_ITS_RATE.search(sentence[slice(*clause)]):
        return None
    before = [total for total in totals if total.figure_end - total.quote_start <= clause[0]][-2:]
    if len({total.platform_scope for total in before}) < 2 or scope.platforms_named(ahead + behind):
        return None
    return before[int(is_second)].platform_scope


_IN_PAIR_BEFORE = re.compile(
    r"\d(?:\s+(?:million|thousand|billion))?\s+and\s+(?:(?:about|some|over|nearly|almost)\s+)?$|分别[^，。；\d]{0,12}\d[\d.]*[万千亿]?[余多]?[个家名条篇次件]?[、和及与]$"
)
_IN_PAIR_BEHIND = re.compile(
    r"(?:\s+(?:million|thousand|billion))?\s+and\s+(?:\w+\s+){0,2}?\d|[、和及与](?:约|近|逾)?\d"
)


def _outlet(sentence: str, speaker: speakers.Speaker | None) -> str | None:
    """The outlet that brings a figure: whoever is said to report it, or an outlet that says it."""
    if speaker is not None and speaker.kind == "outlet":
        return speaker.name
    return outlets.reported_by(sentence)


def _as_beside(sentence: str, figure: Figure, metric: str, told: Sequence[Candidate]) -> str:
    """The metric of a figure joined to the one before by "and": 38 and 12 accounts were closed."""
    if not told:
        return metric
    between = sentence[told[-1].figure_end - told[-1].quote_start : figure.start]
    is_change = told[-1].metric in (f"{metric}_gained", f"{metric}_lost")
    return told[-1].metric if is_change and _JOINED_ON.fullmatch(between) else metric


def _as_of(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    around: Around,
    told: Sequence[Candidate],
    is_change: bool,
) -> dates.AsOf:
    published, carried = around.published, around.carried
    is_rate = figure.unit == "percent" or is_change
    if (
        is_rate
        and told
        and _BESIDE.match(sentence[told[-1].figure_end - told[-1].quote_start : figure.start])
    ):
        last = told[-1]
        own = dates.as_of(sentence, segment, figure.start, published, carried, is_change=True)
        if not segment[0] <= own.start < figure.start:
            return dates.AsOf(
                last.as_of_date, last.date_precision, last.as_of_basis, last.as_of_text
            )
    if not is_rate and _SAME_PERIOD_BEFORE.search(sentence[segment[0] : figure.start]):
        return dates.year_before(
            dates.as_of(sentence, (0, 0), figure.start, published, carried), "去年同期"
        )
    earlier = _EARLIER.search(sentence, figure.end, segment[1])
    if earlier is None and _UP_FROM.search(sentence[: figure.start]):
        earlier = _LAST_YEAR.search(sentence, figure.end, segment[1])
    if not is_rate and told and (match := earlier):
        return dates.year_before(
            dates.as_of(sentence, (0, figure.start), figure.start, published), match[0]
        )
    is_range = _TWO_ENDS.search(sentence, figure.start, figure.end) is not None
    is_made_of = _MADE_OF.match(sentence, figure.end) is not None
    if not (is_range or is_made_of) and _BASE.search(sentence[: figure.start]):
        own = dates.as_of(sentence, segment, figure.start, published)
        is_own = segment[0] <= own.start < segment[1]
        if not is_own:
            # 450 in April: behind "from" a day is no start.
            behind = " " * figure.end + sentence[figure.end :]
            own = dates.as_of(behind, (figure.end, segment[1]), figure.end, published)
            is_own = figure.end <= own.start < segment[1]
        return own if is_own else dates.AsOf(None, "day", None, None)
    # The day of what it rose from is not that of what it rose to.
    sentence = _BASE_WITH_DAY.sub(
        lambda match: (
            match[0] if match.start() <= figure.start < match.end() else " " * len(match[0])
        ),
        sentence,
    )
    at = dates.as_of(
        sentence, segment, figure.start, published, carried,
        is_change=is_change, sent_on=around.before.sent_on,
    )  # fmt: skip
    last = around.before.last
    if around.before.is_same and last is not None and at.basis in ("publication", None):
        # What goes on behind a ； is said on the same day.
        return dates.AsOf(last.as_of_date, last.date_precision, last.as_of_basis, last.as_of_text)
    is_own = at.basis == "carried" and carried is not None and around.before.is_same
    return replace(at, basis=carried.basis) if is_own and carried else at


def _read(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
    is_chinese: bool,
    topic: str = "",
) -> tuple[str, str | None] | None:
    """metric and actors of a figure; None where it counts nothing of ours. topic: the sentences
    before, of which this one goes on."""
    if figure.unit == "percent":
        return _percentage(sentence, figure, segment, clause, told, topic)
    noun = scope.noun_of(sentence, figure, segment, is_chinese)
    if scope.counts_adopters(sentence, figure, noun):
        return "accounts", _adopters(sentence, figure)
    is_base = bool(_UP_FROM.search(sentence[: figure.start]))
    media = scope.media_of(sentence, figure, segment, clause)
    about = f"{topic} {sentence}"
    is_ours = scope.is_of_microblogs(media) or bool(_SUBJECT.search(about) and not media)
    if (
        noun is not None
        and noun.metric == "users"
        and not _of_microblogs(sentence, figure, noun, is_ours)
    ):
        return None
    if noun is not None and not is_ours and not scope.is_official(about):
        return None
    if told and is_base and (noun is None or noun.metric != "followers"):
        return assertions.stock_of(told[-1].metric), told[-1].actor_scope
    if told and noun and told[-1].metric == "followers" and noun.metric == "accounts":
        between = sentence[told[-1].figure_end - told[-1].quote_start : noun.start]
        if not figure.classifier and _IN_TURN.fullmatch(between):
            # 粉丝达4100万，其中微博2800万: followers of them.
            return "followers", told[-1].actor_scope
    if (figure.classifier in ("个", "家") and _ACCOUNTS_WITH.match(sentence, figure.end)) or (
        figure.classifier in ("个", "家", "所") and _BODIES_WITH.match(sentence, figure.end)
    ):
        whole = scope.Noun("accounts", figure.end, figure.end)
        own = scope.actor_of(sentence, figure, whole, segment, clause)
        return "accounts", (told[-1].actor_scope if told else None) or own
    if (
        told
        and _EACH_HAS.search(sentence[: figure.start])
        and (assertions.stock_of(told[-1].metric) == "followers")
    ):
        return "followers", told[-1].actor_scope
    is_beside_bodies = noun is not None and noun.metric == "organs" and noun.end <= figure.start
    if (
        told
        and noun is not None
        and is_beside_bodies
        and not figure.classifier
        and told[-1].metric == "followers"
    ):
        # 公安部微博粉丝达840万，最高人民法院为610万: followers of that body.
        return "followers", scope.adopters_of(sentence, noun, clause)
    if noun is None:
        return _of_the_last(sentence, figure, segment, clause, told)
    if noun.metric in ("officers", "organs"):
        if _is_frame(sentence, figure, told) or _FRAME_ZH.match(sentence, figure.end):
            return None
        if noun.metric == "officers" and _STAFF.search(sentence[clause[0] : figure.start]):
            return None
        if not scope.adopts(sentence, noun, clause, about):
            return _of_the_last(sentence, figure, segment, clause, told)
        return "accounts", scope.adopters_of(sentence, noun, clause)
    sector = scope.sector_of(sentence, segment, clause, None)
    is_told = sector is not None or _SUBJECT.search(about) or scope.is_official(about)
    if noun.metric != "accounts" and not is_told:
        return None
    actor = scope.actor_of(sentence, figure, noun, segment, clause)
    if told and noun.start == noun.end and noun.metric == "posts":
        # 60条 behind 1860条 questions are questions.
        is_theirs = actor == "organ+officer" and _goes_on(sentence, figure, noun, clause, told)
        actor = (told[-1].actor_scope if is_theirs else None) or actor
        return _countable(told[-1].metric) or noun.metric, actor
    if actor == "organ+officer" and told and _goes_on(sentence, figure, noun, clause, told):
        actor = told[-1].actor_scope or actor
    return noun.metric, actor


_OTHER_USERS = re.compile(
    r"internet|web|online|net\s*$|netizens|mobile|网民|网友|手机|互联网", re.IGNORECASE
)
_MICROBLOG_USERS = re.compile(r"micro-?\s?blog|weibo|\bsina\b|微博", re.IGNORECASE)


def _of_microblogs(sentence: str, figure: Figure, noun: scope.Noun, is_ours: bool) -> bool:
    """Whether users are said to be those of microblogs: users of the Internet are more."""
    if not is_ours:
        return False
    own = sentence[min(figure.end, noun.start) : max(figure.end, noun.end)]
    if _OTHER_USERS.search(own):
        return bool(_MICROBLOG_USERS.search(own))
    return True


def _adopters(sentence: str, figure: Figure) -> str:
    """Who has microblogs where a figure says only how many: officers where people are counted."""
    if figure.classifier in ("人", "名", "位"):
        return "officer"
    if figure.classifier == "家":
        return "organ"
    noun = scope.Noun("accounts", figure.end, figure.end)
    return scope.actor_of(sentence[: figure.start], figure, noun, (figure.start, figure.start),
                          (0, figure.start)) or "organ+officer"  # fmt: skip


def _is_frame(sentence: str, figure: Figure, told: Sequence[Candidate]) -> bool:
    """Whether a figure is of those that might have microblogs: fifteen of the city's 21 bureaus."""
    if told:
        between = sentence[told[-1].figure_end - told[-1].quote_start : figure.start]
        if _OUT_OF.fullmatch(between):
            return True
    return _FRAME.search(sentence[: figure.start]) is not None


def _goes_on(
    sentence: str,
    figure: Figure,
    noun: scope.Noun,
    clause: tuple[int, int],
    told: Sequence[Candidate],
) -> bool:
    """Whether a figure that names no actors is of those of the figure before: their followers, or
    a part of their accounts; a total is of all of them."""
    if told[-1].metric in ("accounts_gained", "accounts_lost") and noun.metric == "accounts":
        is_own = scope.names_sector(sentence[slice(*clause)])
        return not is_own and len({candidate.actor_scope for candidate in told}) == 1
    is_of_several = len({candidate.actor_scope for candidate in told}) > 1
    if is_of_several and _TOTAL.search(sentence[clause[0] : figure.start]):
        return False
    return noun.metric != "accounts" or _PART.search(sentence[: figure.start]) is not None


def _of_those(sentence: str, figure: Figure, clause: tuple[int, int]) -> bool:
    """Whether a figure is a part of the one before (1,916 of which, 其中) that names no sector of
    its own but bodies or people."""
    own = sentence[clause[0] : clause[1]]
    is_part = _PART.search(sentence[: figure.start]) or _OF_WHICH.match(sentence, figure.end)
    return bool(is_part) and not scope.names_sector(own)


def _countable(metric: str) -> str | None:
    """What 条 may count, of the figure before; None for what it does not."""
    stock = assertions.stock_of(metric)
    return stock if stock in ("comments", "questions", "reposts") else None


def _of_the_last(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
) -> tuple[str, str | None] | None:
    """A figure without a noun of its own that counts what the one before does: 40 of them, another
    40."""
    before, behind = sentence[: figure.start], sentence[figure.end :]
    if not told:
        return None
    is_of_them = (_OF_THEM.match(behind) or _OF_WHICH.match(behind)) and told[-1].metric not in (
        "reposts",
        "reads",
        "likes",
    )
    is_there = told[-1].metric in ("accounts", "followers") and _THERE.match(behind)
    if told[-1].metric == "accounts_lost" and _LEFT.search(before):
        return "accounts", told[-1].actor_scope
    is_more = assertions.is_change(sentence[segment[0] : figure.start]) and _COUNTED.match(behind)
    is_page = (
        assertions.stock_of(told[-1].metric) == "followers"
        and _PAGE_HAS.search(before)
        and re.match(r"\s*[.;,]", behind)
    )
    if is_page:
        return "followers", told[-1].actor_scope
    if _AND_SECOND.search(before) and re.match(r"\s*,?\s+respectively\b", behind):
        return told[-1].metric, told[-1].actor_scope
    is_part = _OF_THE_WHOLE.match(before) and _ARE_SO.match(behind)
    is_other = told[-1].metric == "accounts" and re.match(
        r"\s+(?:others|more)\b(?!\s+than)", behind
    )
    if not (is_other or is_of_them or is_there or is_more or is_part or _ANOTHER.search(before)):
        return None
    if is_other:
        return assertions.stock_of(told[-1].metric), told[-1].actor_scope
    if is_more:
        return assertions.stock_of(told[-1].metric), told[-1].actor_scope
    noun = scope.Noun(assertions.stock_of(told[-1].metric), figure.end, figure.end)
    actor = scope.actor_of(sentence, figure, noun, segment, clause)
    if actor == "organ+officer":
        actor = told[-1].actor_scope
    if told[-1].metric == "accounts" and figure.classifier == "家":
        actor = "organ"
    return told[-1].metric, actor


def _percentage(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
    topic: str,
) -> tuple[str, str | None] | None:
    if not scope.names_adoption(f"{topic} {sentence}"):
        return None
    around = sentence[segment[0] : segment[1]]
    if told and told[-1].claim_unit == "percent" and _AND_PERCENT.search(sentence[: figure.start]):
        return told[-1].metric, told[-1].actor_scope
    if _OTHER_THINGS.search(around) or _OF_READERS.search(sentence[: figure.end + 60]):
        return None
    if told and _OR_SHARE.search(sentence[: figure.start]):
        return "share", told[-1].actor_scope
    if not (
        _SHARE.search(around)
        or _AMONG_ZH.search(sentence[: figure.start])
        or _GROWTH.search(around)
        or _DECLINE.search(around)
        or scope.names_adoption(around)
        or (_OF_THE_WHOLE.match(sentence[: figure.start]) and _ARE_SO.match(sentence[figure.end :]))
        or (told and _OF_WHOM.search(sentence[segment[0] : figure.start]))
    ):
        return None
    if _SHARE_ROSE.search(sentence[clause[0] : figure.start]):
        return "share", scope.actor_of(
            sentence, figure, scope.Noun("share", figure.end, figure.end), segment, clause
        )
    metric = _direction(sentence[segment[0] : figure.start]) or _direction(around) or "share"
    if metric != "share":
        metric = _of_what(sentence, figure, clause, told) + metric + _against(around)
    counted = [
        candidate.actor_scope
        for candidate in told
        if assertions.stock_of(candidate.metric) == "accounts"
    ]
    noun = scope.Noun("share", figure.end, figure.end)
    if (
        metric != "share"
        and len(counted) > 1
        and _IN_ONE_BREATH.fullmatch(
            sentence[
                told[-2].figure_end - told[-2].quote_start : told[-1].figure_start
                - told[-1].quote_start
            ]
        )
    ):
        # 60,500 of agencies and 33,000 of cadres, up 80 percent: both are.
        counted = ["organ+officer" if len(set(counted[-2:])) > 1 else counted[-1]]
    is_unnamed = scope.sector_of(around, (0, 0), (0, len(around)), None) is None
    if told and told[-1].metric == "users" and is_unnamed:
        return metric, None
    whose = counted[-1:] or [scope.actor_of(sentence, figure, noun, segment, clause)]
    return metric, whose[0]


def _of_what(
    sentence: str, figure: Figure, clause: tuple[int, int], told: Sequence[Candidate]
) -> str:
    """What grew, as the start of a metric: followers_growth; accounts have none."""
    named = scope.metric_named(sentence, clause[0], figure.start)
    if named is None and told and told[-1].claim_unit != "percent":
        named = assertions.stock_of(told[-1].metric)
    return "" if named in (None, "accounts", "officers", "organs") else f"{named}_"


def _against(around: str) -> str:
    """Since when it grew, as the end of a metric: growth_per_month; of a year none."""
    return next((ending for pattern, ending in _AGAINST if pattern.search(around)), "")


def _direction(words: str) -> str | None:
    """growth or decline, as the last such word says; 同比 alone says neither and means growth."""
    ups, downs = list(_GROWTH.finditer(words)), list(_DECLINE.finditer(words))
    if downs and (not ups or ups[-1].start() < downs[-1].start() or ups[-1][0] in "同比环比"):
        return "decline"
    return "growth" if ups else None


def _unit(metric: str, figure: Figure) -> str:
    if figure.unit == "percent":
        return "percent"
    stock = assertions.stock_of(metric)
    unit = stock.rstrip("s")
    ending = metric.removeprefix(f"{stock}_")
    return f"{unit} {ending.replace('_', ' ')}" if ending.startswith("per_") else unit


def _clause(sentence: str, figure: Figure) -> tuple[int, int]:
    """The part of a sentence between the commas around a figure; 1,000 has none."""
    start = 0
    for match in _CLAUSE_END.finditer(sentence, 0, figure.start):
        around = sentence[max(0, match.start() - 1) : match.end() + 1]
        if not re.fullmatch(r"\d[,，]\d", around):
            start = match.end()
    is_led = _LED_BY.match(sentence[start : figure.start]) is not None
    past_aside = 0
    for match in _CLAUSE_END.finditer(sentence, figure.end):
        if is_led and sentence[match.start()] == ",":
            is_led = False
            continue
        if match.start() < past_aside:
            continue
        if aside := _ASIDE.match(sentence, match.start()) or (
            _LISTED_BODIES.match(sentence, match.start())
            if re.fullmatch(r"(?:\s+[\w'’-]+){1,4}", sentence[figure.end : match.start()])
            else None
        ):
            past_aside = aside.end()
            continue
        if not re.fullmatch(r"\d[,，]\d", sentence[match.start() - 1 : match.end() + 1]):
            return start, match.start()
    return start, len(sentence)


def _segment(numbers: Sequence[Figure], place: int, clause: tuple[int, int]) -> tuple[int, int]:
    """The clause, cut at the figures before and behind."""
    start = max([clause[0], *(n.end for n in numbers[:place])])
    end = min([clause[1], *(n.start for n in numbers[place + 1 :])])
    return start, end


UNREAD_SCHEMA: dict[str, Any] = {
    **{name: polars_schema(CLAIM_CANDIDATES)[name] for name in PROVENANCE},
    "reason": pl.String(),
}


def candidate_rows(articles: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of quality.claim_candidates of versions of articles; and which articles could not be
    read to their end, with the reason.

    articles: article_id, outlet, url, published_at, text and provenance.
    """
    days = articles["published_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    rows: list[dict[str, Any]] = []
    unread: list[dict[str, Any]] = []
    for article, day in zip(articles.iter_rows(named=True), days, strict=True):
        text = article.pop("text")
        place = {name: article[name] for name in PROVENANCE}
        try:
            rows += _rows_of_article(article, text, day)
        except Exception as error:  # one article costs no other its figures
            unread.append({**place, "reason": f"unforeseen_error:{type(error).__name__}"})
            continue
        if 0 < read_until(text) < len(text):
            unread.append({**place, "reason": "too_many_numbers"})
    return (
        pl.DataFrame(rows, schema=polars_schema(CLAIM_CANDIDATES)),
        pl.DataFrame(unread, schema=UNREAD_SCHEMA),
    )


def _rows_of_article(article: dict[str, Any], text: str, day: date | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    seen: Counter[tuple[str, int]] = Counter()
    for found in candidates(text, day):
        place = (found.quote, found.figure_start - found.quote_start)
        identity = candidate_id(article["article_id"], found, seen[place])
        seen[place] += 1
        rows.append(
            article | asdict(found) | {"candidate_id": identity, "rule_version": RULE_VERSION}
        )
    return rows
