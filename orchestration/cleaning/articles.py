"""Articles from any source: their identity, their time, and text out of markup.

What the article formats (`sources/formats/html.py`, `rss.py`, `warc.py` and others) share, so
that one article gets the same identity and the same reading of its date from each of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import notations, text
from orchestration.cleaning.markup_limits import check_markup, too_deep
from orchestration.schemas import tables

RAW_FIELDS = (
    "article_id", "outlet", "quoted_outlet", "title", "url", "author", "published_at",
    "published_at_source", "text", "stripped_text", "extractor",
)  # fmt: skip
"""What an article format's reader takes out of a document."""

_ID_DIGITS = 16
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|spm|ncid)$", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_address(address: str | None, base: str | None = None) -> str | None:
    """The address under which an article is known, or None where the text is no such address.

    base: where a relative address stands; one that is no address counts for nothing.

    Lower-case scheme and host, no default port, no fragment, no tracking parameters; the rest
    as found, because paths and queries mean what their site wants. A bare host is the address
    of a site, not of an article: sites that declare it on every page would merge them all.
    """
    try:
        parts = urlsplit(urljoin((base or "").strip(), (address or "").strip()))
        port = parts.port
    except ValueError:
        return canonical_address(address) if base else None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if scheme not in _DEFAULT_PORTS or "." not in host:
        return None
    query = urlencode(
        [pair for pair in parse_qsl(parts.query, True) if not _TRACKING.match(pair[0])]
    )
    if query == urlencode(parse_qsl(parts.query, True)):
        query = parts.query
    if parts.path in ("", "/") and not query:
        return None
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    return urlunsplit((scheme, place, parts.path, query, ""))


def host_of(address: str | None) -> str | None:
    """Host of an address without `www.`."""
    host = urlsplit(address).hostname if address else None
    return host.removeprefix("www.") if host else None


def identity(key: str) -> str:
    """article_id of a canonical address, or of a text where there is no address."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS]


# -- dates ------------------------------------------------------------------------------------
_ZONE = r"(?P<zone>Z|[A-Z]{2,4}|[+-]\d{2}:?\d{2})?"
_CLOCK = (
    rf"(?P<noon>{'|'.join(notations.HALF_DAYS)})?\s*"
    r"(?P<hour>\d{1,2})[:\uff1a时點点](?P<minute>\d{2})"
    r"(?:[:\uff1a分](?P<second>\d{2})(?:[.,]\d{1,9})?秒?)?分?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
)
_BETWEEN = r"(?:\s*[T,\uff0c]\s*|\s+(?:at\s+)?|(?<=日))"
_WEEKDAY = (
    r"(?:(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)|"
    r"(?:(?:星期|周)[一二三四五六日天][,\uff0c]?\s*))?"
)
_CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_CHINESE_MONTH = r"(?:十[一二]?|[一二三四五六七八九]|\d{1,2})月"
_NOTATIONS = tuple(
    re.compile(rf"^{day}(?:{_BETWEEN}{_CLOCK})?\s*{_ZONE}$", re.IGNORECASE)
    for day in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<year>\d{4})年\s?(?P<month>\d{1,2})月\s?(?P<day>\d{1,2})日(?:\s?(?:星期|周)[一二三四五六日天])?",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?\s+(?P<month>[a-zäéû]{{3,9}}|{_CHINESE_MONTH})\.?,?\s+(?P<year>\d{{4}})",
        rf"{_WEEKDAY}(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
    )
)  # fmt: skip
_COMPACT = re.compile(
    r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T(?P<hour>\d{2})(?P<minute>\d{2})"
    r"(?P<second>\d{2})(?P<zone>Z|[+-]\d{4})?$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_OTHER_MONTHS = {
    "januar": 1, "jänner": 1, "februar": 2, "märz": 3, "mär": 3, "mai": 5, "juni": 6, "juli": 7,
    "oktober": 10, "okt": 10, "dezember": 12, "dez": 12,
}  # fmt: skip
"""German names that are not the English ones; with dots between numbers the day comes first."""
_ZONES = {
    "Z": "+0000", "UT": "+0000", "UTC": "+0000", "GMT": "+0000", "EST": "-0500", "EDT": "-0400",
    "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700", "CST": "",
}  # fmt: skip
"""Zone names with one meaning. CST is both Chicago's and China's: the source's zone decides."""


def plain_time(raw: str | None) -> str | None:
    """A time in any notation that feeds, pages and bylines use, as the ISO text the engine reads.

    Precision and absence of a zone survive. None where the text is not wholly a time, and for
    notations with two readings (03/04/2011).
    """
    parts = _parts(raw)
    return _iso(parts) if parts else None


def is_impossible_time(raw: str | None) -> bool:
    """Whether a text is written as a time and names none: 30 February, 25 o'clock, 晚上12:30
    (of which night?), a zone a day away."""
    parts = _parts(raw)
    if not parts or _month(parts["month"]) is None:
        return False
    zone = parts["zone"]
    is_nowhere = zone[:1] in ("+", "-") and _offset(zone) is None
    return is_nowhere or _iso({**parts, "zone": ""}) is None


def has_open_hour(raw: str | None) -> bool:
    """Whether a text is a time whose hour may be of two nights (晚上12:30)."""
    parts = _parts(raw)
    if not parts or not parts.get("noon"):
        return False
    return notations.is_open_hour(parts["noon"], int(parts["hour"]))


def _parts(raw: str | None) -> dict[str, str] | None:
    value = " ".join((raw or "").split())
    matches = (notation.match(value) for notation in (*_NOTATIONS, _COMPACT))
    match = next((match for match in matches if match), None)
    return {name: part or "" for name, part in match.groupdict().items()} if match else None


def _iso(parts: dict[str, str]) -> str | None:
    month, zone = _month(parts["month"]), _offset(parts["zone"])
    if month is None or zone is None:
        return None
    hour = int(parts["hour"] or 0)
    if half := parts.get("half", "").lower():
        hour = hour % 12 + (12 if half == "p" else 0)
    if noon := parts.get("noon"):
        of_day = notations.hour_of(noon, hour)
        if of_day is None:
            return None
        hour = of_day
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    try:
        # A wall time: its zone, where there is one, is written behind it again.
        at = datetime(  # noqa: DTZ001
            int(parts["year"]), month, int(parts["day"]), hour, minute, second
        )
    except ValueError:
        return None
    if not parts["hour"]:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%dT%H:%M:%S}{zone}" if parts["second"] else f"{at:%Y-%m-%dT%H:%M}{zone}"


def _month(word: str) -> int | None:
    word = word.removesuffix("月")
    if word.isdecimal():
        return int(word)
    if word in _CHINESE_MONTHS:
        return _CHINESE_MONTHS.index(word) + 1
    name = word.lower()
    if name in _OTHER_MONTHS:
        return _OTHER_MONTHS[name]
    known = name in (*_MONTHS, "sept", *_MONTH_NAMES)
    return _MONTHS.index(name[:3]) + 1 if known else None


_FARTHEST_ZONE = 14
"""Hours from UTC."""


def _offset(zone: str) -> str | None:
    if not zone:
        return zone
    if zone[0] in "+-":
        offset = zone.replace(":", "")
        is_somewhere = int(offset[1:3]) <= _FARTHEST_ZONE and int(offset[3:] or 0) < 60
        return offset if is_somewhere else None
    return _ZONES.get(zone.upper())


# -- markup -----------------------------------------------------------------------------------
_SKIPPED = frozenset(("script", "style", "noscript", "template"))
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
     "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre",
     "section", "table", "td", "th", "tr", "ul")
)  # fmt: skip


def markup_text(fragment: str | None, *, whole: bool = False) -> str | None:
    """Text of an HTML fragment, a line a block; plain text stays as it is, empty is None.

    The parser stops at a depth (`markup_limits.py`), and the walk does not recurse.
    whole: raise MarkupRefusedError rather than give less than there is. It is raised anyway for
    markup that no parser reads in bounded time (`markup_limits.py`).
    """
    value = (fragment or "").replace("\x00", "\ufffd")
    if "<" not in value and "&" not in value:
        return value.strip() or None
    from lxml import etree

    check_markup(value)
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(f"<div>{value}</div>", parser)
    if whole and is_cut(parser):
        raise too_deep()
    if root is None:
        return None
    return "\n".join(lines_of(root)) or None


def lines_of(root: Any, is_left_out: Callable[[Any], bool] = lambda element: False) -> list[str]:
    """What a parsed document shows: its lines that hold something, spaces folded.

    is_left_out: of an element, whether it and what it holds does not count.
    """
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end"))
    lines = "".join(_pieces(walk, is_left_out)).split("\n")
    return [kept for line in lines if (kept := " ".join(line.split()))]


def is_cut(parser: Any) -> bool:
    """Whether a parser of lxml dropped what was nested too deep."""
    return any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def one_line(value: str | None) -> str | None:
    """A text on one line (a title); None where nothing is in it."""
    return " ".join(value.split()) or None if value else None


def _pieces(events: Iterable[tuple[str, Any]], is_left_out: Callable[[Any], bool]) -> Iterator[str]:
    """Text in document order; what stands inside a skipped element is left out."""
    skipped = 0
    for event, element in events:
        name = element.tag
        if name in _BLOCKS:
            yield "\n"
        if name in _SKIPPED or is_left_out(element):
            skipped += 1 if event == "start" else -1
        part = element.text if event == "start" else element.tail
        if part and not skipped:
            # Line breaks of the source mean nothing in HTML; blocks make the lines.
            yield " ".join(part.split("\n"))


# -- mapping ----------------------------------------------------------------------------------
_MIDNIGHT = r"[T ]00:00(?::00)?(?:[+-]\d{2}:?\d{2}|Z)?$"
_INSTANT = f.instant("published_at", "published_at", details="published_at")


def _published(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """The instant and where it was found. Midnight to the second is how systems that know only
    the day write it, so it counts as a day."""
    parsed = _INSTANT.parse(frame, context)
    columns = pl.DataFrame(dict(parsed.columns)).with_columns(
        midnight=frame["published_at"].str.contains(_MIDNIGHT).fill_null(False),
        published_at_source=frame["published_at_source"],
    )
    known = pl.col("published_at").is_not_null()
    kept = columns.select(
        "published_at",
        pl.when(known).then("published_at_source"),
        pl.when(known & pl.col("midnight")).then(pl.lit("day"))
        .when(known).then("published_at_precision").alias("published_at_precision"),
        pl.when(known).then("is_zone_assumed"),
    )  # fmt: skip
    return f.Parsed({name: kept[name] for name in kept.columns}, parsed.problem)


_STATED = {"zh": "zh", "zho": "zh", "chi": "zh", "chinese": "zh",
           "en": "en", "eng": "en", "english": "en"}  # fmt: skip


def _language(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """What the collector states, where it states one; else by script and common words."""
    whole = frame["title"].fill_null("") + "\n" + frame["text"].fill_null("")
    found = text.language(whole)
    if "language" in frame.columns:
        word = frame["language"].str.to_lowercase().str.extract(r"^\s*([a-z]+)", 1)
        stated = word.replace_strict(_STATED, default=None, return_dtype=pl.String())
        found = stated.zip_with(word.is_not_null(), found)
    return f.Parsed({"language": found})


_TAKEN_FROM = (
    r"(?:^|\n)[\d\s:：/年月日.-]{0,40}(?:来源|转自|转载自|摘自)\s*[:：]\s*",
    r"(?:原文|文章|本文|信息|稿件)(?:来自|出自|源自|发自|转自|转载自|首发于|刊于|原载于?)\s*",
    r"(?:^|\n)\s*(?:来自|出自|源自|转自|转载自|摘自|原载于?)\s*",
)
"""Words before the name of the outlet from which a text was taken, surest first."""
_CHANNEL = r"(?:(?:微信)?(?:公众号|订阅号|公号|微信号)|微信|网站)?\s*[:：]?\s*"
_NAME = (
    r"[「『“\"《【\[]?\s?([A-Z][A-Za-z'’]*(?: [A-Z][A-Za-z'’]*){1,4}|"
    r"[^\\\s，。；：:|｜「」『』“”\"《》【】\[\]（）()<>@/~、]{2,20})"
)
_DATELINE = (
    r"(?:^|\n)\s*[（(]?(新华社|中新社|中新网|人民网|Xinhua|Reuters|AFP|AP)"
    r"(?:[）)]?\s*[-—]{1,2}|[^。，\n]{0,12}\d{1,2}月\d{1,2}日(?:电|讯))"
)
_FROM = r"(?m)(?:^|[.!?”\"]\s+|\s)(?:From|Via)\s+(?:the\s+)?([A-Z][\w'’ .&-]{1,40}):\s*$"
_HEAD = 400
_NO_OUTLET = (
    r"微博|豆瓣|朋友圈|知乎|网络|互联网|综合|账号$|帐号$|链接|"
    r"^(?:本文|原文|作者|编辑|本站|本网|原创|网友|转载)|^[\d\s:-]+$"
)
"""Where people write, or what is no outlet at all."""


def outlet_name(name: str | None) -> str | None:
    """A name behind such words, if it is that of an outlet."""
    bare = (name or "").strip("《》“”「」[]【】 ")
    found: str | None = _outlet_names(pl.Series([bare], dtype=pl.String))[0]
    return found


def _outlet_names(names: pl.Series) -> pl.Series:
    bare = pl.col("name").str.replace(r"(?:公众号|订阅号|公号|微信号)$", "").str.strip_chars()
    return pl.DataFrame({"name": names}).select(
        pl.when((bare.str.len_chars() >= 2) & ~bare.str.contains(_NO_OUTLET)).then(bare)
    ).to_series()  # fmt: skip


def _quoted_outlet(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """What a page prints as its source, else what the text says in its first lines, a dateline, or
    the first outlet that it quotes under its name."""
    head = pl.col("text").str.slice(0, _HEAD)
    found = frame.select(
        *(head.str.extract(words + _CHANNEL + _NAME, 1).alias(str(place))
          for place, words in enumerate(_TAKEN_FROM)),
        dateline=head.str.extract(_DATELINE, 1),
        quoted=pl.col("text").str.extract(_FROM, 1).str.strip_chars(),
    )  # fmt: skip
    names = [_outlet_names(column) for column in found]
    printed = frame["quoted_outlet"] if "quoted_outlet" in frame.columns else None
    every = [printed, *names] if printed is not None else names
    columns = {str(place): column.alias(str(place)) for place, column in enumerate(every)}
    chosen = pl.DataFrame(columns).select(pl.coalesce(pl.all())).to_series()
    return f.Parsed({"quoted_outlet": chosen})


def mapping() -> f.TableMapping:
    """core.articles from RAW_FIELDS, and from `language` where a collector states it."""
    return f.TableMapping(
        tables.ARTICLES,
        (
            f.ident("article_id", "article_id", required=True),
            f.text("outlet", "outlet", is_personal=False),
            f.computed("quoted_outlet", _quoted_outlet),
            f.text("title", "title", is_personal=False),
            f.text("url", "url", is_personal=False),
            f.text("author", "author"),
            f.text("text", "text"),
            f.text("stripped_text", "stripped_text"),
            f.text("extractor", "extractor", is_personal=False),
            f.computed("published_at", _published, raw="published_at", is_personal=False),
            f.computed("language", _language),
            *f.observed(),
        ),
    )
