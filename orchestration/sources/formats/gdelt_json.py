"""GDELT DOC 2.0: `{"articles": [...]}` as its API answers, or one article a line.

`seendate` is when GDELT saw the article, in batches of 15 minutes: it is the time of
observation and an upper bound of publication, never publication itself, which is not in the
answer. There is a title and no text. No match is answered with `{}`; an error with a sentence.
"""

from __future__ import annotations

from orchestration.cleaning import articles
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromModificationTime,
    FromRecord,
    Head,
)
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.converted import Converted, Row
from orchestration.sources.readers.json_either import DocumentOrLines

_FIELDS = ("url", "title", "seendate", "domain", "language")


def _article(found: Row) -> Row | Reject:
    address = articles.canonical_address(found["url"])
    if address is None:
        return Reject("missing_key:url", "the entry has no address that could identify it")
    seen = articles.plain_time(found["seendate"])
    if seen is None and (found["seendate"] or "").strip():
        return Reject("not_a_time", "seendate is no time like 20260313T101500Z")
    return {
        "article_id": articles.identity(address),
        "outlet": articles.host_of(address),
        "title": articles.one_line(articles.markup_text(found["title"])),
        "url": address,
        "language": found["language"],
        "extractor": "gdelt_json 1",
        "seen_at": seen,
    }


def _sniff(head: Head) -> Evidence | None:
    if head.text.lstrip()[:1] not in ("[", "{"):
        return None
    if all(f'"{key}"' in head.text for key in ("seendate", "domain", "url")):
        return Evidence(0.95, "JSON with seendate and domain: GDELT articles")
    return None


FORMAT = Format(
    id="gdelt_json",
    producer="GDELT DOC 2.0 API, mode ArtList",
    becomes=("articles",),
    reader=Converted(
        DocumentOrLines(_FIELDS, "$.articles[*]"),
        (*articles.RAW_FIELDS, "language", "seen_at"),
        _article,
    ),
    platform="web",
    observation=(FromRecord("seen_at"), FromModificationTime()),
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
