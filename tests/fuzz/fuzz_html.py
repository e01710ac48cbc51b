"""Saved pages: one article or one reject, whatever the markup, encoding and dates."""

from __future__ import annotations

from orchestration.sources.formats import html
from orchestration.sources.formats.base import Head
from tests.fuzz.inputs import memory_file, read_all

MAXIMUM_BYTES = 4096
FORMAT = html.FORMAT
_LONG = "<p>" + "The harbour office opened its counter again this morning. " * 8 + "</p>"
SEEDS = (
    f"<!DOCTYPE html><html><head><title>T</title></head><body><article>{_LONG}</article>"
    "</body></html>".encode(),
    b'<html><head><meta charset="gb2312"><meta property="article:published_time" '
    b'content="2011-09-27T10:00:00+08:00"><link rel="canonical" href="http://x.example/a/1">'
    b"</head><body><p>" + "样城今日通报，".encode("gb18030") * 20 + b"</p></body></html>",
    b'<html><script type="application/ld+json">{"@type": "NewsArticle", "datePublished": '
    b'"2020-01-01", "author": [{"name": "A"}]}</script>' + _LONG.encode() + b"</html>",
    b"<html><body><form><input type=password></form><time datetime='2020-02-30'></body>",
    b"<?xml version='1.0' encoding='utf-16'?><html>\xff&#0;&#x110000;<![CDATA[x]]></html>",
)


def check(data: bytes) -> None:
    file = memory_file("page.html", data)
    FORMAT.sniff(Head(file.inner_path, data))
    frames, rejects = read_all(FORMAT.reader, file, tuple(FORMAT.reader.fields))
    found = sum(frame.height for frame in frames) + sum(r.records for r in rejects)
    assert found == (1 if data.strip() else 0), f"one page gave {found} records"
