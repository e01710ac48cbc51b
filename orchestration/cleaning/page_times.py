"""When a saved page says it was published: declarations, datelines, and days that can be proven.

In this order: what the page declares to machines (JSON-LD, meta, microdata, time elements); its
dateline, a line above its text that is a date; a day that htmldate proposes, if an address of the
page holds it, or a line below the text is that date. A year, a month or a day
in running text is no day of publication, however surely it can be read.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
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

_EARLIEST = "1990-01-01"
"""Before the first page of the web; earlier times are those of empty fields (1970-01-01)."""

_CLOCKED = re.compile(
    r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?!\d)"
)
_CHANGED = re.compile(r"更新|修改|编辑于|updated|modified|geändert|aktualisiert", re.IGNORECASE)
_NAMES = (
    "//meta[@name='author' or @property='article:author' or @property='og:site_name']/@content",
    "//a[@rel='author' or contains(@href,'/author/') or contains(@href,'/user/')]//text()",
)
_MOST_NAMES = 100
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
_WEEKDAY = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)[.,]*\s*"
)
_PERSON = r"(?:(?!(?:on|am|le|el)\b)[^\W\d_](?:[^\W\d_]|[.'\u2019](?!\d)|-(?=[^\W\d_]))*+\s*+){1,4}"
_BY = rf"(?:by|von|par|por)\s+{_PERSON}"
_LABEL = (
    r"(?:(?:first\s+|originally\s+)?(?:published|posted)(?:\s+online)?|publication\s+date"
    r"|date\s+(?:published|of\s+publication)"
    r"|veröffentlicht|veröffentlichungsdatum|erstellt|gespeichert|eingestellt"
    r"|publiée?|mis\s+en\s+ligne|publicad[oa]|pubblicat[oa]|опубликовано)"
)
"""Words of publication; of a film, a prisoner or a book others say what they are released as."""
_LABEL_ZH = r"(?:发布|发表|刊登|刊发|发稿|上传)(?:时间|日期|于)?"
_FIELD = (
    r"(?:(?:文章|信息|稿件)?来源|作者|编辑|责任?编辑?|责编|记者|供稿|撰稿|浏览(?:次数|量)?"
    r"|点击(?:次数|量|率)?|阅读(?:次数|量|数)?|字号|字体|分享)"
)
"""What stands beside the date in a byline."""
_OUTLET = (
    r"(?!据)(?:[\u4e00-\u9fff]{2,8}(?:日报|晚报|晨报|早报|时报|商报|周刊|新闻网|电视台|客户端)"
    r"|新华[社网]|人民网|中新[社网]|央视网|光明网|新京报|澎湃新闻|观察者网)"
)
_MARK = r"[|｜·•\u2013\u2014-]"
_BEFORE = re.compile(
    rf"{_MARK}?[(\[]?\s*(?:"
    rf"(?:copyright\s*)?©\s*|{_WEEKDAY}"
    rf"|{_LABEL}\s*[:：]?\s*(?:{_BY})?{_MARK}?\s*(?:(?:on|am|le|el|il)\b)?\s*[:：]?\s*"
    rf"(?:{_WEEKDAY})?"
    rf"|(?:{_BY}|(?:news|aktuelles|nachrichten|press\s+releases?|pressemitteilung(?:en)?)\s*)"
    rf"{_MARK}\s*"
    rf"|geschrieben\s+{_BY}\s*am\s+|stand\s*[:：]?\s*"
    r"|(?:artikel|meldung|pressemitteilung|bericht|beitrag|nachricht)\s+vom\s+"
    rf"|(?>{_FIELD}\s*[:：]\s*(?:(?!{_FIELD}|{_LABEL_ZH})[^\s:：|｜]){{0,20}}\s*{_MARK}?\s*)*"
    rf"(?:{_LABEL_ZH}\s*[:：]?\s*|{_OUTLET}\s*{_MARK}?\s*)?)?",
    re.IGNORECASE,
)
"""All that may stand before the date. Any other word may say that the day is one of a hearing, a
birth or a deadline."""
_BARE_LABEL = re.compile(r"(?:时间|日期|date|datum)\s*[:：]\s*", re.IGNORECASE)
"""Labels of a byline only where it goes on: announcements of events have them too."""
_BYLINE_GOES_ON = re.compile(
    rf"(?:\s*\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?)?\s*{_MARK}?\s*{_FIELD}\s*[:：]"
)
_IS_BYLINE = re.compile(rf"{_LABEL}|{_LABEL_ZH}|{_FIELD}\s*[:：]", re.IGNORECASE)
_AFTER = re.compile(
    r"\s*(?:$|[|·•)\]/]|[:：\u2013\u2014-]\s*(?:$|\d{1,2}[:：.]\d{2})"
    r"|[,，]?\s*(?:at\s|um\s|à\s)?\d{1,2}[:：.]\d{2}"
    r"|[,，]\s*(?:[A-ZÄÖÜ][\w.'-]++\s?){1,4}$|(?:星期|周)[一二三四五六日天]"
    rf"|(?={_FIELD}|{_OUTLET}|[\u4e00-\u9fff][^，,:：]{{1,40}}\s\d+$))"
)
_AGENCY = (
    r"(?:Xinhua|Reuters|AP|AFP|UPI|dpa|Kyodo|TASS|Yonhap|China Daily|Bloomberg|PR ?Newswire"
    r"|Business Wire|GLOBE NEWSWIRE)"
)
_CITY = re.compile(r"[A-Z][A-Z.'-]+(?: [A-Z][A-Z.'-]+){0,2}, ")
_AGENCY_AFTER = re.compile(rf"\s*(?:\({_AGENCY}\)|/{_AGENCY}/)\s*[\u2013\u2014-]*")
_WIRE_ZH = re.compile(r"[（(]?(?:新华社|中新社|中新网|人民网)[\u4e00-\u9fff]{0,8}")
_WIRE_ZH_AFTER = re.compile(r"\s*[电讯]")
_SENTENCE_END = re.compile(r"[.!?。！？…;；]\s*[\"”'’)]?$")
_COPYRIGHT = re.compile(r"(?:copyright\s*)?©", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|repl(?:y|ies)|pinglun", re.IGNORECASE)
_OTHER_ARTICLES = re.compile(
    r"(?:^|[_-])(?:related|recommend\w*|popular|trending|most-?read|more-?news|read-?more|see-?also"
    r"|tuijian|xiangguan)(?:$|[_-])|^(?:sidebar|widget)$", re.IGNORECASE,
)  # fmt: skip
_OF_THE_PAGE = ("category-", "tag-")
"""How classes begin that say what a page is about."""
_SHORTEST_HEADLINE = 20
"""Characters of a link that is the name of another page."""
_TWO_READINGS = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2\d{2,4}")


@dataclass(frozen=True)
class PageTimes:
    """What a page says of its times, before its text is known.

    declared: the best declaration. impossible: the first one that is no day of any calendar, or
    none on which the page can have appeared, with where it stands, if none is. addresses: of the
    page and its feeds. lines: what the page shows. names: of its authors and its site. latest: the
    last ISO day on which it can have appeared.
    """

    declared: tuple[str, str] | None
    impossible: tuple[str, str] | None
    addresses: Sequence[str]
    lines: Sequence[str]
    names: frozenset[str]
    latest: str

    def published(self, guessed: str | None, text: Sequence[str], address: str | None) -> Published:
        """The time of publication, and where it stands.

        guessed: what htmldate proposes. text: lines of the article. An impossible declaration
        stays as it is: the engine refuses and reports it. To a day comes the clock of the
        dateline that names it, if there is but one: above the text, or, where that is not found in
        the page, in a byline. Datelines of several days mean a list of other articles, and which
        one is the page's is not knowable.
        """
        if self.declared is None and self.impossible is not None:
            return self.impossible
        at, source = self.declared or self._shown(guessed, text, address)
        if at and "T" not in at:
            above, _ = _around(self.lines, text)
            bylines = above or [line for line in self.lines if _IS_BYLINE.search(line)]
            clocks = {time for line in bylines if (time := _clock_of(line, self.names))}
            finer = [time for time in clocks if time.startswith(f"{at}T")]
            if len(finer) == 1:
                return finer[0], "printed"
        return at, source

    def _shown(self, guessed: str | None, text: Sequence[str], address: str | None) -> Published:
        day = guessed[:10] if guessed else None
        if day and any(_holds(place, day) for place in (address or "", *self.addresses)):
            return day, "htmldate"
        above, below = (
            [date for line in lines if (date := dateline(line, self.names))]
            for lines in _around(self.lines, text)
        )
        if above and len({articles.plain_time(date) or date for date in above}) == 1:
            read = articles.plain_time(above[0])
            if read is None and articles.is_impossible_time(above[0]):
                return above[0], "date_line"
            if read is None and day and _says(above[0], day):
                read = day
            if read and _EARLIEST <= read[:10] <= self.latest:
                return read[:10], "date_line"
        elif day and not above and below and all(_says(date, day) for date in below):
            return day, "htmldate"
        return None, None


def times_of(tree: Any, latest: str) -> PageTimes:
    """What stands in a parsed page. latest: the last ISO day that a dateline may name."""
    declared, impossible = _declared(tree, latest)
    return PageTimes(
        declared,
        impossible,
        [a for a in tree.xpath(_ADDRESSES)[:_MOST_ADDRESSES] if len(a) <= _LONGEST_ADDRESS],
        articles.lines_of(tree, _is_beside),
        _names(tree),
        latest,
    )


# -- declarations -------------------------------------------------------------------------------
def _declared(tree: Any, latest: str) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The first declaration that is a time, or a finer one of the same day; and the first that
    is an impossible one: of no calendar, or of a day on which the page cannot have appeared."""
    best: tuple[str, str] | None = None
    impossible: tuple[str, str] | None = None
    for raw, where in _declarations(tree):
        at = articles.plain_time(raw)
        written = " ".join(raw.split())
        if at is None:
            if articles.is_impossible_time(raw) and not _NOT_YET.match(raw.strip()):
                impossible = impossible or (written, where)
        elif not _EARLIEST <= at[:10] <= latest:
            told = f"{written} (not within {_EARLIEST} and {latest}, a day after it was seen)"
            impossible = impossible or (told, where)
        elif "T" in at and (best is None or at.startswith(best[0])):
            return (at, where), None
        else:
            best = best or (at, where)
    return best, impossible


def _declarations(tree: Any) -> Iterator[tuple[str, str]]:
    for script in tree.xpath(json_ld.SCRIPTS):
        for value in _json_ld_dates(script.text or ""):
            yield value, "json_ld"
    metas = [(_name(meta), meta.get("content")) for meta in tree.xpath("//meta[@content]")]
    yield from ((content, "meta") for name, content in metas if name in _PUBLISHED_META)
    for element in _own(tree.xpath('//*[@itemprop="datePublished"]')):
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

    What stands among comments, in a margin or with other articles is not the page's own. Several
    mean a list of other articles, and which one is the page's is not knowable.
    """
    for choice in _TIME_ELEMENTS:
        values = {element.get("datetime").strip() for element in _own(tree.xpath(choice))}
        if len(values) == 1:
            yield values.pop()
            return


def _own(elements: Iterable[Any]) -> Iterator[Any]:
    """Elements that stand in the page's own article, as far as their surroundings say."""
    for element in elements:
        if not any(_is_elsewhere(place) for place in (element, *element.iterancestors())):
            yield element


def _is_beside(element: Any) -> bool:
    """Whether no line of an element is a dateline; a footer may hold one, and an aside that names
    no other page."""
    if element.tag == "aside":
        links = ("".join(link.itertext()) for link in element.iter("a"))
        return any(len(" ".join(link.split())) >= _SHORTEST_HEADLINE for link in links)
    return element.tag == "nav" or _is_comment(element) or _leads_on(element)


def _is_elsewhere(element: Any) -> bool:
    """Whether an element holds what readers wrote, or what leads to other pages."""
    return element.tag in ("aside", "footer") or _is_beside(element)


def _leads_on(element: Any) -> bool:
    """Whether an element is named as a list of other articles."""
    if element.tag in ("html", "body"):
        return False
    words = (word for word in _named(element).split() if not word.startswith(_OF_THE_PAGE))
    return any(_OTHER_ARTICLES.search(word) for word in words)


# -- what is shown ------------------------------------------------------------------------------
def _names(tree: Any) -> frozenset[str]:
    """Names of the page's authors and its site, one of which may stand before the date."""
    found = [name for place in _NAMES for name in tree.xpath(place)[:_MOST_NAMES]]
    return frozenset(name for raw in found if (name := " ".join(raw.split())) and len(raw) <= 200)


def _is_comment(element: Any) -> bool:
    """Whether an element holds what readers wrote."""
    return element.tag not in ("html", "body") and bool(_COMMENTS.search(_named(element)))


def _named(element: Any) -> str:
    return f"{element.get('id', '')} {element.get('class', '')}"[:400]


def _around(lines: Sequence[str], text: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """The lines shortly above a text, and those of it and shortly below."""
    starts = {line[:_WIDTH_OF_A_START] for line in text if len(line) >= _WIDTH_OF_A_START}
    places = [place for place, line in enumerate(lines) if line[:_WIDTH_OF_A_START] in starts]
    first, last = (places[0], places[-1]) if places else (0, len(lines))
    return lines[max(0, first - _REACH) : first], lines[first : last + _REACH + 1]


def dateline(line: str, names: Container[str] = ()) -> str | None:
    """The date of a line that is one, as written: alone, behind words of publication, an outlet
    or one of the names, before a clock or a separator. What reads on as a sentence is none, nor
    what was changed that day."""
    found = _dateline(line, names)
    return found[0] if found else None


def _dateline(line: str, names: Container[str]) -> re.Match[str] | None:
    if len(line) > _LONGEST_LINE or _CHANGED.search(line):
        return None
    found = _DAY.search(line)
    if found is None or (_SENTENCE_END.search(line) and not _COPYRIGHT.match(line)):
        return None
    start, end = found.span()
    is_named = line[:start].strip(" |·•-") in names
    is_led = (is_named or _BEFORE.fullmatch(line, 0, start)) and _AFTER.match(line, end)
    is_byline = _BARE_LABEL.fullmatch(line, 0, start) and _BYLINE_GOES_ON.match(line, end)
    is_wired = any(
        before.fullmatch(line, 0, start) and after.match(line, end)
        for before, after in ((_CITY, _AGENCY_AFTER), (_WIRE_ZH, _WIRE_ZH_AFTER))
    )
    return found if is_led or is_byline or is_wired else None


def _clock_of(line: str, names: Container[str]) -> str | None:
    """The time of a dateline whose day has a clock behind it."""
    day = _dateline(line, names)
    clocked = _CLOCKED.match(line, day.start()) if day else None
    return articles.plain_time(clocked[0]) if clocked else None


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
