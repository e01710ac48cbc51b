"""Media Cloud: `mc-onlinenews-mediacloud-<time>-content.csv`, columns sorted by their name.

`publish_date` is a day; `indexed_date` is when Media Cloud took the story in, in UTC without
saying so. Several queries share a file under the first one's header: a header that comes again
is no story, and rows of another width are refused as ragged.
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
from orchestration.sources.readers.delimited import Delimited

_FIELDS = (
    "id", "indexed_date", "language", "media_name", "media_url", "publish_date", "text", "title",
    "url",
)  # fmt: skip


def _article(story: Row) -> Row | Reject:
    given = {name: value.strip() for name in _FIELDS if (value := story[name])}
    if given and all(name == value for name, value in given.items()):
        return Reject("repeated_header", "the header stands here again: another query begins")
    address = articles.canonical_address(given.get("url"))
    if address is None:
        return Reject("missing_key:url", "the story has no address that could identify it")
    published = given.get("publish_date")
    return {
        "article_id": articles.identity(address),
        "outlet": articles.host_of(address),
        "title": articles.one_line(articles.markup_text(given.get("title"))),
        "url": address,
        "language": given.get("language"),
        "published_at": (articles.plain_time(published) or published) if published else None,
        "published_at_source": "publish_date" if published else None,
        "text": given.get("text"),
        "extractor": "media_cloud_csv 1",
        "indexed_at": given.get("indexed_date"),
    }


def _sniff(head: Head) -> Evidence | None:
    header = {name.strip().strip('"') for name in head.first_line.split(",")}
    if {"indexed_date", "media_name", "publish_date", "title", "url"} <= header:
        return Evidence(0.95, "header with indexed_date, media_name and publish_date")
    return None


FORMAT = Format(
    id="media_cloud_csv",
    producer="Media Cloud, download of a search",
    becomes=("articles",),
    reader=Converted(
        Delimited(_FIELDS), (*articles.RAW_FIELDS, "language", "indexed_at"), _article
    ),
    platform="web",
    observation=(FromRecord("indexed_at", zone="UTC"), FromModificationTime()),
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
