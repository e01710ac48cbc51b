"""When a saved page says it was published: declarations, datelines, and days that can be proven.

In this order: what the page declares to machines (JSON-LD, meta, microdata, time elements); its
dateline, a line above its text that is a date; a day that htmldate proposes, if an address of the
page holds it, or a line below the text is that date. A year, a month or a day
in running text is no day of publication, however surely it can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.cleaning import articles, json_ld

Published = tuple[str | None, str | None]
"""A time as the engine reads it (or as declared, where it is none), and where it stands."""

_PUBLISHED_META = frozenset(
    (
        "article:published_time", "og:article:published_time", "og:published_time",
        "bytedance:published_time", "og:release_date", "og:time",
        "article.published", "datepublished", "date_published", "pubdate", "publishdate",
        "publish_date", "publish-date", "publishtime", "publish_time", "published_time",
        "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "rnews:datepublished",
        "dc.date.issued", "dcterms.issued", "dc.date",
    )
)  # fmt: skip
_LOOSE_META = frozenset(("date", "dcterms.date", "dcterms.created", "dc.created", "created"))
"""Names under which also others than the day of publication stand: asked last."""
_TIME_ELEMENTS = (
    '//time[@datetime][@pubdate or contains(@class,"publish") or contains(@class,"entry-date")]',
    "//time[@datetime]",
)
_NOT_YET = re.compile(r"0000-00-00\b")
"""How databases write that there is no date."""

_CLOCKED = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?!\d)"
)
_CHANGED = re.compile(r"更新|修改|编辑于|updated|modified|geändert|aktualisiert", re.IGNORECASE)
_ADDRESSES = "//meta[@property='og:url']/@content | //link[@rel='alternate']/@href"
_MOST_ADDRESSES, _LONGEST_ADDRESS = 100, 2000
_LONGEST_LINE = 100
_REACH = 15
"""Lines above or below the text in which its dateline may stand."""
_WIDTH_OF_A_START = 40
"""Characters by which a line of the page is known as one of its text."""

_WORD = r"[^\W\d_]{3,12}"
_DAY = re.compile(
    r"(?<![\d./-])(?:"
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:日|(?![\d./-]))"
    r"|\d{1,2}(?P<mark>[./-])\s?\d{1,2}(?P=mark)\s?(?:\d{4}|\d{2})(?![\d./-])"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s|de\s)?{_WORD}[.,]?\s+(?:de\s)?\d{{4}}(?!\d)"
    rf")|(?<![^\W\d_]){_WORD}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}(?!\d)"
)
_BEFORE = re.compile(
    r"(?:(?:.{0,60}[|·•:：\u2013\u2014©(\[]|.{0,60}\s-)\s*"
    r"|(?:mon|tue|wed|thu|fri|sat|sun|diens|mitt|donners|frei|sams|sonn)\w{0,8}[.,]*\s*"
    r"|(?:first\s+)?(?:published|posted|date|released|written)\b.{0,40}"
    r"|(?:veröffentlicht|erstellt|erschienen|geschrieben|gespeichert|datum|stand|vom|am)\b.{0,40}"
    r"|(?:publié|mis en ligne|publicado|pubblicato|опубликовано)\b.{0,40}"
    r"|(?:发布|发表|刊登|出版)?(?:时间|日期|于)?\s*)?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:$|[|·•:：\u2013\u2014)\]/-]|[,，]?\s*(?:at\s|um\s|à\s)?\d{1,2}[:：.]\d{2}"
    r"|[,，]\s*(?:[A-ZÄÖÜ][\w.'-]+\s?){1,4}$|(?:星期|周)[一二三四五六日天]|\s(?=[\u4e00-\u9fff]))"
)
_SENTENCE_END = re.compile(r"[.!?。！？…;；]\s*[\"”'’)]?$")
_COPYRIGHT = re.compile(r"(?:copyright\s*)?©", re.IGNORECASE)
_CLOCK_AND_END = re.compile(r"\s+\d{1,2}[:：]\d{2}(?:[:：]\d{2})?$")
_LONGEST_NAME = 20
"""Characters of a name that stands before a date with a clock, and nothing after it."""
_COMMENTS = re.compile(r"comment|kommentar|repl(?:y|ies)|pinglun", re.IGNORECASE)
_TWO_READINGS = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2\d{2,4}")


@dataclass(frozen=True)
class PageTimes:
    """What a page says of its times, before its text is known.

    declared: the best declaration. impossible: the first one that is no day of any calendar, with
    where it stands, if none is. addresses: of the page and its feeds. lines: what the page shows.
    printed: days with a clock in lines of their own. latest: the last ISO day that a dateline may
    name.
    """

    declared: tuple[str, str] | None
    impossible: tuple[str, str] | None
    addresses: Sequence[str]
    lines: Sequence[str]
    printed: Sequence[str]
    latest: str

    def published(self, guessed: str | None, text: Sequence[str], address: str | None) -> Published:
        """The time of publication, and where it stands.

        guessed: what htmldate proposes. text: lines of the article. An impossible declaration
        stays as it is: the engine refuses and reports it. To a day comes the first clock that is
        printed with that day. Datelines of several days mean a list of other articles, and which
        one is the page's is not knowable.
        """
        if self.declared is None and self.impossible is not None:
            return self.impossible
        at, source = self.declared or self._shown(guessed, text, address)
        if at and "T" not in at:
            finer = next((time for time in self.printed if time.startswith(f"{at}T")), None)
            if finer:
                return finer, "printed"
        return at, source

    def _shown(self, guessed: str | None, text: Sequence[str], address: str | None) -> Published:
        day = guessed[:10] if guessed else None
        if day and any(_holds(place, day) for place in (address or "", *self.addresses)):
            return day, "htmldate"
        above, below = _datelines(self.lines, text)
        if above and len({articles.plain_time(date) or date for date in above}) == 1:
            read = articles.plain_time(above[0])
            if read is None and articles.is_impossible_time(above[0]):
                return above[0], "date_line"
            if read is None and day and _says(above[0], day):
                read = day
            if read and read[:10] <= self.latest:
                return read[:10], "date_line"
        elif day and not above and below and all(_says(date, day) for date in below):
            return day, "htmldate"
        return None, None


def times_of(tree: Any, latest: str) -> PageTimes:
    """What stands in a parsed page. latest: the last ISO day that a dateline may name."""
    declared, impossible = _declared(tree)
    return PageTimes(
        declared,
        impossible,
        [a for a in tree.xpath(_ADDRESSES)[:_MOST_ADDRESSES] if len(a) <= _LONGEST_ADDRESS],
        articles.lines_of(tree, _is_comment),
        _printed(tree),
        latest,
    )


# -- declarations -------------------------------------------------------------------------------
def _declared(tree: Any) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The first declaration that is a time, or a finer one of the same day; and the first that
    is an impossible one."""
    best: tuple[str, str] | None = None
    impossible: tuple[str, str] | None = None
    for raw, where in _declarations(tree):
        at = articles.plain_time(raw)
        if at is None:
            if articles.is_impossible_time(raw) and not _NOT_YET.match(raw.strip()):
                impossible = impossible or (" ".join(raw.split()), where)
            continue
        if "T" in at and (best is None or at.startswith(best[0])):
            return (at, where), None
        best = best or (at, where)
    return best, impossible


def _declarations(tree: Any) -> Iterator[tuple[str, str]]:
    for script in tree.xpath(json_ld.SCRIPTS):
        for value in _json_ld_dates(script.text or ""):
            yield value, "json_ld"
    metas = [(_name(meta), meta.get("content")) for meta in tree.xpath("//meta[@content]")]
    yield from ((content, "meta") for name, content in metas if name in _PUBLISHED_META)
    for element in tree.xpath('//*[@itemprop="datePublished"]'):
        yield element.get("datetime") or element.get("content") or "", "microdata"
    for value in _time_elements(tree):
        yield value, "time_element"
    yield from ((content, "meta") for name, content in metas if name in _LOOSE_META)


def _name(meta: Any) -> str:
    name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
    return "".join(name.lower().split())


def _json_ld_dates(script: str) -> Iterator[str]:
    """datePublished of the page's article; one about several articles says nothing of any."""
    dates = {
        thing["datePublished"]
        for thing in json_ld.articles_in(script)
        if isinstance(thing.get("datePublished"), str)
    }
    if len(dates) == 1:
        yield dates.pop()


def _time_elements(tree: Any) -> Iterator[str]:
    """The only instant that the page's <time> elements name, those marked as publication first.

    Several mean a list of other articles, and which one is the page's is not knowable.
    """
    for choice in _TIME_ELEMENTS:
        values = {element.get("datetime").strip() for element in tree.xpath(choice)}
        if len(values) == 1:
            yield values.pop()
            return


# -- what is shown ------------------------------------------------------------------------------
def _printed(tree: Any) -> list[str]:
    """Days with a clock that the page shows in a line of their own, in order."""
    shown = tree.xpath("//body//text()[not(parent::script or parent::style)]")
    lines = (line for line in shown if len(line.strip()) <= _LONGEST_LINE)
    found = (_CLOCKED.search(line) for line in lines if not _CHANGED.search(line))
    times = (articles.plain_time(match[0]) for match in found if match)
    return [at for at in times if at]


def _is_comment(element: Any) -> bool:
    """Whether an element holds what readers wrote."""
    named = f"{element.get('id', '')} {element.get('class', '')}"[:400]
    return element.tag not in ("html", "body") and bool(_COMMENTS.search(named))


def _datelines(lines: Sequence[str], text: Sequence[str]) -> tuple[list[str], list[str]]:
    """Dates of the datelines shortly above a text, and of those in it and shortly below."""
    starts = {line[:_WIDTH_OF_A_START] for line in text if len(line) >= _WIDTH_OF_A_START}
    places = [place for place, line in enumerate(lines) if line[:_WIDTH_OF_A_START] in starts]
    first, last = (places[0], places[-1]) if places else (0, len(lines))
    above = _dates_in(lines[max(0, first - _REACH) : first])
    return above, _dates_in(lines[first : last + _REACH + 1])


def _dates_in(lines: Iterable[str]) -> list[str]:
    return [date for line in lines if (date := dateline(line))]


def dateline(line: str) -> str | None:
    """The date of a line that is one, as written: alone, behind a label or a separator, before a
    clock or a separator. What reads on as a sentence is none, nor what was changed that day."""
    if len(line) > _LONGEST_LINE or _CHANGED.search(line):
        return None
    found = _DAY.search(line)
    if found is None or (_SENTENCE_END.search(line) and not _COPYRIGHT.match(line)):
        return None
    is_signed = found.start() <= _LONGEST_NAME and _CLOCK_AND_END.match(line, found.end())
    is_led = _BEFORE.fullmatch(line, 0, found.start()) and _AFTER.match(line, found.end())
    return found[0] if is_signed or is_led else None


def _says(date: str, day: str) -> bool:
    """Whether a date as written is an ISO day; a date of two readings (03/04/2011) says neither.
    The name of a month in a language that is not known here counts as the day's month."""
    if at := articles.plain_time(date):
        return at[:10] == day
    year, month, number = (int(part) for part in day.split("-"))
    numbers = [int(part) for part in re.findall(r"\d+", date)]
    two = _TWO_READINGS.fullmatch(date)
    if two and two[1] != two[3] and max(int(two[1]), int(two[3])) <= 12:
        return False
    wanted = [number, year] if len(numbers) == 2 else [number, month, year]
    return any(sorted(numbers) == sorted([*wanted[:-1], y]) for y in (year, year % 100))


def _holds(address: str, day: str) -> bool:
    """Whether an address holds a day, year first."""
    year, month, number = (int(part) for part in day.split("-"))
    pattern = rf"(?<!\d){year}(?:[-/_.]?0?{month}[-/_.]?0?{number})(?!\d)"
    return bool(re.search(pattern, address))
