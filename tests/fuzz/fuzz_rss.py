"""Feeds: items and rejects, never an exception, never a document type that is followed."""

from __future__ import annotations

from orchestration.sources.formats import rss
from orchestration.sources.formats.base import Head
from tests.fuzz.inputs import memory_file, read_all

MAXIMUM_BYTES = 4096
FORMAT = rss.FORMAT
SEEDS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>'
    b"<link>http://x.example</link><item><title>A</title><link>/a?utm_source=x</link>"
    b"<pubDate>Thu, 02 Jul 2020 18:28:24 +0000</pubDate><guid>1</guid>"
    b"<description>&lt;p&gt;text&lt;/p&gt;</description></item><item/></channel></rss>",
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">B</title>'
    b'<link href="http://x.example/b"/><updated>2021-07-01T08:00:00Z</updated>'
    b'<content type="xhtml"><div>c</div></content></entry></feed>',
    b'<!DOCTYPE x [<!ENTITY a "b">]><rss><channel><item><title>&a;</title></item></channel></rss>',
    "<?xml version='1.0' encoding='gb2312'?><rss><item><title>样</title></item></rss>".encode(
        "gb18030"
    ),
    b"<rdf:RDF><item><title>cut</title></item><item><tit",
)


def check(data: bytes) -> None:
    file = memory_file("feed.rss", data)
    FORMAT.sniff(Head(file.inner_path, data))
    read_all(FORMAT.reader, file, tuple(FORMAT.reader.fields))
