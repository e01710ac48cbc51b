"""The day a reported figure holds for, and how it is known."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from orchestration.claims import near_days


@dataclass(frozen=True)
class AsOf:
    """A day, as printed and as read.

    precision: day, month or year; a month or a year stands for its last day.
    basis: stated (a full date in the text), resolved (completed from the day of publication),
    carried (the last "as of" of the paragraph), statement (the day somebody said so), dateline
    (the day under which the report was sent), publication (nothing in the text), or None: unknown.
    is_explicit: "as of", "by the end of", 截至 or the like stands beside it. is_said: it is the day
    on which somebody said or published it.
    """

    day: date | None
    precision: str
    basis: str | None
    text: str | None
    start: int = -1
    is_explicit: bool = False
    is_said: bool = False


_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_ENGLISH = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<lead>\bsince\s+|\bfrom\s+)?\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>(?:19|20)\d\d))?",
        rf"(?P<lead>\bsince\s+|\bfrom\s+)?\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}\b(?:,?\s+(?P<year>(?:19|20)\d\d))?",
        rf"(?P<lead>\bsince\s+(?:\w+\s+)?|\bfrom\s+)?(?P<prefix>\b(?:in|by|of|until|end-|at|late|early|mid-)\s*)?\b(?<!-){_MONTH}(?!\s*\d{{1,2}}\b(?!\d))(?:,?\s+(?P<year>(?:19|20)\d\d))?",
        r"(?P<lead>\bsince\s+|\bfrom\s+)?(?P<prefix>\b(?:in|by|of|until|end of|end-|for|"
        r"during|through)\s+)(?P<year>(?:19|20)\d\d)\b(?!\s*(?:-|to)\s*(?:19|20)\d\d\b)",
    )
)  # fmt: skip
_CHINESE = re.compile(
    r"(?P<lead>自从?|从)?(?:(?P<year>(?:19|20)\d\d|今|去|当|同)年)(?P<half>上半年|下半年|前\d{1,2}个月|前[一二三四五六七八九十]个月)?(?P<end>底|末)?"
    r"(?:(?P<month>\d{1,2})月(?:份|底|末)?(?:(?P<day>\d{1,2})[日号])?)?(?P<since>以来|起)?"
    r"|(?P<early>年初)|(?P<month2>\d{1,2})月(?:份|底|末)?(?:(?P<day2>\d{1,2})[日号])?(?P<since2>以来|起)?"
    r"|(?<![\d月])(?P<day3>\d{1,2})[日号](?!报|电)"
)
_EXPLICIT = re.compile(
    r"\b(?:as\s+(?:of|at)|up\s+to|until|till|by)\s+(?:(?:the\s+)?(?:end|close|middle|start|beginning)\s+of\s+|"
    r"(?:late|early|mid)[\s-])?(?:last\s+|this\s+)?$|\bat\s+the\s+(?:end|close)\s+of\s+$|\bas\s+of\s+\w+day,?\s+$|"
    r"(?:截至|截止|(?<![增升降减涨达加少长])[到至])(?:到|至|于|了)?$",
    re.IGNORECASE,
)
"""What says outright for which day a figure holds; it stands just before the date."""
_EXPLICIT_BEHIND = re.compile(r"[^，。；、\d]{0,3}?(?:为止|止)")
_DATELINE = re.compile(
    r"^\W*(?:[A-Z][A-Za-z.'’/ -]{1,40},\s+)?(?:\([A-Za-z ]+,\s+)?"
    rf"(?i:{_MONTH})\s+\d{{1,2}}(?:,\s+\d{{4}})?\s*"
    r"(?:\([A-Z][\w' ]+\)\s*(?:--?|[—–])|\)|\s(?:--|—|–)\s)"
    r"|^\W*[^，。；]{0,24}?(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:电|讯|专电|消息)",
)
"""Where and when a report was sent: BEIJING, Sept. 26 (Xinhua) --, 新华社北京9月26日电."""
_BEGINS = re.compile(
    r"\b(?:since|from|founded|established|started|joined|began|debuted|"
    r"compared with|against)\b[^,;.\d]{0,25}$|"
    r"(?:\b(?:was|were|been|being)|,)\s+(?:\w+ly\s+)?(?:opened|launched|set up)\b[^,;.\d]{0,25}$|"
    r"\b(?:opened|launched|set up)\s+(?:(?:in|on|at|a|an|its|their|his|her|the)\b[^,;.\d]{0,25})?$|"
    r"(?:开通于|成立于|上线于|较|比|与|自)$",
    re.IGNORECASE,
)
_TOLD_OF_IT = re.compile(r",\s+(?:which|who|whose|where)\s[^,;.]*$")
"""Of a relative clause: which opened its account in 2011."""
_COMPARED = re.compile(
    r"\b(?:since|from|compared with|against)\b[^,;.\d]{0,25}$|(?:较|比|与|自)$|"
    r"\b(?:that|those|than|between)\s+$",
    re.IGNORECASE,
)
_TO_COME = re.compile(r"[^，。；]{0,12}?(?:将|拟|计划|力争|有望)")
"""What is said of such a time is yet to come."""
_UNTIL = re.compile(r"\b(?:as of|by|until|end of)\s+[^,;.]{0,18}$", re.IGNORECASE)
_BEGUN = re.compile(r"(?:正式|率先)?(?:开通|上线|成立|注册|创建|诞生|同期)")
"""What makes a date the start of something, or the other side of a comparison."""
_HALF = re.compile(
    r"\b(?P<half>first|second) half"
    r"(?: of (?:the year|this year|(?P<year>(?:19|20)\d\d))\b"
    r"|\b(?!\s+of\b|\s*[-a-z]*(?:time|dozen|million|hour)))",
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"(?:(?P<zh>[一二三四])季度|\b(?P<en>first|second|third|fourth)\s+quarter\b)", re.IGNORECASE
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
_RELATIVE_MONTH = re.compile(
    r"\b(?P<last>last|this)\s+month\b|(?P<shang>上个?月)(?:底|末|份)?(?!\d|相比|同期)|本月底",
    re.IGNORECASE,
)
_BARE_HALF = re.compile(r"(?<!年)(?:上半年|下半年|前三季度)(?!同期|相比)")
_YEAR_END = re.compile(
    r"\b(?:at|by)\s+(?:the\s+end\s+of\s+the\s+year|year[\s-]end)\b", re.IGNORECASE
)
_AHEAD = re.compile(r"\b(?:will|would|shall|plans?|aims?|hopes?|to\s+be)\b[^;.]*$", re.IGNORECASE)
"""By the end of the year it would …: the end that is to come."""
_LAST_YEAR = re.compile(r"\blast year\b(?! earlier)|上年(?!同期)", re.IGNORECASE)
_REFERS = re.compile(r"\b(?:they|their|its|it|these|those)\b|其|它们|这些|该", re.IGNORECASE)
_NEAR_BEHIND = 22
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NOW = re.compile(r"\b(?:now|currently|so far|to date)\b|目前|如今|现在|至今", re.IGNORECASE)


def as_of(
    sentence: str,
    segment: tuple[int, int],
    figure_start: int,
    published: date | None,
    carried: AsOf | None = None,
    *,
    is_change: bool = False,
    sent_on: AsOf | None = None,
) -> AsOf:
    """The day of a figure: the nearest "as of" of its segment, else of the sentence; else the date
    of its segment that stands nearest before it, else behind it, else the first date of the
    sentence, the "as of" carried from a sentence before, the day of the statement, of the dateline,
    of publication.

    sent_on: the dateline above, where it stands in a sentence before. is_change: what came or went
    did so in the period that "opened in March" names.
    """
    sent = _DATELINE.search(sentence)
    text_start = sent.end() if sent else 0
    dates = list(_dates(sentence, published, is_change=is_change))
    said = [at for at in dates if at.start >= text_start and at.is_said]
    found = [
        at
        for at in dates
        if at.start >= text_start
        and not at.is_said
        and (at.is_explicit or not _is_told_of_it(sentence, at.start, figure_start))
    ]
    if explicit := _explicit(sentence, found, segment, figure_start):
        return explicit
    inside = [at for at in found if segment[0] <= at.start < segment[1]]
    ahead = [at for at in inside if at.start < figure_start]
    behind = [at for at in inside if 0 <= at.start - figure_start < _NEAR_BEHIND]
    elsewhere = [
        at
        for at in found
        if not _TO_COME.match(sentence, at.start)
        and _is_near(sentence, at.start, figure_start)
        and (at.start < figure_start or not _HAN.search(sentence))
    ]
    near = behind[:1] if sentence.isascii() or not _HAN.search(sentence) else []
    for chosen in (
        near,
        ahead[-1:],
        inside[:1],
        [] if _NOW.search(sentence[slice(*segment)]) else elsewhere[:1],
    ):
        if chosen:
            return chosen[0]
    is_now = _NOW.search(sentence[slice(*segment)]) is not None
    if carried is not None and not is_now:
        return replace(carried, basis="carried")
    of_dateline = [
        replace(at, basis="dateline", is_said=False)
        for at in dates
        if at.start < text_start and at.day
    ]
    return (
        next((replace(at, basis="statement") for at in said if at.day), None)
        or next(iter(of_dateline), None)
        or sent_on
        or AsOf(published, "day", "publication" if published else None, None)
    )


def _is_told_of_it(sentence: str, start: int, figure_start: int) -> bool:
    """Whether a date stands in a relative clause (", which went online in 2010,") without the
    figure."""
    relative = _TOLD_OF_IT.search(sentence[:start])
    end = re.compile(r"[,;]|$").search(sentence, start)
    return bool(relative and end and not relative.start() < figure_start < end.start())


def explicit_of(sentence: str, published: date | None) -> AsOf | None:
    """The last "as of" of a sentence, for the sentences behind it."""
    return next((at for at in reversed(list(_dates(sentence, published))) if at.is_explicit), None)


def dateline_of(sentence: str, published: date | None) -> AsOf | None:
    """The day under which a text was sent, of the sentence that begins with it."""
    sent = _DATELINE.search(sentence)
    if sent is None:
        return None
    days = (at for at in _dates(sentence, published) if at.start < sent.end() and at.day)
    return next((replace(at, basis="dateline", is_said=False) for at in days), None)


def printed_date(text: str) -> str | None:
    """The words of a text that are a date; None for those that are none."""
    if re.fullmatch(r"[\d./-]{4,10}", text):
        return text
    any_day = date(2000, 1, 1)
    dates = [at.text for at in _dates(text, any_day, is_change=True)]
    return next((said for said in dates if said), None)


def _explicit(
    sentence: str, found: Sequence[AsOf], segment: tuple[int, int], figure_start: int
) -> AsOf | None:
    """The nearest date with "as of" beside it, of the segment before others; before a figure
    rather than behind it."""
    explicit = [
        at
        for at in found
        if at.is_explicit and at.day is not None and _is_near(sentence, at.start, figure_start)
    ]
    inside = [at for at in explicit if segment[0] <= at.start < segment[1]]
    return min(
        inside or explicit,
        key=lambda at: (at.start > figure_start, abs(at.start - figure_start)),
        default=None,
    )


def _is_near(sentence: str, start: int, figure_start: int) -> bool:
    """Whether no semicolon stands between: what is behind one is another statement, if it does not
    refer to the one before (; their clips …)."""
    between = sentence[min(start, figure_start) : max(start, figure_start)]
    if re.search("[;；]", between) is None:
        return True
    behind = re.split("[;；]", between)[-1]
    return start < figure_start and bool(_REFERS.search(behind))


def is_after(at: AsOf, published: date | None) -> bool:
    """Whether the whole period lies after publication: nothing can be reported of it."""
    if published is None or at.day is None:
        return False
    month = at.day.month if at.precision != "year" else 1
    first = at.day if at.precision == "day" else at.day.replace(month=month, day=1)
    return first > published


def year_before(at: AsOf, text: str) -> AsOf:
    """The same day a year earlier."""
    if at.day is None:
        return AsOf(None, at.precision, None, text)
    last = calendar.monthrange(at.day.year - 1, at.day.month)[1]
    return AsOf(
        date(at.day.year - 1, at.day.month, min(at.day.day, last)), at.precision, "resolved", text
    )


def _dates(sentence: str, published: date | None, *, is_change: bool = False) -> Iterator[AsOf]:
    """Dates that can be the day of a figure, or of saying so, in order; the start of a period is
    none."""
    found = _printed(sentence, published, is_change=is_change)
    for at in _halves(sentence, published):
        # The year of a half is no date of its own.
        found = {start: other for start, other in found.items() if not _overlap(at, other)}
        found[at.start] = at
    if published is not None:
        found = _with_quarters(sentence, published, found)
        for at in _reckoned(sentence, published):
            if not any(_overlap(at, other) for other in found.values()):
                found[at.start] = at
    for start in sorted(found):
        at = found[start]
        is_said = (
            not at.is_explicit
            and at.precision != "year"
            and near_days.is_of_saying(sentence, start, start + len(at.text or ""))
        )
        yield replace(at, is_said=is_said)


def _overlap(one: AsOf, other: AsOf) -> bool:
    return one.start < other.start + len(other.text or "") and other.start < one.start + len(
        one.text or ""
    )


def _printed(sentence: str, published: date | None, *, is_change: bool) -> dict[int, AsOf]:
    """Dates in figures or with the name of a month, by where they start."""
    found: dict[int, AsOf] = {}
    for pattern in (*_ENGLISH, _CHINESE):
        for match in pattern.finditer(sentence):
            groups = match.groupdict()
            if _starts_a_period(sentence, match, is_change=is_change):
                continue
            if any(match.start() < a.start + len(a.text or "") and a.start < match.end()
                   for a in found.values()):  # fmt: skip
                continue
            at = _read(match, groups, published)
            if at is not None:
                found[match.start()] = replace(at, is_explicit=_is_explicit(sentence, match))
    return found


def _starts_a_period(sentence: str, match: re.Match[str], *, is_change: bool) -> bool:
    """Whether a date is when something began, or what is compared with."""
    groups = match.groupdict()
    is_start = groups.get("lead") and not re.match(r"的\s*\d", sentence[match.end() :])
    if is_start or groups.get("since") or groups.get("since2"):
        return True
    if _COMPARED.search(sentence[: match.start()]):
        return True
    if _TOLD_OF_IT.search(sentence[: match.start()]) and _BEGINS.search(sentence[: match.start()]):
        return True
    is_begun = _BEGINS.search(sentence[: match.start()]) and not _UNTIL.search(
        sentence[: match.end()]
    )
    return not is_change and bool(is_begun or _BEGUN.match(sentence[match.end() :]))


def _halves(sentence: str, published: date | None) -> Iterator[AsOf]:
    for match in _HALF.finditer(sentence):
        year = published.year if match["year"] is None and published else int(match["year"] or 0)
        if year:
            month = 6 if match["half"].lower() == "first" else 12
            basis = "stated" if match["year"] else "resolved"
            read = _dated(year, month, None, "month", basis, match[0], match.start())
            if read is not None:
                yield read


def _with_quarters(sentence: str, published: date, found: dict[int, AsOf]) -> dict[int, AsOf]:
    """With the quarters; the year of one is no date of its own."""
    for match in _QUARTER.finditer(sentence):
        if match.start() in found:
            continue
        month = 3 * _QUARTERS[(match["zh"] or match["en"]).lower()]
        own_year = re.search(
            r"(?P<year>(?:19|20)\d\d)年?(?:的)?第?$", sentence[: match.start()]
        ) or re.match(r"\s+of\s+(?P<year>(?:19|20)\d\d)\b", sentence[match.end() :])
        at = _completed(month, None, published, match[0], match.start())
        told_year = re.search(r"(?P<year>今年|去年|上年)的?第?$", sentence[: match.start()])
        if told_year:
            year = published.year - (told_year["year"] != "今年")
            at = _dated(year, month, None, "month", "resolved", match[0], match.start()) or at
            found = {
                start: other for start, other in found.items()
                if not told_year.start() <= start < match.start()
            }  # fmt: skip
        if own_year:
            year = int(own_year["year"])
            at = _dated(year, month, None, "month", "stated", match[0], match.start()) or at
            found = {
                start: other for start, other in found.items()
                if not abs(start - match.start()) <= len("of 2014 quarter")
                or other.precision != "year"
            }  # fmt: skip
        if at.day is not None:
            found[match.start()] = at
    return found


def _reckoned(sentence: str, published: date) -> Iterator[AsOf]:
    """Days that are told from that of publication: last month, the end of the year, yesterday."""
    for match in _RELATIVE_MONTH.finditer(sentence):
        if not _COMPARED.search(sentence[: match.start()]):
            is_last = (match["last"] or "").lower() == "last" or match["shang"]
            of = published.replace(day=1) - timedelta(days=1) if is_last else published
            at = _completed(of.month, None, of, match[0], match.start())
            yield replace(at, is_explicit=bool(_EXPLICIT.search(sentence[: match.start()])))
    for match in _BARE_HALF.finditer(sentence):
        month = 6 if match[0].startswith("上") else 9 if match[0].startswith("前") else 12
        if not _COMPARED.search(sentence[: match.start()]):
            yield _completed(month, None, published, match[0], match.start())
    for match in _YEAR_END.finditer(sentence):
        if _AHEAD.search(sentence[: match.start()]):
            continue
        at = _completed(12, None, published, match[0], match.start())
        yield replace(at, is_explicit=True)
    for match in _LAST_YEAR.finditer(sentence):
        if not _BEGINS.search(sentence[: match.start()]):
            yield AsOf(
                date(published.year - 1, 12, 31), "year", "resolved", match[0], match.start(),
                bool(_EXPLICIT.search(sentence[: match.start()])),
            )  # fmt: skip
    for near in near_days.near_days(sentence, published):
        ahead, end = sentence[: near.start], near.start + len(near.text)
        if not _COMPARED.search(ahead):
            yield AsOf(
                near.day, "day", "resolved", near.text, near.start,
                bool(_EXPLICIT.search(ahead) or _EXPLICIT_BEHIND.match(sentence, end)),
            )  # fmt: skip


def _is_explicit(sentence: str, match: re.Match[str]) -> bool:
    prefix = match.groupdict().get("prefix") or ""
    ahead = sentence[: match.start()] + prefix
    if _EXPLICIT_BEHIND.match(sentence, match.end()):
        return True
    if re.search(r"(?:从|自|由)[^，。；]{0,12}[到至]$", ahead):
        return False
    return bool(_EXPLICIT.search(ahead)) or bool(re.match(r"end-", prefix, re.IGNORECASE))


def _read(
    match: re.Match[str], groups: dict[str, str | None], published: date | None
) -> AsOf | None:
    month = _month(groups.get("month") or groups.get("month2"))
    day_text = groups.get("day") or groups.get("day2") or groups.get("day3")
    day = int(day_text) if day_text else None
    year, is_stated = _year(groups.get("year"), published)
    text = match[0].strip()
    # May is a verb, and Jun or Mar may be somebody's name.
    is_short = (groups.get("month") or "").lower() in (*_NAMES, "sept")
    if is_short and not (groups.get("prefix") or groups.get("lead") or day or year):
        return None
    if groups.get("early"):
        if published is None:
            return None
        return _dated(published.year, 1, None, "month", "resolved", text, match.start())
    number = _NAMES.index(month) + 1 if isinstance(month, str) else month
    if groups.get("half") == "上半年":
        number = 6
    elif first := re.match(r"前(\d+|[一二三四五六七八九十])个月", groups.get("half") or ""):
        digits = "一二三四五六七八九十"
        number = int(first[1]) if first[1].isdecimal() else digits.index(first[1]) + 1
    precision = "day" if day else "month" if number else "year"
    if day and number is None:
        if published is None:
            return AsOf(None, "day", None, text, match.start())
        return _completed(None, day, published, text, match.start())
    if year is None:
        if published is None or number is None:
            return AsOf(None, precision, None, text, match.start())
        return _completed(number, day, published, text, match.start())
    return _dated(year, number or 12, day, precision, "stated" if is_stated else "resolved",
                  text, match.start())  # fmt: skip


def _month(word: str | None) -> str | int | None:
    if word is None:
        return None
    return int(word) if word.isdecimal() else word.lower()[:3]


def _year(word: str | None, published: date | None) -> tuple[int | None, bool]:
    if word is None or word == "同":
        return None, False
    if word.isdecimal():
        return int(word), True
    if published is None:
        return None, False
    return published.year - (word == "去"), False


def _completed(month: int | None, day: int | None, published: date, text: str, start: int) -> AsOf:
    """A day without its year or month: the latest one that is not after publication."""
    for back in range(24):
        total = published.year * 12 + published.month - 1 - back
        at_year, at_month = divmod(total, 12)
        if month is not None and at_month + 1 != month:
            continue
        at = _dated(at_year, at_month + 1, day, "day" if day else "month", "resolved", text, start)
        if at is not None and at.day is not None and (
            at.day <= published or (not day and at.day.replace(day=1) <= published)
        ):  # fmt: skip
            return at
    return AsOf(None, "day" if day else "month", None, text, start)


def _dated(
    year: int, month: int, day: int | None, precision: str, basis: str, text: str, start: int
) -> AsOf | None:
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    if day is not None and not 1 <= day <= last:
        return None
    return AsOf(date(year, month, day or last), precision, basis, text, start)
