"""Numbers in English and Chinese text, with what the words around them say about their bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from text_to_num import text2num


@dataclass(frozen=True)
class Figure:
    """One number with its qualifier, as it stands from `start` to `end` of a text.

    lo and hi: what the wording allows; None is no bound. `~` allows half a unit of the last
    digit that is not zero, to each side.
    """

    start: int
    end: int
    number_end: int
    value: float
    qualifier: str
    lo: float | None
    hi: float | None
    unit: str
    classifier: str = ""


_DIGITS = r"(?:\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALES = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6,
    "mn": 1e6, "bn": 1e9, "hundred": 1e2, "dozen": 12, "hundreds": 1e2, "dozens": 12,
    "thousands": 1e3, "millions": 1e6, "billions": 1e9,
}  # fmt: skip
_UNITS = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_WORD = rf"(?:one|{_UNITS}|hundred|thousand|million|billion)"

_ENGLISH = re.compile(
    rf"""(?<![\w$€£.,/:-])(?:US\$|[$€£¥])?(?:
      (?P<tens>tens|hundreds|dozens)\ of\ (?P<vague_of>thousands|millions|billions)
    | (?P<many>dozens|hundreds|thousands|millions|billions)(?=\ of\b)
    | (?:several|a\ few|some)\ (?P<several>hundred|thousand|million|billion|dozen)\b
    | (?P<half>half\ a\ million) | an?\ (?P<single>dozen|hundred|thousand|million|billion)\b
    | (?P<digits>{_DIGITS})
      (?:(?P<letter>k|m|mn|bn)\b|[\ -](?P<scale>thousand|million|billion|trillion)\b)?
    | (?P<words>(?:(?:one|{_UNITS})\b)(?:(?:[\ -]|\ and\ ){_WORD}\b)*)
    )(?P<after>-?\ ?plus\b|\+|-odd\b|\ or\ more\b|\ or\ so\b)?
    (?P<percent>\ ?%|\ percent(?:age\ points?)?\b|\ per\ cent\b)?
    (?![\d:]|[.,]\d|(?:st|nd|rd|th)\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_ENGLISH_BEFORE = (
    (r"no (?:fewer|less) than|at least|not (?:fewer|less) than|a minimum of", ">="),
    (r"no more than|at most|up to|not more than|a maximum of|"
     r"(?:not|n't|never) (?:yet )?(?:exceed|surpass|pass|top)(?:ed|ped)?", "<="),
    (r"more than|over|above|exceed(?:s|ed|ing)?|in excess of|upwards? of|surpass(?:es|ed|ing)?|"
     r"greater than|top(?:s|ped|ping)|pass(?:es|ed|ing)(?: the)?", ">"),
    (r"fewer than|less than|under|below|short of|"
     r"(?:not|n't|never|yet to) (?:yet )?reach(?:ed)?", "<"),
    (r"nearly|almost|close to|just under|approaching", "<~"),
    (r"about|around|some|roughly|approximately|an estimated|estimated at|circa|or so", "~"),
)  # fmt: skip
_CHINESE_BEFORE = (
    (r"至少|不(?:会)?少于|不(?:会)?低于|不下于?", ">="),
    (r"至多|最多|(?:不|未|没有?|尚未|并未)(?:超过|突破|多于)", "<="),
    (r"不止|(?<![超不通经])过|超过了?|逾|突破了?|(?<![突打])破了?|高于|多于|大于|超", ">"),
    (
        r"不到|不足|不满|不及|(?<!不)(?<!不会)少于|(?<!不)(?<!不会)低于|(?:尚?未|没有?|还没有?)(?:能?达到?|到|满|足)",
        "<",
    ),
    (r"将近|接近|近", "<~"),
    (r"大约|约|大概|估计", "~"),
)
_CHINESE_GAP = r"(?:有|为|是|占到?|达到?|共|发布?|开通?)?\s*$"
_CHINESE_AFTER = ((r"以上|之多以上", ">="), (r"左右|上下", "~"), (r"以下|以内", "<="))
_AFTER = {"+": ">=", "plus": ">=", "odd": "~", "or more": ">=", "or so": "~"}

_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿]"
_CHINESE = re.compile(
    rf"""(?<![\d.])(?<!\d[,，])(?:
      (?P<pair_tens>[二三四五六七八九]?十)?(?P<pair>一[二两]|[二两]三|三[四五]|四五|五六|六七|七八|八九)
      (?:(?P<pair_scale>[十百千万亿]+)|(?=多?[个家名位条人成]))
    | (?P<vague>[数几上](?:十|百|千)?(?:百|千|万|亿|百万|千万)?(?<=[十百千万亿]))
    | (?P<digits>{_DIGITS})(?P<inner>[余多来]?)(?P<scale>(?:[十百千]?[万亿]|[百千])?)
      (?P<rest>(?:\d{{1,4}}(?:[十百千]?[万亿]|[百千]))*)
    | 百分之(?P<hundredths>[\d.]+|{_NUMERAL}+)
    | (?P<tenths>[一二两三四五六七八九])成(?P<half>半)?(?![立为员果功绩本都新熟就长分交])
    | (?P<words>{_NUMERAL}{{2,}}(?:点[零一二三四五六七八九]+[万亿]?)?
        |[一二两三四五六七八九](?=[余多]?[个家名位条])
        |[十百千](?=[余多几][万亿])
        |(?<=[破过])[十百千]?[百千万亿](?=[，。；、）]|$)
        |(?<=[近过逾足超上破])[十百千]?[百千万亿](?=[余多]?[个家名位条人次件篇]))
    )(?P<more>[余多来几]?)(?P<more_scale>[万亿]?)(?P<plus>\+?)(?P<percent>\s?[%％]|个百分点|成(?![立为员果功绩本都新熟就长分交]))?
    \s?(?P<classifier>个|家|名|位|人次|人|条|篇|次|件|封|所(?!有|属|在))?(?P<late>[余多]?)""",
    re.VERBOSE,
)
_CHINESE_SCALES = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_CHINESE_DIGITS = dict(zip("一二两三四五六七八九", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
SCALE_WORDS = {"thousand": 1e3, "million": 1e6, "billion": 1e9, **_CHINESE_SCALES}


def figures(text: str, is_chinese: bool) -> list[Figure]:
    """Numbers of one sentence that may count something: no dates, ordinals, durations, money."""
    found = _chinese(text) if is_chinese else _english(text)
    return [figure for figure in found if not _counts_nothing(text, figure)]


# -- English ----------------------------------------------------------------------------------
def _english(text: str) -> Iterator[Figure]:
    for match in _ENGLISH.finditer(text):
        read = _english_value(match)
        if read is None:
            continue
        value, lo, hi, qualifier = read
        unit = "percent" if match["percent"] else ""
        figure = Figure(match.start(), match.end(), match.end(), value, qualifier, lo, hi, unit)
        after = (match["after"] or "").strip(" -").lower()
        if after:
            figure = _bounded(figure, _AFTER[after], match[0])
        before = _word_before(text, match.start(), _ENGLISH_BEFORE, r"\s+(?:a total of\s+|of\s+)?$")
        if before:
            figure = replace(_bounded(figure, before[1], match[0]), start=before[0])
        yield figure


def _english_value(match: re.Match[str]) -> tuple[float, float, float | None, str] | None:
    """value, lo, hi, qualifier of the number itself."""
    if match["vague_of"]:
        unit = _SCALES[match["tens"].lower()] if match["tens"].lower() != "tens" else 10.0
        value = unit * _SCALES[match["vague_of"].lower()]
        return value, value, value * 10 - 1, ">"
    if match["many"]:
        value = _SCALES[match["many"].lower()]
        return value, value, None, ">"
    if match["several"]:
        value = _SCALES[match["several"].lower()]
        return value, 2 * value, value * 10 - 1, ">"
    if match["half"] or match["single"]:
        value = 5e5 if match["half"] else _SCALES[match["single"].lower()]
        return value, value, value, "="
    if match["words"]:
        try:
            value = float(text2num(match["words"].lower(), "en"))
        except ValueError:
            return None
        return value, value, value, "="
    scale = (match["scale"] or match["letter"] or "").lower()
    value = _times(match["digits"], _SCALES.get(scale, 1.0))
    half = _rounding(match["digits"], _SCALES[scale]) if scale else 0.0
    return value, value - half, value + half, "="


# -- Chinese ----------------------------------------------------------------------------------
def _chinese(text: str) -> Iterator[Figure]:
    for match in _CHINESE.finditer(text):
        read = (0.0, 0.0, 0.0) if match["pair"] else _chinese_value(match)
        if read is None:
            continue
        value, half, step = read
        more = (match["inner"] or "") + match["more"] + (match["late"] or "")
        vague = match["vague"]
        figure = Figure(
            match.start(), match.end(), match.end(), value, "=", value - half, value + half,
            "percent" if match["percent"] or match["hundredths"] or match["tenths"] else "",
            match["classifier"] or "",
        )  # fmt: skip
        if match["pair"]:
            # 四五千 says both its ends, whatever "about" stands beside it.
            before = _word_before(text, match.start(), _CHINESE_BEFORE, _CHINESE_GAP)
            start = before[0] if before else figure.start
            yield replace(_pair(figure, match), start=start)
            continue
        if vague:
            top = None if vague[0] == "上" else value * 10 - 1
            figure = replace(figure, qualifier=">=" if top is None else ">", lo=value, hi=top)
        elif more:
            figure = replace(figure, qualifier=">", lo=value, hi=value + step - 1)
        elif match["plus"]:
            figure = _bounded(figure, ">=", match[0])
        for pattern, qualifier in _CHINESE_AFTER:
            if behind := re.match(pattern, text[match.end() :]):
                figure = replace(
                    _bounded(figure, qualifier, match[0]), end=match.end() + behind.end()
                )
        before = _word_before(text, match.start(), _CHINESE_BEFORE, _CHINESE_GAP)
        if before and not (more and before[1] == "~"):
            figure = _bounded(figure, before[1], match[0]) if not more else figure
            figure = replace(figure, start=before[0])
        elif before:
            figure = replace(figure, start=before[0])
        yield figure


def _pair(figure: Figure, match: re.Match[str]) -> Figure:
    """Two digits in a row: 四五千 is 4,000 to 5,000, 十五六个 is 15 or 16, 三四成 is 30 to 40 %."""
    scale = math.prod(_CHINESE_SCALES[c] for c in match["pair_scale"] or "")
    scale *= _CHINESE_SCALES.get(match["more_scale"], 1.0)
    if match["percent"] and "成" in match["percent"]:
        scale *= 10
    tens = match["pair_tens"] or ""
    base = 10.0 * _CHINESE_DIGITS.get(tens[:1], 1) if tens else 0.0
    lo, hi = (base + _CHINESE_DIGITS[digit] * scale for digit in match["pair"])
    return replace(figure, value=(lo + hi) / 2, lo=lo, hi=hi, qualifier="~")


def _chinese_value(match: re.Match[str]) -> tuple[float, float, float] | None:
    """value, half of what it is rounded to, and the unit of its last digit that is not zero."""
    if match["vague"]:
        factor = math.prod(_CHINESE_SCALES[c] for c in match["vague"][1:])
        return factor, 0.0, factor
    if match["tenths"]:
        return _CHINESE_DIGITS[match["tenths"]] * 10.0 + 5.0 * bool(match["half"]), 0.0, 10.0
    if match["hundredths"]:
        value = _from_chinese(match["hundredths"])
        return None if value is None else (value, 0.0, _last_unit(value))
    more_scale = _CHINESE_SCALES.get(match["more_scale"], 1.0)
    if match["words"]:
        value = _from_chinese(match["words"])
        if value is None:
            return _of_scales(match["words"])
        return value * more_scale, 0.0, _last_unit(value * more_scale)
    scale = math.prod(_CHINESE_SCALES[c] for c in match["scale"]) * more_scale
    value = _times(match["digits"], scale)
    if match["rest"]:
        value = _in_parts(match["digits"] + match["scale"] + match["rest"]) * more_scale
    if scale == 1.0 or match["rest"]:
        return value, 0.0, _last_unit(value)
    decimals = len(match["digits"].partition(".")[2])
    step = scale / 10**decimals if decimals else max(scale, _last_unit(value))
    return value, _rounding(match["digits"], scale), step


def _of_scales(words: str) -> tuple[float, float, float] | None:
    """千万 is a thousand times ten thousand; 百十 is about a hundred, and no number."""
    scales = [_CHINESE_SCALES.get(c, 0.0) for c in words]
    if 0.0 in scales or any(low >= high for low, high in pairwise(scales)):
        return None
    value = math.prod(scales)
    return value, 0.0, _last_unit(value)


def _in_parts(printed: str) -> float:
    """1亿2千万 is 120 million, 3千8百万 is 38 million: 万 and 亿 count what stands before them."""
    total = section = 0.0
    for digits, small, great in _PART.findall(printed):
        section += _times(digits, _CHINESE_SCALES.get(small, 1.0))
        if great:
            total, section = total + section * _CHINESE_SCALES[great], 0.0
    return total + section


_PART = re.compile(rf"({_DIGITS})([十百千]?)([万亿]?)")


# -- both -------------------------------------------------------------------------------------
def _times(digits: str, scale: float) -> float:
    plain = digits.replace(",", "").replace("，", "")
    return float(round(float(plain) * scale, 6))


def _rounding(digits: str, scale: float) -> float:
    """Half a unit of the last digit printed in front of a scale word; a bare integer in front of
    one may be exact or rounded."""
    decimals = len(digits.partition(".")[2])
    return float(round(scale / 10**decimals / 2, 6))


def _last_unit(value: float) -> float:
    """The unit of the last digit that is not zero: 1,000 of 15,000."""
    unit = 1.0
    while value and value % (unit * 10) == 0:
        unit *= 10
    return unit


def _bounded(figure: Figure, qualifier: str, printed: str) -> Figure:
    """The figure as a word of comparison bounds it."""
    value, half = figure.value, _last_unit(figure.value) / 2
    if figure.qualifier == ">" and figure.hi is not None and qualifier in (">", "~", ">="):
        return figure
    if "." in printed and figure.hi is not None:
        half = max(figure.hi - value, 0.5 if figure.unit != "percent" else 0.05)
    lo, hi = {
        ">": (value, None), ">=": (value, None), "<": (None, value), "<=": (None, value),
        "<~": (value - half, value), "~": (value - half, value + half),
    }[qualifier]  # fmt: skip
    return replace(figure, qualifier="~" if qualifier == "<~" else qualifier, lo=lo, hi=hi)


def _word_before(
    text: str, start: int, words: tuple[tuple[str, str], ...], gap: str
) -> tuple[int, str] | None:
    """Where the nearest word of comparison before a number starts, and what it means."""
    head = text[max(0, start - 40) : start]
    offset = start - len(head)
    for pattern, qualifier in words:
        edge = r"\b" if pattern.isascii() else ""
        if match := re.search(rf"{edge}(?:{pattern}){gap}", head, re.IGNORECASE):
            return offset + match.start(), qualifier
    return None


_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NOT_BEFORE = re.compile(rf"(?:\b{_MONTH}|第|№|\b(?:no|article|page|chapter|version|top|grade|"
                         rf"level|age|aged)\.?|[$€£¥＄￥])\s*$", re.IGNORECASE)  # fmt: skip
_NOT_AFTER = re.compile(
    rf"""\s?-?\s?(?:{_MONTH}\b|hours?\b|minutes?\b|days?\b|weeks?\b|months?\b|years?\b|yuan\b|rmb\b
    |dollars?\b|km\b|kilomet|provinces?\b|cities\b|counties\b|countries\b|regions\b|times\b
    |-?year|-?month|-?day\b|a\.m|p\.m|o'clock|characters?\b|pixels?\b|degrees?\b|percent\w*\ points?
    |年|月|日|号|时|点|分钟|小时|天|周|岁|元|美元|公里|米|省|市|县|国|倍|届|期|世纪|级|字|%|％
    |起|只|辆|部|台|所|座|项|种|吨|克|例|宗|场|轮|张|幅|本|类|款|支|组|点|多元|余元|多天|余天|多年|余年)""",
    re.IGNORECASE | re.VERBOSE,
)
_TIME_BEHIND = re.compile(r"多?半?(?:月|季度|小时|钟头|星期|工作日|礼拜|昼夜|年头)")
"""三个月 counts no accounts."""
_FRACTION = re.compile(
    rf"\s*分之|[\s-](?:halves|thirds?|quarters?|fourths?|fifths?|sixths?|tenths?)\b"
    rf"|\s+(?:in|(?:out\s+)?of)\s+(?:every\s+)?(?:{_UNITS}|10|\d)\b(?![\d,.])",
    re.IGNORECASE,
)
_FIRST_ONES = re.compile(r"(?:^|[，。；的、中为列居了])前$")
"""前10名: a rank."""
_OF_EVERY = re.compile(r"每\s?$|每\s?\d+[个家名人位][^，。；\d]{0,10}有$")
_OF_A_FRACTION = re.compile(
    rf"分之$|\b(?:one|{_UNITS}|\d)\s+(?:in|(?:out\s+)?of)\s+(?:every\s+)?$", re.IGNORECASE
)
"""Three in four and 四分之三 count nobody."""
_REPEATED = re.compile(
    r"\b(?:forwarded|reposted|retweeted|viewed|shared|read|liked|watched|played|seen|commented\s+on|"
    r"tweeted|posted|blogged|microblogged|updated|published|clicked|replied)\s+$",
    re.IGNORECASE,
)
_PLACES = re.compile(r"(?:大|主要|商业|门户|微博)*(?:网站|平台|门户|媒体|公司|代表)")
_OF_PLATFORMS = re.compile(
    r"(?:新浪|腾讯|人民网?|新华网|网易|搜狐|微信|抖音|快手|头条|微博)(?:微博|网|号)?(?:这|等|共)?$"
)
"""新浪、腾讯两家: platforms are counted, no accounts."""
_YEARLIKE = re.compile(r"(?:19|20)\d\d")
_IN_GROUPS_BEFORE = re.compile(r"\d[ \u00a0\u2009\u202f]$")
_IN_GROUPS_BEHIND = re.compile(r"[ \u00a0\u2009\u202f]\d{3}(?!\d)")
"""5 000 may be five thousand, or a 5 beside a 000: neither is read."""


def _counts_nothing(text: str, figure: Figure) -> bool:
    printed = text[figure.start : figure.number_end].strip()
    if _YEARLIKE.fullmatch(printed):
        return True
    if _IN_GROUPS_BEFORE.search(text[: figure.start]) and printed[:3].isdigit():
        return True
    behind = text[figure.start + len(text[figure.start : figure.number_end].rstrip()) :]
    if _IN_GROUPS_BEHIND.match(behind) and printed[-1:].isdigit():
        return True
    if figure.unit == "percent":
        return False
    if re.match(r"[$€£¥]|US\$", printed) or _NOT_BEFORE.search(text[: figure.start]):
        return True
    if figure.value == 1 and "1" not in printed:
        return True
    if re.match(r"热线|便民|服务热线", text[figure.number_end :]):
        return True
    if re.match(r"[至到—–~-]\d{1,2}[月日]", text[figure.number_end :]):
        return True
    if figure.classifier and _FIRST_ONES.search(text[: figure.start]):
        return True
    if _OF_EVERY.search(text[: figure.start]):
        return True
    if _FRACTION.match(text[figure.number_end :]) or _OF_A_FRACTION.search(text[: figure.start]):
        return True
    if _PLACES.match(text[figure.number_end :]):
        return True
    if (
        figure.classifier in ("家", "个")
        and figure.value < 10
        and _OF_PLATFORMS.search(text[: figure.start])
    ):
        return True
    behind = text[figure.number_end :]
    if re.match(r"\s+times\b", behind) and _REPEATED.search(text[: figure.start]):
        return False
    if figure.classifier == "个" and _TIME_BEHIND.match(text[figure.number_end :]):
        return True
    return not figure.classifier and bool(_NOT_AFTER.match(text[figure.number_end :]))


def _from_chinese(words: str) -> float | None:
    """What a number in Chinese words or mixed digits stands for; None if it stands for none."""
    import cn2an  # its rules are compiled when it is imported, which only articles are worth

    try:
        return 100.0 if words == "百" else float(cn2an.cn2an(words, "smart"))
    except (ValueError, LookupError):
        return None
