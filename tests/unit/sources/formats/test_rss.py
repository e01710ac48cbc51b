"""Feeds: items, their identity and dates, and what is refused before parsing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sources.formats.base import Head
from orchestration.sources.formats.rss import FORMAT
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources import reading

AT = datetime(2020, 7, 2, 18, 28, 24, tzinfo=UTC)
ITEM = """<item><title>Bureau &amp;amp; public</title><link>https://News.example.cn/a/1?utm_medium=rss</link>
<guid isPermaLink="false">tag:1</guid><pubDate>Thu, 02 Jul 2020 18:28:24 +0000</pubDate>
<dc:creator>Alice</dc:creator><description>Short</description>
<content:encoded><![CDATA[<p>The whole&nbsp;text.</p><script>x()</script><p>Second<br>line</p>]]>
</content:encoded></item>"""


def rss(items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return (
        f'{head}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example news</title>'
        f"<link>https://news.example.cn/</link>\n{items}</channel></rss>"
    )


def item(inner: str) -> str:
    return rss(f"<item>{inner}</item>")


def read(tmp_path: Path, content: str | bytes, **given: str) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "feed.xml", content), **given)


def test_item(tmp_path: Path) -> None:
    row = read(tmp_path, rss(ITEM)).only("articles")
    address = "https://news.example.cn/a/1"
    assert row["url"] == address
    assert row["article_id"] == hashlib.sha256(address.encode()).hexdigest()[:16]
    assert row["title"] == "Bureau & public"
    assert row["text"] == "The whole text.\nSecond\nline"
    assert (row["author"], row["outlet"]) == ("Alice", "news.example.cn")
    assert (row["published_at"], row["published_at_precision"]) == (AT, "second")
    assert (row["published_at_source"], row["is_zone_assumed"]) == ("feed", False)
    assert str(row["extractor"]).startswith("feedparser 6.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_an_item_is_located_by_its_own_bytes(tmp_path: Path, encoding: str) -> None:
    items = [
        "<item><title>第一</title></item>",
        "<item></item>",  # refused, and counted
        "<item>\n<title>第三</title>\n</item>",
    ]
    head = "" if encoding.startswith("utf-") else f'<?xml version="1.0" encoding="{encoding}"?>'
    data = rss("\n".join(items), head).encode(encoding)
    file = reading.raw_file(tmp_path, "feed.xml", data)
    located = FORMAT.reader.locate(file, 3, ReadOptions())
    assert located is not None
    plain = "utf-16-le" if encoding == "utf-16" else encoding.removesuffix("-sig")
    assert located.raw.decode(plain) == items[2]
    assert data[located.offset :].startswith(located.raw)
    assert located.line_number == 4


def test_atom(tmp_path: Path) -> None:
    row = read(tmp_path, """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>
      <entry><id>urn:1</id><title type="html">A &lt;b&gt;bold&lt;/b&gt; title</title>
      <link rel="alternate" href="https://a.cn/x"/><published>2020-07-03T02:28:24+08:00</published>
      <updated>2021-01-01T00:00:01Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Body</p></div></content>
      </entry></feed>""").only("articles")  # fmt: skip
    assert (row["title"], row["text"], row["published_at"]) == ("A bold title", "Body", AT)


def test_only_the_time_of_an_update(tmp_path: Path) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>'
        "<updated>2020-07-02T18:28:24Z</updated></entry></feed>"
    )
    row = read(tmp_path, feed).only("articles")
    assert (row["published_at"], row["published_at_source"]) == (AT, "feed_updated")


@pytest.mark.parametrize(("date", "at", "precision", "assumed"), [
    ("Thu, 02 Jul 2020 18:28:24 GMT", AT, "second", False),
    ("02 Jul 2020 14:28:24 EDT", AT, "second", False),
    ("Fri, 03 Jul 2020 02:28:24 CST", AT, "second", True),
    ("Fri, 03 Jul 2020 02:28:24", AT, "second", True),
    ("2020-07-03 02:28", AT.replace(second=0), "minute", True),
    ("2020-07-02T18:28:24Z", AT, "second", False),
    ("Thu, 02 Jul 2020 00:00:00 +0000", datetime(2020, 7, 2, tzinfo=UTC), "day", False),
])  # fmt: skip
def test_dates(tmp_path: Path, date: str, at: datetime, precision: str, assumed: bool) -> None:
    row = read(tmp_path, item(f"<title>T</title><pubDate>{date}</pubDate>")).only("articles")
    assert (row["published_at"], row["published_at_precision"]) == (at, precision)
    assert row["is_zone_assumed"] is assumed


def test_date_without_zone_gets_the_zone_of_the_source(tmp_path: Path) -> None:
    feed = item("<title>T</title><pubDate>Thu, 02 Jul 2020 19:28:24</pubDate>")
    assert read(tmp_path, feed, zone="Europe/London").only("articles")["published_at"] == AT


@pytest.mark.parametrize("date", ["soon", "03/04/2020", "Thu, 32 Jul 2020 18:28:24 +0000"])
def test_bad_date_is_a_problem_of_its_field(tmp_path: Path, date: str) -> None:
    outcome = read(tmp_path, item(f"<title>T</title><pubDate>{date}</pubDate>"))
    row = outcome.only("articles")
    assert (row["published_at"], row["published_at_source"]) == (None, None)
    assert outcome.problems.select("reason", "extent", "excerpt").row(0) == (
        "not_a_time", "field", date,
    )  # fmt: skip


def test_identity_without_a_link(tmp_path: Path) -> None:
    def identity(inner: str) -> object:
        return read(tmp_path, item(inner)).only("articles")["article_id"]

    by_guid = "<title>{}</title><guid isPermaLink='false'>tag:1</guid>"
    assert identity(by_guid.format("A")) == identity(by_guid.format("B"))
    assert identity("<title>A</title><description>x</description>") != identity(
        "<title>A</title><description>y</description>"
    )
    permalink = "<title>A</title><guid>https://a.cn/1</guid>"
    assert read(tmp_path, item(permalink)).only("articles")["url"] == "https://a.cn/1"


def test_relative_link(tmp_path: Path) -> None:
    row = read(tmp_path, item("<title>T</title><link>/b/2</link>")).only("articles")
    assert row["url"] == "https://news.example.cn/b/2"


def test_a_feed_whose_own_address_is_none(tmp_path: Path) -> None:
    feed = rss(ITEM).replace("<link>https://news.example.cn/</link>", "<link>http://[x</link>")
    found = read(tmp_path, feed)
    assert found.tables["articles"]["url"].to_list() == ["https://news.example.cn/a/1"]


@given(st.permutations(range(4)), st.text(alphabet="abc <>&", max_size=20))
def test_overlapping_polls_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], title: str
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    items = [
        ITEM.replace("a/1", f"a/{number}").replace("tag:1", f"tag:{number}") for number in order
    ]
    polls = [rss("\n".join(items)), rss("<lastBuildDate>now</lastBuildDate>" + items[0])]
    polls[1] = polls[1].replace("Example news", f"<![CDATA[{title}]]>")
    whole, later = (read(folder, poll).tables["articles"] for poll in polls)
    keep = [
        name for name in whole.columns if name not in ("file_id", "file_sha256", "record_number")
    ]
    key = later["article_id"][0]
    assert whole.filter(article_id=key).select(keep).equals(later.select(keep))


def test_an_item_whose_text_says_only_to_log_in_is_refused(tmp_path: Path) -> None:
    locked = (
        "<item><title>样城要闻</title><link>https://a.cn/1</link>"
        "<description>&lt;p&gt;请登录后查看全文&lt;/p&gt;</description></item>"
    )
    outcome = read(tmp_path, rss(locked + ITEM))
    (reject,) = outcome.rejects
    assert (reject.reason, reject.record_number, reject.line_number) == ("no_article_text", 1, 2)
    assert "log in" in reject.detail
    assert outcome.only("articles")["record_number"] == 2


def test_item_with_nothing_in_it(tmp_path: Path) -> None:
    outcome = read(tmp_path, rss("<item><link>https://a.cn/1</link></item>" + ITEM))
    assert outcome.reasons == ["empty_item"]
    assert (outcome.rejects[0].record_number, outcome.rejects[0].line_number) == (1, 2)
    assert outcome.only("articles")["record_number"] == 2


# -- what is refused ------------------------------------------------------------------------------
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("head", [
    f'<?xml version="1.0"?>{BOMB}',
    f"<!-- harmless --> \n{BOMB}",
    '<?xml version="1.0"?><!doctype rss SYSTEM "file:///etc/passwd">',
    '<!ENTITY x SYSTEM "file:///etc/passwd">',
])  # fmt: skip
def test_document_types_are_refused_before_parsing(
    tmp_path: Path, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedparser.parse", lambda *_, **__: pytest.fail("parsed"))
    for content in (rss(ITEM, head).encode(), rss(ITEM, head).encode("utf-16")):
        (reject,) = read(tmp_path, content).rejects
        assert (reject.reason, reject.extent) == ("dtd_forbidden", "file")


def test_doctype_inside_an_article_is_text(tmp_path: Path) -> None:
    feed = item("<title>T</title><description><![CDATA[use <!DOCTYPE html> first]]></description>")
    assert read(tmp_path, feed).reasons == []


@pytest.mark.parametrize("content", [
    "<!DOCTYPE html><html><head><title>Log in</title></head><body><form></form></body></html>",
    "<html><body>502 Bad Gateway</body></html>",
    '{"error": "token expired"}',
    "plain words",
    "<opml><body/></opml>",
])  # fmt: skip
def test_not_a_feed(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content).reasons == ["not_a_feed"]


@pytest.mark.parametrize("content", ["", " \n", rss("")])
def test_empty(tmp_path: Path, content: str) -> None:
    outcome = read(tmp_path, content)
    assert (outcome.reasons, outcome.tables) == ([], {})


def test_feed_cut_in_its_last_item(tmp_path: Path) -> None:
    whole = rss(ITEM + "\n" + ITEM.replace("a/1", "a/2"))
    outcome = read(tmp_path, whole[: whole.rindex("Second")])
    assert outcome.reasons == ["truncated_feed"]
    assert outcome.only("articles")["url"] == "https://news.example.cn/a/1"


def test_feed_that_is_not_well_formed_is_read(tmp_path: Path) -> None:
    feed = rss("<item><title>Fish & chips &nbsp; now</title></item>")
    assert str(read(tmp_path, feed).only("articles")["title"]).startswith("Fish & chips")


def test_encodings(tmp_path: Path) -> None:
    feed = item("<title>公安局开通政务微博</title>")
    named = feed.replace('"utf-8"', '"gb2312"').encode("gb18030")
    assert read(tmp_path, named).only("articles")["title"] == "公安局开通政务微博"
    assert read(tmp_path, named).only("articles")["language"] == "zh"
    wrong = feed.encode("gb18030")
    assert read(tmp_path, wrong).reasons == ["encoding"]
    assert (
        read(tmp_path, wrong, encoding="gb18030").only("articles")["title"] == "公安局开通政务微博"
    )
    assert read(tmp_path, feed.replace('"utf-8"', '"klingon"')).only("articles")["title"]


@pytest.mark.parametrize("label", ["undefined", "idna", "punycode", "unicode_escape"])
def test_a_feed_that_names_no_charset_is_refused_unless_utf_8(tmp_path: Path, label: str) -> None:
    feed = item("<title>公安局开通政务微博</title>").replace('"utf-8"', f'"{label}"')
    assert read(tmp_path, feed.encode("gb18030")).reasons == ["encoding"]
    assert read(tmp_path, feed).only("articles")["title"] == "公安局开通政务微博"


def test_deep_nesting_is_contained(tmp_path: Path) -> None:
    deep = "&lt;div&gt;" * 20_000 + "text"
    outcome = read(tmp_path, item(f"<title>T</title><description>{deep}</description>"))
    assert outcome.reasons == ["too_deep"]
    elements = "<a>" * 20_000 + "</a>" * 20_000
    assert set(read(tmp_path, item(f"<title>T</title>{elements}")).reasons) <= {"extraction_failed"}


def test_hostile_text_is_stored_as_it_is(tmp_path: Path) -> None:
    feed = item("<title>=1+1 ${x} {{ y }}</title><description>a '; drop table b</description>")
    row = read(tmp_path, feed).only("articles")
    assert (row["title"], row["text"]) == ("=1+1 ${x} {{ y }}", "a '; drop table b")


@pytest.mark.parametrize(("name", "content", "score"), [
    ("a.xml", rss(""), 0.95),
    ("a", '<feed xmlns="http://www.w3.org/2005/Atom">', 0.95),
    ("a.rss", "<!DOCTYPE rss><rss>", 0.5),
    ("a.xml", "<urlset>", None),
    ("a.html", "<html><rss>", None),
    ("a.md", "about <rss> feeds", None),
])  # fmt: skip
def test_sniff(name: str, content: str, score: float | None) -> None:
    evidence = FORMAT.sniff(Head(PurePosixPath(name), content.encode()))
    assert (evidence.score if evidence else None) == score


def test_a_nul_spelled_as_an_entity_reaches_no_column(tmp_path):
    feed = (
        b"<rss><channel><title>T</title><item><title>A&#0;B</title>"
        b"<link>http://x\x00y.example/a</link></item></channel></rss>"
    )
    file = reading.raw_file(tmp_path, "a.rss", feed)
    for found in FORMAT.reader.read(file, ReadOptions()):
        if isinstance(found, pl.DataFrame):
            texts = [value for value in found.row(0) if isinstance(value, str)]
            assert texts
            assert not any("\x00" in value for value in texts)


def test_an_address_that_broken_markup_made_no_text_of_is_none(tmp_path: Path) -> None:
    """feedparser gives the attributes of `<links …>` as the link itself."""
    outcome = read(tmp_path, item("<title>Notice</title><links a='b'>x</links>"))
    assert outcome.tables["articles"]["title"].to_list() == ["Notice"]
    assert outcome.tables["articles"]["url"].to_list() == [None]
