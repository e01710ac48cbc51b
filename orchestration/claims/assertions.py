"""How a sentence asserts a figure: that so many are, that so many came or went, so many in a time,
so many some day, or that it is not so.

What belongs here: which of these a figure is. Only the first is a stock, which may be held against
what is observed. The others have metrics of their own (accounts_gained, posts_per_day), so that
nothing takes one for the other; what is planned or denied reports nothing and is no figure.
"""

from __future__ import annotations

import re

from orchestration.claims.numbers import Figure
from orchestration.claims.scope import Span

ENDINGS = (
    "gained", "lost", "per_hour", "per_day", "per_week", "per_month", "per_year", "per_account",
    "per_quarter", "average", "growth", "decline",
)  # fmt: skip
"""What a metric ends with where it is no stock."""

# -- planned or denied ------------------------------------------------------------------------
_DOING = (
    r"(?:be|have|see|open|launch|set\s+up|setup|run|operate|regist\w*|creat\w*|establish\w*|reach|total|"
    r"number|hit|grow|rise|increase|add|exceed|top|surpass|gain|attract|win|build|bring|cover|raise|expand)"
)
_PLANNED = re.compile(
    r"\b(?:will|shall|would|must)\s+\w+|"
    rf"\b(?:should|may|might|could|can)\s+(?:\w+\s+){{0,2}}?{_DOING}\b|"
    r"\b(?:plan|aim|hope|intend|expect|want|vow|pledge|promise|seek|strive|prepare|wish)(?:s|d|ed|ned|ning|ing)?"
    r"\s+(?:\w+\s+){0,3}?(?:to|for|on)\b|\bplan(?:s|ned|ning)?\s+(?:some\s+|about\s+|over\s+)?\d|\bplans?\s+(?:call|are)\b|\b(?:are|is|was|were)\s+to\s+\w+\b|"
    r"\b(?:goals?|targets?|quota|aims?|plans?)\s+(?:of|is|was|for|to|calls?)\b|"
    r"\b(?:target|predict|forecast|project)(?:s|ed|ing)?\b|\b(?:set|due|scheduled|likely|ready|about|expected)\s+to\b|"
    r"\b(?:told|urged|ordered|asked|requir\w+|call(?:s|ed|ing)?\s+(?:on|for)|instruct\w*|encourag\w+)\b"
    rf"[^;.]*?\bto\s+{_DOING}\b|\brequir\w+\s+(?:at\s+least|each|every|all)\b",
    re.IGNORECASE,
)
_EXISTING = re.compile(
    r"\b(?:merge|close|shut(?:\s+down)?|cut|reduce|consolidate|combine|scrap|delete)\s+(?:all\s+)?(?:its|their|the|these|those)\s+$"
)
_ITS_OWN = re.compile(r"(?:\b(?:its|their|these|those|all|the)|['’]s)\s+$")
_CUT = re.compile(
    r"\s+(?:[\w-]+\s+){1,3}?(?:will|would|are\s+to|is\s+to)\s+(?:soon\s+)?(?:be\s+)?(?:merged?|closed?|shut|cut|reduced?|consolidated?|combined|"
    r"scrapped|deleted)\b"
)
"""What is to be merged or closed is there: its 76 microblogs would be merged."""
_WILL_BE = re.compile(
    r"[^,;.]*?\b(?:will|would|shall|should|are\s+to|is\s+to|are\s+(?:due|expected|planned|scheduled|likely)\s+to|"
    r"are\s+(?:planned|expected|envisaged)|remain\s+to)\b",
    re.IGNORECASE,
)
_PLANNED_ZH = re.compile(
    r"建议|呼吁|提议|(?:应当?|须|要)(?:每|至少)|计划|拟(?!人)|力争|争取|目标|规定|预计|预期|预测|有望|打算|准备(?:开|建|在)|规划|要求|确保|希望|务必|"
    r"(?:应当?|须|要|必须|需要?|可)(?:全部|普遍|至少|力求)?(?:开|建|达到|实现|设|有)|"
    r"将(?!近)(?:会|要|在[^，。；]{1,12}?|于[^，。；]{1,12}?|再|陆续|全部|新|继续|逐步|共|分批|首批|至少|年内|进一步|达|扩)*"
    r"(?:开|建|达|增|设|推出|突破|超|注册|上线|拥有|有|认证|覆盖|吸引)"
)
_PLANNED_BEFORE_ZH = re.compile(
    r"(?:要求|规定|通知|计划|规划|部署|预计|力争|争取|目标是?)[^。；\d，]{0,6}[：:，,“]+(?:[^。；，]{0,10}[年月](?:底|末)?(?:前|之前|内)，?)?[^。；，]*$"
)
"""What is ordered or planned stands behind the comma."""
_GOES_ON_ZH = re.compile(
    r"(?:并且?|且)(?!已)|(?:使|让|令)?(?:总数|总量|规模)?(?:达到?|增至|增加到|突破|超过|实现|扩大到|不少于)"
)
"""A clause without a subject goes on with what the clause before plans."""
_TO_BE_ZH = re.compile(
    r"[^，。；]{0,12}?的?(?:目标|计划|规划|任务|指标)(?!完成|已|实现)|[^，。；]{0,8}将(?!近)"
)
_DENIED = re.compile(
    r"(?:\bnot|n't|\bnever|\bno\s+longer|\brather\s+than|\binstead\s+of|\bfar\s+from|\bcannot)\s+"
    r"(?:(?!only\b|just\b|least\b|than\b)[\w-]+\s+){0,2}?$|"
    r"\b(?:den(?:y|ied|ies|ying)|refut\w+|dismiss\w+|reject\w+)\s+(?:\w+\s+){0,4}?that\b[^;.]*$|"
    r"\b(?:false|wrong|untrue|incorrect|not\s+true|no\s+truth)\s+(?:that|to\s+say|in)\b[^;.]*$|"
    r"\bnothing\s+like\s+$",
    re.IGNORECASE,
)
_DENIED_BEHIND = re.compile(
    r"[^,;.]{0,30}?,?\s*(?:as\s+(?:was\s+|were\s+)?(?:wrongly|earlier|previously)\s+reported|is\s+(?:false|wrong|untrue))",
    re.IGNORECASE,
)
_DENIED_ZH = re.compile(
    r"(?:并非|并不是|不是|绝非|而非|而不是|并没有|并无|没有|从未有|否认[^。；]{0,20}|误传(?:为|成)?|误报(?:为|成)?|不实[^，。]{0,6})(?:有|为|是|达到?)?$"
)
_DENIED_BEHIND_ZH = re.compile(
    r"[^，。；]{0,8}?，?(?:的说法|一说|的消息|的传闻)?(?:并?不(?:属实|准确|确切|实)|纯属|系谣言|是谣言|是误传|系误传|有误)"
)
_WITHOUT = re.compile(
    r"[^,;.]*?\b(?:ha(?:ve|s|d)\s+(?:no|not|yet\s+to|never)|do(?:es)?\s+not|did\s+not|without|lack(?:s|ed|ing)?)\b"
    r"[^,;.]*?\b(?:micro-?\s?blogs?|accounts?)\b",
    re.IGNORECASE,
)
_WITHOUT_ZH = re.compile(
    r"(?:没有|未|尚未|还没有?|并未|从未)(?:能|曾)?(?:开通|开设|注册|使用|建立|认证)[^，。；]{0,6}(?:微博|账号|帐号)"
)
"""Those that have no microblog."""
_CRITERION = re.compile(
    r"\b(?:micro-?\s?blogs|accounts)\s+(?:with|that\s+have|which\s+have|having)\s+$", re.IGNORECASE
)
_OF_ACCOUNTS_WITH_ZH = re.compile(
    r"(?:\d[万千]?[余多]?|[一二三四五六七八九十百])[个家](?:账号|帐号|微博)?的?粉丝[^，。；\d]*$"
)
_OF_BODIES_WITH_ZH = re.compile(
    r"\d[万千]?[余多]?[个家所][^，。；\d]{0,14}的(?:官方|政务)?(?:微博|账号|公众号)的?粉丝(?:数|量)?(?:均|都|已)*$"
)
"""75所高校的官方微博粉丝过10万: so many have more than 100,000."""
_OF_A_SHARE_ZH = re.compile(
    r"\d[%％成][^，。；]{0,3}的[^，。；]*$|成的[^，。；]*$|个的?账号[^，。；]{0,6}$"
)
_OF_A_PART = re.compile(
    r"\d[\d,.]*\s+(?:percent\s+)?(?:(?:[\w'’-]+\s+){0,3}?(?:of\s+(?:them|these|those)|accounts|micro-?\s?blogs)|percent)\b[^;.]{0,60}\b(?:have|had|has|post(?:ed)?|"
    r"attract(?:ed)?|with|carr(?:y|ied))\s+$"
)
"""61 of them have fewer than 500 followers: which of them are counted."""
_NUMBER = (
    r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|"
    r"twenty|thirty|forty|fifty|sixty|hundred)"
)
_PART_OF_THEM = re.compile(
    rf"\b{_NUMBER}\s+of\s+(?:them|(?:these|those)(?:\s+[\w-]+)?|which|whom|the\s+(?:accounts|micro-?\s?blogs))\s+(?:\w+\s+){{0,3}}?"
    r"(?:have|had|has|attract(?:ed)?|draw|drew|drawn|with|boast(?:ed)?)\s+(?:\w+ed\s+|drawn\s+|won\s+)?$",
    re.IGNORECASE,
)
_EACH_OF_THEM = re.compile(r"[^,;.]{0,30}?\b(?:each|apiece)\b", re.IGNORECASE)
_IN_ALL = re.compile(
    r"[^,;.]{0,30}?\b(?:in\s+total|combined|altogether|together|in\s+all)\b", re.IGNORECASE
)
"""12 of those have more than 500,000 followers each: which of them are counted."""
_OF_OTHERS = re.compile(
    r"(?:违规|违法|造谣|虚假|诈骗|营销|水军|仿冒|假冒)[^，。；\d]{0,4}(?:账号|帐号|微博)|\b(?:fake|bogus|zombie|illegal|fraudulent|spam)\s+(?:followers|"
    r"fans|accounts)\s+(?:across|on\s+its|from\s+its|platform)|\b(?:actor|actress|singer|film\s+star|pop\s+star|celebrity)\b|演员|歌手|影星|明星|[女男]星|艺人|偶像",
    re.IGNORECASE,
)
"""Accounts of those who break rules, and followers of stars."""
_CRITERION_ZH = re.compile(r"(?:粉丝|听众)[^，。；\d]{0,6}$")
_OF_THOSE_ZH = re.compile(
    r"(?:粉丝|听众)[^，。；]{0,8}(?:过|超|以上|突破|逾)[^，。；]{0,6}的[^，。；\d]{0,4}$"
)
_CRITERION_BEHIND_ZH = re.compile(
    r"(?:之间|以上|以下|以内)?的(?:[^，。；]{0,12}(?:微博|账号|帐号)|(?:共|已|仅|只|就)*有)"
)
"""Accounts with more than a million followers: the million says which accounts are counted."""

# -- came and went ----------------------------------------------------------------------------
_GAINED = re.compile(
    r"\b(?:gr[eo]w[ns]?|growing|ros[e]|risen|rises?|rising|increas(?:e[sd]?|ing)|climb(?:s|ed|ing)?|"
    r"jump(?:s|ed|ing)?|surg(?:e[sd]?|ing)|soar(?:s|ed|ing)?|expand(?:s|ed|ing)?|swell(?:s|ed|ing)?|(?:are|is|was|were|,)\s*up)\s+(?:\w+ly\s+)?(?:by\s+)?$|"
    r"^\s*up\s+(?:by\s+)?$|\b(?:increase|rise|growth|gain|addition|jump|surge)\s+of\s+$|"
    r"\b(?:gain(?:s|ed|ing)?|add(?:s|ed|ing)?|w[io]n|winning|pick(?:s|ed)?\s+up|net(?:s|ted)?)\s+(?:an?\s+(?:additional|further|extra)\s+|another\s+)?$|"
    r"\b(?:open|launch|set\s+up|add|regist(?:er)?|creat)\w*\s+(?:an?\s+(?:additional|further|extra)|another)\s+$",
    re.IGNORECASE,
)
_GAINED_BEHIND = re.compile(
    r"\s+(?:[\w-]+\s+){0,1}?(?:new|newly|additional|extra)\b|\s+more\b(?!\s+or\s+less)|"
    r"[^,;.]{0,40}?\bwere\s+(?:newly\s+)?(?:added|opened|launched|registered|set\s+up|created)\s+"
    r"(?:(?!by\b|on\b)[\w' ]+\s+)?(?:in|during|last|this|over|within)\s+(?!the\s+end)",
    re.IGNORECASE,
)
_OPENED = re.compile(
    r"(?<!had)(?<!have)(?<!has)(?<!having)\s(?:opened|launched|set\s+up|registered|added)\s+(?:a\s+total\s+of\s+)?$",
    re.IGNORECASE,
)
_IN_PERIOD = re.compile(
    r"(?:(?!\b(?:was|were|is|are|had|have|has)\b)[^,;.])*?\b(?:(?:in|during)\s+(?:(?:19|20)\d\d|the\s+(?:first|second|last|past)|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*)|"
    r"(?:with)?in\s+(?:just\s+|only\s+)?(?:an?\s+|\w+\s+)?(?:day|week|month)s?\b|(?:last|this)\s+(?:year|month|week))\b"
)
_OPENED_IN_PERIOD = re.compile(
    r"(?:\s+(?!had\b|have\b|has\b|by\b|were\b|who\b|that\b)[\w'’-]+){1,5}?\s+(?:opened|launched|set\s+up|registered)\s"
    + _IN_PERIOD.pattern
)
_IN_PERIOD_ZH = re.compile(
    r"(?<![截至到止])(?<!截止)(?<!截至)(?:(?:19|20)\d\d年|去年|今年|上半年|下半年|\d月份?)(?!\d|底|末|初|以来|\d*月底|[^，]{0,6}[底末])，?"
    r"(?:(?!截至|截止|已|累计|总数|总量|以来)[^。；，\d]){0,25}(?:开通|开设|注册|新建)(?:(?!数|总)[^，。；\d]){0,8}$"
)
"""Police opened 183 in 2012: so many came; that they had opened so many by then is a stock."""
_UNTIL_ZH = re.compile(r"(?:截至|截止|[到至])[^，。；]{0,12}$")
_OPENED_BEHIND_ZH = re.compile(
    r"[^，。；\d]{0,6}?(?:于|在)?(?:上月|上个月|本月|去年|今年|上周|本周|\d月份?|近期|集中|新近)[^，。；\d]{0,6}?(?:开通|入驻|注册|上线|开设)"
)
"""9个单位上月集中开通微博: so many came."""
_LOST = re.compile(
    r"\b(?:fell|fall(?:s|en|ing)?|drop(?:s|ped|ping)?|declin(?:e[sd]?|ing)|decreas(?:e[sd]?|ing)|"
    r"shr[aiu]nk(?:s|ing)?|down|cut|reduced?|dwindled?|dipped)\s+(?:\w+ly\s+)?(?:by\s+)?$|"
    r"\b(?:fall|drop|decline|decrease|loss|reduction|cut)\s+of\s+$|"
    r"\b(?:los(?:t|es?|ing)|shed|clos(?:ed|ing)|delet(?:ed|ing)|cancel\w+|shut(?:\s+down)?|"
    r"remov(?:ed|ing)|suspend\w*|deregister\w*|scrapp\w+|merg(?:ed|ing))\s+(?:another\s+|some\s+|the\s+)?$",
    re.IGNORECASE,
)
_LOST_BEHIND = re.compile(
    r"[^,;.]{0,50}?\b(?:were|have\s+been|had\s+been)\s+(?:since\s+)?(?:closed|shut|deleted|cancel\w+|removed|"
    r"suspended|abandoned|deregistered|scrapped|merged)\b|\s+(?:fewer|less)\b",
    re.IGNORECASE,
)
_BEFORE_ZH = (
    r"(?!至|到|为)(?:(?!增至|增加到|增长到|达到?|升至|降至|减至|总数|总量|共有|累计|至|到)"
    r"[^，。；、]){0,14}$"
)
_GAINED_ZH = re.compile(
    rf"(?:新增加?|净增|增加|增长|新开(?:通|设)?|新注册|新建|新设|新认证|新入驻|增开|增设|增添|新添|又开(?:通|设)|再开(?:通|设)|涨粉|增粉|上升|上涨){_BEFORE_ZH}"
    r"|(?:增|涨|多)了?$|多出$"
)
_GAINED_BEHIND_ZH = re.compile(r"的?新(?:增|开|设|粉|注册|认证)|(?:新)(?:微博|账号|粉丝)")
_LOST_ZH = re.compile(
    rf"(?:减少|下降|下滑|流失|关闭|注销|撤销|关停|掉粉|取消|清理|删除|停用|下线|缩减|整合|撤并|合并){_BEFORE_ZH}|(?:减|降|少|掉)了?$"
)
_LOST_BEHIND_ZH = re.compile(
    r"[^，。；]{0,12}?(?:被|遭|已经?|均|先后|陆续)+(?:注销|关闭|关停|停用|清理|撤销|取消|删除)"
)

# -- in a time --------------------------------------------------------------------------------
_TIMES = {"hour": "hour", "day": "day", "week": "week", "month": "month", "year": "year"}
_PER_TIME = (
    r"(?:(?:(?:per|each|every)\s+(?=account|microblog)|(?:per|an?|each|every)\s+(?!account|microblog))"
    r"(?P<time>hour|day|week|month|year|account|microblog)\b"
    r"(?!\s+(?:later|earlier|ago|before|after|old))|(?P<adverb>hourly|daily|weekly|monthly|annually)\b)"
)
_BETWEEN = r"(?:(?!in\b|within\b|over\b|after\b|for\b|about\b|than\b|of\b|such\b)[\w'’-]+\s+)"
_PER = re.compile(rf"\s+{_BETWEEN}{{0,8}}?{_PER_TIME}", re.IGNORECASE)
_PER_OF_ACCOUNTS = re.compile(rf"\s+{_BETWEEN}{{0,3}}?{_PER_TIME}", re.IGNORECASE)
_PER_AHEAD = re.compile(
    r"\b(?:each|every|per)\s+(?P<time>hour|day|week|month|year|account|microblog)\b[^,;]*$|"
    r"\b(?P<adverb>hourly|daily|weekly|monthly|annual)\b[^,;]{0,40}$|(?P<mean>\b(?:on\s+average|averag\w+)\b)[^,;]*$",
    re.IGNORECASE,
)
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month",
            "annually": "year", "annual": "year"}  # fmt: skip
_PER_ZH = re.compile(
    r"(?:每(?P<each>小时|天|日|周|星期|个?月|年|个?(?:[^，。；\d个每]{0,8}?)(?:微博|账号|帐号|公众号)(?=只|仅|有|平均|的?粉丝|发|为|约|$))|(?P<mean_time>日|周|月|年)均|天天|(?P<mean>平均)(?![^，。；]*每(?![篇条人名位次件])))"
    r"[^，。；]*$"
)
_PER_BEHIND_ZH = re.compile(r"\s*(?:/|／|每)(?P<each>小时|天|日|周|月|年)")
_ZH_TIMES = {"小时": "hour", "天": "day", "日": "day", "周": "week", "星期": "week", "月": "month",
             "年": "year", "微博": "account", "账号": "account", "帐号": "account"}  # fmt: skip


def reports_nothing(sentence: str, figure: Figure, clause: Span, is_chinese: bool) -> bool:
    """Whether the figure is planned, wished for, ordered or denied: nothing that is."""
    # With its own words: 将突破 holds both what is planned and a qualifier.
    ahead, behind = sentence[clause[0] : figure.number_end], sentence[figure.end : clause[1]]
    ahead_only = sentence[clause[0] : figure.start]
    if is_chinese:
        if _GOES_ON_ZH.match(sentence, clause[0], figure.end):
            ahead = sentence[: figure.number_end]
        return bool(
            _PLANNED_ZH.search(ahead)
            or _PLANNED_BEFORE_ZH.search(sentence[: figure.start])
            or _TO_BE_ZH.match(behind)
            or _DENIED_ZH.search(sentence[clause[0] : figure.start])
            or _DENIED_BEHIND_ZH.match(sentence, figure.end)
            or _OF_THOSE_ZH.search(sentence[clause[0] : figure.start])
            or _WITHOUT_ZH.search(sentence[slice(*clause)])
            or (figure.qualifier in ("<", "<=") and _OF_A_SHARE_ZH.search(ahead_only))
            or _OF_ACCOUNTS_WITH_ZH.search(ahead_only)
            or (sentence[figure.start] in "过破" and _OF_BODIES_WITH_ZH.search(ahead_only))
            or (sentence[figure.start] in "过破" and re.search(r"(?:全部|均|都)$", ahead_only))
            or _OF_OTHERS.search(sentence[slice(*clause)])
            or (
                _CRITERION_ZH.search(sentence[clause[0] : figure.start])
                and _CRITERION_BEHIND_ZH.match(behind)
            )
        )
    if re.match(r"\s*(?:and|or|to|which|that)\b", ahead):
        # What goes on belongs to the clause before.
        ahead = sentence[: figure.number_end]
    return bool(
        (_PLANNED.search(ahead) and not _EXISTING.search(ahead_only))
        or (_WILL_BE.match(behind) and not (_ITS_OWN.search(ahead_only) and _CUT.match(behind)))
        or _DENIED.search(sentence[: figure.start])
        or _DENIED_BEHIND.match(sentence, figure.end)
        or _WITHOUT.match(behind)
        or (figure.qualifier in ("<", "<=") and _OF_A_PART.search(sentence[: figure.start]))
        or (
            figure.qualifier in ("<", "<=", ">", ">=")
            and not _IN_ALL.match(behind)
            and (_PART_OF_THEM.search(sentence[: figure.start]) or _EACH_OF_THEM.match(behind))
        )
        or _OF_OTHERS.search(sentence[slice(*clause)])
        or (
            figure.qualifier != "="
            and _CRITERION.search(sentence[clause[0] : figure.start])
            and not re.match(r"\s+\w+\s+(?:in total|combined|altogether)", behind)
        )
    )


def stock_of(metric: str) -> str:
    """The metric without its ending: accounts of accounts_gained."""
    for ending in ENDINGS:
        if metric.endswith(f"_{ending}"):
            return stock_of(metric.removesuffix(f"_{ending}"))
    return metric


def is_change(ahead: str) -> bool:
    """Whether what stands before a figure says that so many came or went."""
    changes = (_GAINED, _GAINED_ZH, _LOST, _LOST_ZH)
    return any(pattern.search(ahead) for pattern in changes)


def metric_of(sentence: str, figure: Figure, metric: str, segment: Span, is_chinese: bool) -> str:
    """The metric as the figure is asserted: itself for a stock, else with an ending."""
    if metric != stock_of(metric):
        return metric
    ahead, behind = sentence[segment[0] : figure.start], sentence[figure.end : segment[1]]
    changes = _CHANGES_ZH if is_chinese else _CHANGES
    time = (_time_zh if is_chinese else _time)(ahead, behind, metric)
    if time is not None:
        return f"{metric}_{time}"
    if is_chinese:
        period = _IN_PERIOD_ZH.search(sentence[: figure.start])
        is_until = period is not None and _UNTIL_ZH.search(sentence[: period.start()])
        is_of_period = bool((period and not is_until) or _OPENED_BEHIND_ZH.match(behind))
    else:
        is_of_period = bool(
            (_OPENED.search(ahead) and _IN_PERIOD.match(behind)) or _OPENED_IN_PERIOD.match(behind)
        )
    if is_of_period and metric == "accounts":
        return f"{metric}_gained"
    for ending, before, after in changes:
        change = before.search(ahead) or after.match(behind)
        if change and metric != "accounts" and _CLOSING.search(change[0]):
            continue
        if change:
            return f"{metric}_{ending}"
    return metric


_CLOSING = re.compile(
    r"clos|delet|cancel|shut|suspend|deregist|scrapp|merg|关闭|注销|撤销|关停|清理|停用|下线|整合|撤并|合并|取消",
    re.IGNORECASE,
)
"""What is closed is an account; its followers were so many."""
_CHANGES = (("lost", _LOST, _LOST_BEHIND), ("gained", _GAINED, _GAINED_BEHIND))
_CHANGES_ZH = (("lost", _LOST_ZH, _LOST_BEHIND_ZH), ("gained", _GAINED_ZH, _GAINED_BEHIND_ZH))


def _time(ahead: str, behind: str, metric: str) -> str | None:
    # Accounts that are updated every day are no accounts a day.
    if metric == "accounts":
        found = _PER_OF_ACCOUNTS.match(behind)
    else:
        found = _PER.match(behind) or _PER_AHEAD.search(ahead)
    if found is None:
        return None
    groups = found.groupdict()
    if groups.get("mean"):
        return "average"
    time = _TIMES.get((groups["time"] or "").lower(), "account")
    return f"per_{_ADVERBS[groups['adverb'].lower()] if groups['adverb'] else time}"


def _time_zh(ahead: str, behind: str, metric: str) -> str | None:
    found = _PER_BEHIND_ZH.match(behind) or _PER_ZH.search(ahead)
    if found is None or (metric == "accounts" and re.search("更新|发布|发文|在线", found[0])):
        return None
    groups = found.groupdict()
    word = (groups.get("each") or groups.get("mean_time") or "").removeprefix("个")
    if word.endswith(("微博", "账号", "帐号", "公众号")):
        word = "账号"
    if groups.get("mean") or (word in ("微博", "账号", "帐号") and metric == "accounts"):
        return "average"
    return f"per_{_ZH_TIMES.get(word, 'day')}"
