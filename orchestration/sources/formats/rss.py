"""Feeds, RSS and Atom: one article an item.

A feed is a window over its site: polls overlap, so an item seen again must give the same row.
Nothing of a row depends on the poll but observed_at. A document type declaration is refused
before any parser sees it; the parser gets bytes, never an address it could fetch.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from orchestration.cleaning import articles, notices
from orchestration.cleaning.markup_limits import MarkupRefusedError
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject, decode_strictly
from orchestration.sources.readers.charsets import decode_labelled, known_charset
from orchestration.sources.readers.whole_file import WholeFile

MAXIMUM_FEED = 32 * 1024 * 1024
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}?\?>")
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf)\b", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]")
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FAILURES = (RecursionError, ValueError, LookupError, AttributeError, TypeError)
"""What feedparser raises on feeds it did not foresee; reported as `extraction_failed`."""


def _split(
    data: bytes, file: RawFile, options: ReadOptions
) -> Iterator[dict[str, str | None] | Reject]:
    del file
    if len(data) > MAXIMUM_FEED:
        yield _refused("document_too_long", f"a feed of {len(data)} bytes; at most {MAXIMUM_FEED}")
        return
    decoded = _decoded(data, options)
    if isinstance(decoded, Reject):
        yield decoded
        return
    text = decoded[0]
    refusal = _refusal(text)
    if refusal is not None:
        yield refusal
        return
    yield from _items(text)


def _decoded(data: bytes, options: ReadOptions) -> tuple[str, str] | Reject:
    """Text and charset: of the declaration or a byte order mark; else UTF-8 if the bytes are, else
    what the feed calls itself, where its text is plausible."""
    found = _DECLARED.match(data[:512])
    label = found[1].decode("ascii").lower() if found else None
    if options.encoding or data.startswith(_MARKS) or known_charset(label) in (None, "utf-8"):
        return decode_strictly(data, options)
    return decode_labelled(data, label, is_strict=True) or Reject(
        "encoding",
        f"the feed calls itself {label} and is not. Declare the encoding of this source in "
        "sources.yaml, for example `encoding: gb18030`.",
        extent="file",
    )


def _refused(reason: str, detail: str) -> Reject:
    return Reject(reason, detail, extent="file")


def _refusal(text: str) -> Reject | None:
    """Why a document is not to be parsed at all."""
    start = _beginning(text)
    is_page = start[:14].lower() == "<!doctype html"
    if start.startswith("<!") and not is_page:
        return _refused(
            "dtd_forbidden",
            f"the feed declares {start[:60]!r}; document types and entities can make a parser "
            "read other files or expand without bound, so they are refused; ask the site for a "
            "feed without them",
        )
    if is_page or not _ROOT.search(text[:65536]):
        hint = "it looks like an HTML page" if "<html" in text[:4096].lower() else "no feed element"
        return _refused(
            "not_a_feed",
            f"neither RSS nor Atom: {hint}; `observatory sniff FILE` says what it may be",
        )
    return None


def _beginning(text: str) -> str:
    """From the first tag or `<!…` declaration on; comments and instructions are neither."""
    place = 0
    while (place := text.find("<", place)) >= 0:
        if text.startswith("<!--", place):
            place = text.find("-->", place)
        elif text.startswith("<?", place):
            place = text.find("?>", place)
        else:
            return text[place : place + 200]
        if place < 0:
            break
    return ""


def _items(text: str) -> Iterator[dict[str, str | None] | Reject]:
    import feedparser

    try:
        # The text is decoded already: its own declaration must not be believed again.
        feed = feedparser.parse(
            io.BytesIO(_DECLARATION.sub("", text).encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _FAILURES as error:
        yield _refused("extraction_failed", f"{type(error).__name__}: {str(error)[:200]}")
        return
    if not feed.version and not feed.entries:
        yield _refused("not_a_feed", "no feed was found in the document")
        return
    lines = _lines(text, len(feed.entries))
    is_cut = bool(feed.bozo) and not _END.search(text[-4096:])
    for number, entry in enumerate(feed.entries):
        if is_cut and number == len(feed.entries) - 1:
            yield Reject(
                "truncated_feed",
                "the feed ends before its end tag, so its last item may be cut; items before it "
                "were read",
                line_number=lines[number],
            )
            continue
        try:
            record = _record(entry, feed.feed)
        except MarkupRefusedError as error:
            yield Reject(error.reason, str(error), line_number=lines[number])
            continue
        if record is None:
            yield Reject(
                "empty_item", "the item has neither title nor text", line_number=lines[number]
            )
        elif (notice := notices.text_notice(record["text"])) is not None:
            yield Reject("no_article_text", f"of this item {notice}", line_number=lines[number])
        else:
            yield {**record, "_line": str(lines[number]) if lines[number] else None}


def _lines(text: str, items: int) -> list[int | None]:
    """Line on which each item starts; nothing where tags and items do not agree."""
    starts = [match.start() for match in _ITEM.finditer(text)]
    if len(starts) != items:
        return [None] * items
    lines: list[int | None] = []
    line, place = 1, 0
    for start in starts:
        line += text.count("\n", place, start)
        lines.append(line)
        place = start
    return lines


def _spans(data: bytes, options: ReadOptions) -> list[tuple[int, int]] | None:
    """The bytes of each item; None where they cannot be told from the decoded text."""
    decoded = _decoded(data, options)
    if isinstance(decoded, Reject):
        return None
    text, encoding = decoded
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    if encoding in ("utf-8-sig", "utf-16"):
        encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_BE: "utf-16-be"}.get(
            mark, "utf-16-le"
        )
    starts = [match.start() for match in _ITEM.finditer(text)]
    spans: list[tuple[int, int]] = []
    written, place = len(mark), 0
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        end = _ITEM_END.search(text, start, following)
        first = written + len(text[place:start].encode(encoding))
        place = end.end() if end is not None else following
        item = text[start:place].encode(encoding)
        written = first + len(item)
        if data[first:written] != item:
            return None
        spans.append((first, written))
    return spans


def _plain(value: object) -> str | None:
    """A text; where broken markup made something else of it, nothing."""
    return value if isinstance(value, str) else None


def _record(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, str | None] | None:
    title = articles.one_line(articles.markup_text(entry.get("title")))
    body = _body(entry)
    if title is None and body is None:
        return None
    link = _plain(entry.get("feedburner_origlink")) or _plain(entry.get("link"))
    url = articles.canonical_address(link, _plain(feed.get("link"))) if link else None
    raw = entry.get("published") or entry.get("updated")
    found_in = "feed" if entry.get("published") else "feed_updated"
    guid = _plain(entry.get("id"))
    return {
        "article_id": articles.identity(url or guid or body or title or ""),
        "outlet": articles.host_of(url)
        or articles.one_line(articles.markup_text(feed.get("title"))),
        "title": title,
        "url": url,
        "author": entry.get("author"),
        # A date that is none stays as it is: the engine refuses and reports it.
        "published_at": (articles.plain_time(raw) or raw) if raw else None,
        "published_at_source": found_in if raw else None,
        "text": body,
        "extractor": f"feedparser {version('feedparser')}",
    }


def _body(entry: Mapping[str, Any]) -> str | None:
    """The longest full content, else the summary, without markup."""
    contents = [
        part.get("value") if part.get("type") == "text/plain" else
        articles.markup_text(part.get("value"), whole=True)
        for part in entry.get("content") or ()
    ]  # fmt: skip
    full = max((text.strip() for text in contents if text), key=len, default=None)
    return full or articles.markup_text(entry.get("summary"), whole=True)


def _sniff(head: Head) -> Evidence | None:
    start = head.text[:4096]
    root = _ROOT.match(_beginning(start)) if start.lstrip().startswith("<") else None
    if root is not None:
        return Evidence(0.95, f"XML with root element {root[1]}")
    named = head.suffix in (".rss", ".atom")
    return Evidence(0.5, f"named {head.suffix}") if named else None


FORMAT = Format(
    id="rss",
    producer="any RSS or Atom feed",
    becomes=("articles",),
    reader=WholeFile(articles.RAW_FIELDS, _split, _spans),
    platform="web",
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
