"""Saved web pages: one article a file, taken out of its page by trafilatura.

The publication time is the page's own declaration where it has one, else its dateline, else a day
that htmldate finds and the page shows (`cleaning/page_times.py`); a page without any has none.
Finding, extraction and date never ask the clock: the latest date believed is the day on which the
bytes were archived.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

from orchestration.cleaning import articles, json_ld, notices, page_times
from orchestration.cleaning.markup_limits import (
    MarkupRefusedError,
    check_markup,
    cut_page,
    too_deep,
)
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import FLAW, ReadOptions, Reject, decode_strictly
from orchestration.sources.readers.charsets import decode_labelled
from orchestration.sources.readers.whole_file import WholeFile

MAXIMUM_PAGE = 10 * 1024 * 1024
"""Larger pages are no articles, and extraction slows faster than a page grows."""
SHORTEST_TEXT = 40
SUSPECT_TEXT, SUSPECT_RATIO = 300, 5
"""Precision mode sometimes keeps a readers' comment and drops the article. Where it finds less
than this and the balanced mode this many times more, the balanced one is believed."""
MOST_COMPARED_BLOCKS = 1500
"""Of a page with more blocks trafilatura's own extraction is taken, without comparing it with that
of justext, which takes time with the square of the blocks."""
_BLOCKS = "//p | //div | //li | //td | //th | //br | //h1 | //h2 | //h3 | //h4 | //dd | //pre"

_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE
)
_LATIN = ("iso-8859-1", "latin", "windows-1252", "cp1252", "us-ascii", "ascii")
_REFERENCE = re.compile(r"&#(?:[xX](?P<hexadecimal>[0-9a-fA-F]++)|(?P<decimal>[0-9]++));?+")
_BLANKS = (0x0B, 0x0C)
_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(\S{1,2000}) -->")
_PASSWORD = re.compile(r"<input\b[^>]{0,400}\btype\s*=\s*[\"']?password", re.IGNORECASE)

_BYLINES = (
    '//meta[@name="author" or @property="author" or @property="article:author" or @name="byl" '
    'or @name="parsely-author" or @name="sailthru.author" or @name="dc.creator" '
    'or @name="DC.creator" or @name="citation_author"]/@content',
    '//*[@rel="author"]//text()',
    '//*[@itemprop="author"]//text()',
)
_FAILURES = (RecursionError, ValueError, LookupError, AttributeError, TypeError, ArithmeticError)
"""What trafilatura and its parsers raise on pages they did not foresee. Every one is reported as
`extraction_failed` with its message, for that page only."""


def _split(
    data: bytes, file: RawFile, options: ReadOptions
) -> Iterator[dict[str, str | None] | Reject]:
    if len(data) > MAXIMUM_PAGE:
        yield Reject("document_too_long", f"a page of {len(data)} bytes; at most {MAXIMUM_PAGE}")
        return
    page = decode_page(data, options)
    yield page if isinstance(page, Reject) else extract(page, file.archived_at.date())


def decode_page(data: bytes, options: ReadOptions, header: str | None = None) -> str | Reject:
    """Text of a page: by the declared encoding or byte order mark alone; else UTF-8, else the
    charset the page names, else detection; never with mojibake.

    header: the charset that the server named. It counts where the page names none, and only if
    it is no Latin one: servers name those by default, and they decode anything.
    """
    if options.encoding or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        decoded = decode_strictly(data, options)
        return decoded if isinstance(decoded, Reject) else decoded[0]
    named = _CHARSET.search(data[:8192])
    charset = named[1].decode("ascii").lower() if named else None
    if charset is None and header and not header.lower().startswith(_LATIN):
        charset = header.lower()
    read = decode_labelled(data, charset)
    if read is not None:
        return read[0]
    return Reject(
        "encoding",
        f"the page is neither UTF-8 nor {charset or 'of a charset it names'}. Declare the "
        "encoding of this source in sources.yaml, for example `encoding: gb18030`.",
        extent="file",
    )


def extract(page: str, seen_on: date, address: str | None = None) -> dict[str, str | None] | Reject:
    """The article of a page, or why there is none.

    seen_on: the UTC day on which the page was there; no later date of publication is believed
    than the day after it. address: where the page was fetched, if that is known.
    """
    from lxml import etree
    from trafilatura.utils import load_html

    page = _REFERENCE.sub(_readable, page.replace("\x00", "\ufffd"))
    latest = (seen_on + timedelta(days=1)).isoformat()
    try:
        check_markup(page)
        tree = load_html(page)
        if tree is None:
            return _no_article("no HTML in the file")
        times = page_times.times_of(tree, latest)
        quoted = _printed_source(tree)
        bylines = _declared_bylines(tree)
        heads, headings = _heads(tree), _headings(tree)
        found = _extracted(tree, latest)
    except MarkupRefusedError as error:
        return Reject(error.reason, str(error))
    except (*_FAILURES, etree.LxmlError) as error:
        return Reject("extraction_failed", f"{type(error).__name__}: {str(error)[:200]}")
    body = found["text"]
    if len(body) < SHORTEST_TEXT and _is_cut(page):
        deep = too_deep()
        return Reject(deep.reason, str(deep))
    if len(body) < SHORTEST_TEXT:
        return _no_article(
            "no running text was found in the page; save it again with its text shown"
        )
    is_asking = _PASSWORD.search(page) is not None
    notice = notices.page_notice([*heads, *headings[:1]], body, asks_for_password=is_asking)
    if notice is not None:
        return _no_article(notice)
    found |= {"author": _author(found.get("author"), bylines),
              "title": _title(found, heads, headings), "quoted_outlet": quoted}  # fmt: skip
    url = _address(found, page, address)
    at = times.published(articles.plain_time(found.get("date")), body.split("\n"), url)
    return {**_record(found, at, url), FLAW: cut_page(page)}


def _readable(reference: re.Match[str]) -> str:
    """A character reference; of one to a character that no XML may hold, for which extraction
    drops the whole article, a blank or U+FFFD."""
    digits = (reference["hexadecimal"] or reference["decimal"]).lstrip("0") or "0"
    if len(digits) > 7:
        return reference[0]
    code = int(digits, 16 if reference["hexadecimal"] else 10)
    if code in _BLANKS:
        return " "
    is_control = code < 0x20 and code not in (0x09, 0x0A, 0x0D)
    is_none = is_control or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)
    return "\ufffd" if is_none else reference[0]


def _is_cut(page: str) -> bool:
    from lxml import etree

    parser = etree.HTMLParser(no_network=True)
    try:
        etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return False
    return articles.is_cut(parser)


def _extracted(tree: Any, latest: str) -> dict[str, Any]:
    """What trafilatura finds, in precision mode unless that has clearly missed the article."""
    precise = _extracted_once(deepcopy(tree), latest, precision=True)
    if len(precise["text"]) >= SUSPECT_TEXT:
        return precise
    balanced = _extracted_once(tree, latest, precision=False)
    has_missed = len(balanced["text"]) >= SUSPECT_RATIO * max(len(precise["text"]), SHORTEST_TEXT)
    return balanced if has_missed else precise


def _extracted_once(tree: Any, latest: str, *, precision: bool) -> dict[str, Any]:
    found = _found(tree, latest, precision=precision, with_metadata=True)
    if found is None:
        # A date that htmldate fails on costs the whole article; the page's own stay as declared.
        from trafilatura.metadata import extract_sitename, extract_url

        known = {"url": extract_url(tree), "sitename": extract_sitename(tree)}
        found = _found(tree, latest, precision=precision, with_metadata=False) or {}
        found |= known
    lines = (line.strip() for line in (found.get("text") or "").split("\n"))
    mode = "" if precision else " balanced"
    return {
        **found,
        "text": "\n".join(line for line in lines if line),
        "extractor": f"trafilatura {version('trafilatura')}{mode}",
    }


def _found(
    tree: Any, latest: str, *, precision: bool, with_metadata: bool
) -> dict[str, Any] | None:
    from trafilatura import bare_extraction

    document = bare_extraction(
        tree,
        favor_precision=precision,
        fast=len(tree.xpath(_BLOCKS)) > MOST_COMPARED_BLOCKS,
        include_comments=False,
        with_metadata=with_metadata,
        date_extraction_params={
            "original_date": True, "extensive_search": True, "max_date": latest,
        },
    )  # fmt: skip
    if document is None or isinstance(document, dict):
        return document
    found: dict[str, Any] = document.as_dict()
    return found


def _no_article(detail: str) -> Reject:
    return Reject("no_article_text", detail)


def _record(
    found: Mapping[str, Any], published: tuple[str | None, str | None], url: str | None
) -> dict[str, str | None]:
    return {
        "article_id": articles.identity(url or found["text"]),
        "outlet": articles.host_of(url) or _site_name(found),
        "quoted_outlet": found.get("quoted_outlet"),
        "title": found.get("title"),
        "url": url,
        "author": found.get("author"),
        "published_at": published[0],
        "published_at_source": published[1],
        "text": found["text"],
        "extractor": found["extractor"],
    }


def _site_name(found: Mapping[str, Any]) -> str | None:
    """What a page calls its site; not where that is how to reach a person."""
    name = re.sub(r"版权所有.*", "", found.get("sitename") or "").strip()
    return None if "@" in name else name or None


def _address(found: Mapping[str, Any], page: str, fetched: str | None) -> str | None:
    """What the page declares as its address, else where it was fetched, else what the browser
    noted on saving it."""
    saved = _SAVED_FROM.search(page[:4096])
    base = fetched or (saved[1] if saved else "")
    return articles.canonical_address(found.get("url"), base) or articles.canonical_address(base)


# -- title and byline --------------------------------------------------------------------------
_SEPARATORS = "-\u2013\u2014:|\u01c0\uff5c\u00bb\u00ab\u203a_\u00b7\u2022"
"""What stands between the title and the names of section and site in a page's <title>."""
_PARTS = re.compile(rf"\s+[-\u2013\u2014:]+\s+|\s*(?:[{_SEPARATORS[4:]}]|--+)\s*")
_SHORTEST_TITLE, _LONGEST_TITLE, _SHORTEST_START = 4, 300, 10
_HEADINGS = 60
_LONGEST_HEAD = 1000
"""A longer one is no name of a page."""
_NOBODY = frozenset(("name", "author", "admin", "administrator", "wordpressadmin", "unknown"))
"""What templates and fresh installations declare as author."""
_SOURCE_LABEL = re.compile(
    r"(?:[\d\s:\uff1a/年月日.-]*)(?:文章|信息|稿件)?来源\s*[:\uff1a](?P<name>[^|｜\n]{0,30})"
)
_HOME = re.compile(r"(?:https?://[^/]*)?/?(?:index\.\w{3,5})?$", re.IGNORECASE)


def _heads(tree: Any) -> list[str]:
    """What a page calls itself: in its <title>, and to those who link to it."""
    shared = tree.xpath('//meta[@property="og:title"]/@content')
    found = [tree.xpath("string(//head/title)"), *shared]
    heads = (articles.one_line(raw) for raw in found if len(raw) <= _LONGEST_HEAD)
    return [head for head in heads if head]


def _headings(tree: Any) -> list[str]:
    """Headings in the order of their rank, then of the page; not the site's name, which leads
    home."""
    found: list[str] = []
    for heading in (h for rank in ("//h1", "//h2", "//h3") for h in tree.xpath(rank)[:_HEADINGS]):
        links = [*heading.xpath(".//a/@href"), *heading.xpath("ancestor::a/@href")]
        text = articles.one_line(" ".join(heading.itertext()))
        if (
            text
            and len(text) <= _LONGEST_TITLE
            and not any(_HOME.match(link.strip()) for link in links)
        ):
            found.append(text)
    return found


def _title(found: Mapping[str, Any], heads: list[str], headings: list[str]) -> str | None:
    """The heading that the page's own name holds between its separators; without one the heading
    that begins as the name does, what was extracted if the name holds it, the name, the first
    heading."""
    site, names = _folded(found.get("sitename")), [_folded(head) for head in heads]
    for heading in headings:
        is_title = len(heading) >= _SHORTEST_TITLE and _folded(heading) != site
        if is_title and any(_holds(name, _folded(heading)) for name in names):
            return heading
    starts = [max(map(_folded, _PARTS.split(head)), key=len) for head in heads]
    for heading in headings:
        if any(len(s) >= _SHORTEST_START and _folded(heading).startswith(s) for s in starts):
            return heading
    given = found.get("title") or ""
    title = articles.one_line(given) if len(given) <= _LONGEST_HEAD else None
    if not heads:
        return next(iter(headings), title)
    return title if title and any(_folded(title) in name for name in names) else heads[0]


def _holds(name: str, part: str) -> bool:
    """Whether a part stands in a name by itself: between its ends or separators."""
    ahead, found, behind = name.partition(part)
    return bool(
        found
        and ahead.rstrip()[-1:] in ("", *_SEPARATORS)
        and behind.lstrip()[:1] in ("", *_SEPARATORS)
    )


def _printed_source(tree: Any) -> str | None:
    """What a page prints behind 来源, in the same piece of text or in the next."""
    shown = iter(tree.xpath("//body//text()[not(parent::script or parent::style)]"))
    for line in shown:
        label = _SOURCE_LABEL.match(line)
        if label is None:
            continue
        name = label["name"].strip() or next((t.strip() for t in shown if t.strip()), "")
        return articles.outlet_name(name)
    return None


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _author(names: str | None, bylines: str) -> str | None:
    """Of the names that were found those that the page declares."""
    declared = (n for n in (names or "").split("; ") if n.casefold() in bylines)
    return "; ".join(n for n in declared if n.casefold() not in _NOBODY) or None


def _declared_bylines(tree: Any) -> str:
    """Every byline the page declares, as one text to look names up in.

    Extraction also takes names from the body, where readers' comments stand: only a declared
    name is an author, because readers are private people.
    """
    found = [str(value) for path in _BYLINES for value in tree.xpath(path)]
    for script in tree.xpath(json_ld.SCRIPTS):
        for thing in json_ld.articles_in(script.text or ""):
            found += json_ld.names(thing.get("author"))
    return " ".join(" ".join(found).casefold().split())


def _sniff(head: Head) -> Evidence | None:
    if head.suffix not in _SUFFIXES:
        return None
    start = head.text[:4096].lower()
    if "<html" in start or "<!doctype html" in start:
        return Evidence(0.8, "an HTML page")
    return Evidence(0.4, f"named {head.suffix} and holds markup") if "<" in start else None


FORMAT = Format(
    id="html",
    producer="any web page saved by a browser or crawler",
    becomes=("articles",),
    reader=WholeFile(articles.RAW_FIELDS, _split),
    platform="web",
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
