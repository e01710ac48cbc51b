"""WARC and WARC.gz, as Heritrix, wget, Browsertrix and web archives write them.

Pages that a server answered with 200 go through the extraction of `html.py`. observed_at is the
WARC-Date of the capture, and no date of publication after that day is believed. The address is
what the page declares of itself, so that it meets the same article from a feed, else where it
was fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from orchestration.cleaning import articles
from orchestration.sources.formats import html
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromModificationTime,
    FromRecord,
    Head,
)
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject
from orchestration.sources.readers.warc import Page, Warc


def _article(page: Page, file: RawFile, options: ReadOptions) -> Mapping[str, str | None] | Reject:
    text = html.decode_page(page.body, options, page.charset)
    if isinstance(text, Reject):
        return text
    found = html.extract(text, _day(page) or file.archived_at.date(), page.address)
    if isinstance(found, Reject):
        return found
    return {**found, "captured_at": page.captured_at}


def _day(page: Page) -> date | None:
    try:
        return date.fromisoformat((page.captured_at or "")[:10])
    except ValueError:
        return None


def _sniff(head: Head) -> Evidence | None:
    is_warc = head.data.startswith(b"WARC/")
    return Evidence(0.95, "begins with a WARC record") if is_warc else None


FORMAT = Format(
    id="warc",
    producer="any crawler that writes WARC",
    becomes=("articles",),
    reader=Warc((*articles.RAW_FIELDS, "captured_at"), _article),
    platform="web",
    observation=(FromRecord("captured_at"), FromModificationTime()),
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
