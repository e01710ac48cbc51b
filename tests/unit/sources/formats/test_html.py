"""Saved pages: body, identity, and a publication time that is never guessed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from orchestration.cleaning.markup_limits import cut_page
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.html import FORMAT
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources import reading

ENGLISH = (
    "The bureau said on Monday that the new channel is open to the public, and that officers "
    "will answer questions from the residents of the district within a day of their arrival. "
)
CHINESE = (
    "市公安局周一表示，新开通的政务微博将面向公众，及时回应群众关切，并在一个工作日内答复来自各区居民的"
    "提问，同时发布权威信息，澄清不实传言，欢迎广大市民监督。"
)


def page(
    head: str = "",
    *,
    text: str = ENGLISH,
    title: str = "Bureau opens channel",
    body: str = "",
    charset: str = '<meta charset="utf-8">',
) -> str:
    paragraphs = "".join(f"<p>{text}{number}</p>" for number in range(6))
    return (
        f"<!DOCTYPE html><html><head>{charset}<title>{title}</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a> <a href='/x'>About us</a></nav>{body}"
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>© Bureau</footer></body></html>"
    )


def read(tmp_path: Path, content: str | bytes, **given: str) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "page.html", content), **given)


def test_article_of_a_page(tmp_path: Path) -> None:
    address = "https://news.example.cn/a/1?id=2&utm_source=feed#top"
    row = read(tmp_path, page(f'<link rel="canonical" href="{address}">')).only("articles")
    canonical = "https://news.example.cn/a/1?id=2"
    assert row["url"] == canonical
    assert row["article_id"] == hashlib.sha256(canonical.encode()).hexdigest()[:16]
    assert row["outlet"] == "news.example.cn"
    assert row["title"] == "Bureau opens channel"
    assert "answer questions from the residents" in str(row["text"])
    assert "About us" not in str(row["text"])
    assert row["language"] == "en"
    assert str(row["extractor"]).startswith("trafilatura 2.")


def test_page_without_address_is_known_by_its_text(tmp_path: Path) -> None:
    row = read(tmp_path, page()).only("articles")
    assert row["url"] is None
    assert row["article_id"] == hashlib.sha256(str(row["text"]).encode()).hexdigest()[:16]


def test_address_noted_by_the_browser(tmp_path: Path) -> None:
    saved = "<!-- saved from url=(0026)https://example.cn/story/1 -->\n" + page()
    assert read(tmp_path, saved).only("articles")["url"] == "https://example.cn/story/1"


def test_site_address_on_every_page_is_no_identity(tmp_path: Path) -> None:
    row = read(tmp_path, page('<link rel="canonical" href="https://example.cn/">')).only("articles")
    assert row["url"] is None


LD = '<script type="application/ld+json">{}</script>'
AT = datetime(2021, 7, 20, 0, 30, 15, tzinfo=UTC)


def ld(*things: object) -> str:
    return "".join(LD.format(json.dumps(thing)) for thing in things)


@pytest.mark.parametrize(("head", "at", "precision", "source", "assumed"), [
    (ld({"@type": "NewsArticle", "datePublished": "2021-07-20T08:30:15+08:00"}),
     AT, "second", "json_ld", False),
    (ld({"@graph": [{"@type": "WebPage", "datePublished": "2001-01-01"},
                    {"@type": ["Article"], "datePublished": "2021-07-20T00:30:15Z"}]}),
     AT, "second", "json_ld", False),
    ('<meta property="article:published_time" content="2021-07-20T08:30:15">',
     AT, "second", "meta", True),
    ('<meta name="publishdate" content="2021年07月20日 08:30">',
     AT.replace(second=0), "minute", "meta", True),
    ('<meta name="og:time " content="2021-07-20 08:30:15">', AT, "second", "meta", True),
    (ld({"@type": "NewsArticle", "datePublished": "2021-07-20"})
     + '<meta name="pubdate" content="2021-07-20 08:30:15">', AT, "second", "meta", True),
    (ld({"@type": "NewsArticle", "datePublished": "2021-07-20"})
     + '<meta name="pubdate" content="2021-07-22 08:30:15">',
     datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "json_ld", True),
    ('<meta property="article:published_time" content="2021-07-20T00:00:00+08:00">',
     datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "meta", False),
])  # fmt: skip
def test_declared_time(
    tmp_path: Path, head: str, at: datetime, precision: str, source: str, assumed: bool
) -> None:
    row = read(tmp_path, page(head)).only("articles")
    assert (row["published_at"], row["published_at_precision"]) == (at, precision)
    assert (row["published_at_source"], row["is_zone_assumed"]) == (source, assumed)


def test_zone_of_the_source_where_the_page_has_none(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2021-07-20T08:30:15">'
    row = read(tmp_path, page(head), zone="Europe/London").only("articles")
    assert row["published_at"] == datetime(2021, 7, 20, 7, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(("body", "found"), [
    ('<time datetime="2021-07-20T08:30:15+08:00">today</time>', True),
    ('<time class="published" datetime="2021-07-20T08:30:15+08:00">a</time>'
     '<time datetime="2020-01-01T00:00:01Z">related</time>', True),
    ('<time datetime="2021-07-20T08:30:15+08:00">a</time>'
     '<time datetime="2021-07-19T08:30:15+08:00">b</time>', False),
])  # fmt: skip
def test_time_elements(tmp_path: Path, body: str, found: bool) -> None:
    row = read(tmp_path, page(body=body)).only("articles")
    assert (row["published_at_source"] == "time_element") is found


@pytest.mark.parametrize("place", [
    "<div class='comments'><p>{}</p></div>", "<ol id='commentlist'><li>{}</li></ol>",
    "<aside><a href='/b'>Another story</a> {}</aside>", "<footer><p>{}</p></footer>",
    "<nav>{}</nav>", "<div class='related-posts'><a href='/b'>Another</a> {}</div>",
    "<section id='recommended'><p>{}</p></section>",
])  # fmt: skip
@pytest.mark.parametrize("written", [
    '<time datetime="2021-07-20T08:30:15+08:00">20 July 2021</time>',
    '<time class="published" datetime="2021-07-20T08:30:15+08:00">today</time>',
    '<span itemprop="datePublished" content="2021-07-20T08:30:15+08:00">today</span>',
])  # fmt: skip
def test_the_time_of_a_comment_or_of_another_article_is_not_the_page_s(
    tmp_path: Path, place: str, written: str
) -> None:
    row = read(tmp_path, page(body=place.format(written))).only("articles")
    assert row["published_at_source"] not in ("time_element", "microdata")
    own = f"<main class='category-popular'>{written}</main>"
    both = page(body=own + place.format(written.replace("07-20", "07-02")))
    assert read(tmp_path, both).only("articles")["published_at"] == AT


def test_page_about_several_articles_says_nothing_of_any(tmp_path: Path) -> None:
    several = [
        {"@type": "NewsArticle", "datePublished": f"2021-07-{day}T08:30:15Z"} for day in (20, 21)
    ]
    row = read(tmp_path, page(ld(several))).only("articles")
    assert row["published_at_source"] != "json_ld"


@pytest.mark.parametrize(("head", "body", "source"), [
    ("", "<p class='date'>Published: 20 July 2021</p>", "date_line"),
    ("", "<p>20. Juli 2021 | Pressemitteilungen</p>", "date_line"),
    ("", "<p>Posted by Alice on <b>20.07.2021</b></p>", "date_line"),
    ("", "<p>2021年07月20日 样城日报 时政新闻 1665 0</p>", "date_line"),
    ("", "<p>20 июля 2021</p>", "date_line"),
    ("", "<p>Stand: 20.07.2021</p>", "date_line"),
    ("", "<p>Veröffentlicht am: 20. Juli 2021</p>", "date_line"),
    ("", "<p>Von Eva Muster - 20. Juli 2021</p>", "date_line"),
    ("", "<p>Posted by J. O'Brien-Smith on 20 July 2021</p>", "date_line"),
    ("", "<p>Pressemitteilung vom 20.07.2021</p>", "date_line"),
    ("", "<p>发表于 2021-07-20</p>", "date_line"),
    ("", "<p>来源：样城网 作者：某某 发布时间：2021-07-20 浏览次数：12</p>", "date_line"),
    ("", "<p>来源：样城网作者：某某发布时间：2021-07-20</p>", "date_line"),
    ("", "<p>时间：2021年7月20日 浏览：33</p>", "date_line"),
    ("", "<p>样城日报 2021-07-20</p>", "date_line"),
    ("", "<p>BEIJING, July 20, 2021 (Xinhua) --</p>", "date_line"),
    ("", "<p>新华社北京2021年7月20日电</p>", "date_line"),
    ("<meta name='author' content='某某'>", "<p>某某 2021-07-20</p>", "date_line"),
    ('<link rel="canonical" href="https://news.example.cn/2021/07/20/a">', "", "htmldate"),
    ('<meta property="og:url" content="https://news.example.cn/2021-7-20/a">', "", "htmldate"),
    ('<meta name="date" content="2021-07-20">', "", "meta"),
])  # fmt: skip
def test_date_found_in_the_page_is_a_day(tmp_path: Path, head: str, body: str, source: str) -> None:
    row = read(tmp_path, page(head, body=body)).only("articles")
    assert row["published_at"] == datetime(2021, 7, 19, 16, tzinfo=UTC)
    assert (row["published_at_precision"], row["published_at_source"]) == ("day", source)


@pytest.mark.parametrize(("head", "body", "text"), [
    ("", "", "The bureau was founded in 1998, and again in 2019. "),
    ("", "", "The bureau opened the channel on 3 March 2015. "),
    ("", "", "The bureau met on 30 February 2021. "),
    ("", "<p>On 3 March 2015 the bureau opened its doors</p>", ""),
    ("", "<p>The bureau opened on <b>3 March 2015</b></p>", ""),
    ("", "<p>市公安局于<b>2015年3月3日</b>召开会议</p>", ""),
    ("", "<p>2015年3月3日10:30，市公安局召开会议。</p>", ""),
    ("", "<p>Published: yesterday</p>", ""),
    ("", "<p>发布时间：昨天 12:30</p>", ""),
    ("", "<p>Published: 03/04/2011</p>", ""),
    ("", "<p>Last updated: 3 March 2015</p>", ""),
    ("", "<p>Published: 3 March 2031</p>", ""),
    ("", "<p>Date of the hearing: 12 March 2014</p>", ""),
    ("", "<p>Date: 12 March 2014</p>", ""),
    ("", "<p>Stand: Halle 5, 12.03.2014</p>", ""),
    ("", "<p>Released: after ten years in prison on 3 May 2012</p>", ""),
    ("", "<p>Last reviewed: 3 May 2012</p>", ""),
    ("", "<p>Deadline: 3 May 2012</p>", ""),
    ("", "<p>Hearing (3 May 2012)</p>", ""),
    ("", "<p>HEARING, March 12, 2014 (Court 5) -</p>", ""),
    ("", "<p>Geboren - 12.03.1950</p>", ""),
    ("", "<p>12.03.1950</p>", ""),
    ("", "<p>Geboren am 12.03.1950</p>", ""),
    ("", "<p>截止日期：2014-05-01</p>", ""),
    ("", "<p>案发时间：2014年5月1日 23:30</p>", ""),
    ("", "<p>时间：2014年5月1日 23:30</p>", ""),
    ("", "<p>会议时间 2014-05-01 23:59</p>", ""),
    ("", "<p>2014-05-01 开庭审理</p>", ""),
    ("", "<aside><a href='/b'>Another story of the bureau</a><p>3 May 2012</p></aside>", ""),
    ("", "<div class='related'><p>3 May 2012</p></div>", ""),
    ("", "<p>© 2019 Bureau</p>", ""),
    ("", "<div class='comment'><p>3 March 2015</p></div>", ""),
    ("", "".join(f"<p>{day} May 2019</p><p>Another story</p>" for day in (3, 4, 5)), ""),
    ('<meta name="date" content="2019">', "", ""),
    ('<meta name="date" content="2019-05">', "", ""),
    ('<meta property="article:published_time" content="yesterday">', "", ""),
    ('<meta property="article:published_time" content="0000-00-00 00:00:00">', "", ""),
    ('<meta property="og:image" content="https://img.example/2019/03/04/a.png">', "", ""),
])  # fmt: skip
def test_a_date_in_a_text_or_half_a_date_is_no_day_of_publication(
    tmp_path: Path, head: str, body: str, text: str
) -> None:
    outcome = read(tmp_path, page(head, body=body, text=ENGLISH + text))
    row = outcome.only("articles")
    assert (row["published_at"], row["published_at_source"]) == (None, None)
    assert outcome.reasons == []


@pytest.mark.parametrize(("head", "body", "raw"), [
    ('<meta property="article:published_time" content="2021-02-30">', "", "2021-02-30"),
    ('<meta property="article:published_time" content="2021-02-20T25:61:00">', "",
     "2021-02-20T25:61:00"),
    (ld({"@type": "NewsArticle", "datePublished": "2021-02-30T08:00:00+08:00"}), "",
     "2021-02-30T08:00:00+08:00"),
    *((f'<meta property="article:published_time" content="2021-07-20T08:00:00{zone}">', "",
       f"2021-07-20T08:00:00{zone}") for zone in ("+99:00", "+24:00", "-25:00")),
    ("", '<time datetime="2021-02-30">x</time>', "2021-02-30"),
    ("", "<p>Published: 30 February 2021</p>", "30 February 2021"),
])  # fmt: skip
def test_an_impossible_date_is_refused_and_the_article_stays(
    tmp_path: Path, head: str, body: str, raw: str
) -> None:
    outcome = read(tmp_path, page(head, body=body))
    row = outcome.only("articles")
    assert (row["published_at"], row["published_at_source"]) == (None, None)
    assert outcome.problems["reason"].to_list() == ["not_a_time"]
    assert outcome.problems["column_name"].to_list() == ["published_at"]
    assert outcome.problems["excerpt"].to_list() == [raw]


def test_an_article_with_an_impossible_zone_keeps_title_and_address(tmp_path: Path) -> None:
    bad = '<meta property="article:published_time" content="2021-07-20T08:00:00+99:00">'
    row = read(tmp_path, page(bad + '<link rel="canonical" href="https://example.cn/a/1">'))
    assert row.only("articles")["url"] == "https://example.cn/a/1"
    assert row.only("articles")["title"] == "Bureau opens channel"


@pytest.mark.parametrize("reference", [
    "&#1;", "&#8;", "&#x1F;", "&#X0001f", "&#00001", "&#xFFFE;", "&#65535;", "&#xD800;",
])  # fmt: skip
def test_a_reference_to_no_character_costs_no_article(tmp_path: Path, reference: str) -> None:
    for place in ({"body": reference}, {"text": f"{ENGLISH}{reference} "}):
        row = read(tmp_path, page(**place)).only("articles")
        assert "answer questions from the residents" in str(row["text"])
    assert "\ufffd" in str(row["text"])


def test_other_references_stay(tmp_path: Path) -> None:
    text = f"{ENGLISH}&#x516C;&#23433;&#12;&#{'9' * 5000}; "
    assert "公安" in str(read(tmp_path, page(text=text)).only("articles")["text"])


@pytest.mark.parametrize("raw", [
    "1970-01-01T00:00:00Z", "1986-06-04", "0001-01-01T00:00:00", "2031-01-01", "AFTER",
])  # fmt: skip
def test_a_declared_day_on_which_no_page_can_have_appeared_is_refused(
    tmp_path: Path, raw: str
) -> None:
    """AFTER: two days after the page was archived."""
    if raw == "AFTER":
        raw = (reading.NOW + timedelta(days=2)).date().isoformat()
    head = f'<meta property="article:published_time" content="{raw}">'
    outcome = read(tmp_path, page(head))
    row = outcome.only("articles")
    assert (row["published_at"], row["published_at_source"]) == (None, None)
    assert outcome.problems["reason"].to_list() == ["not_a_time"]
    assert outcome.problems["excerpt"].to_list()[0].startswith(raw)
    again = read(tmp_path, page(head + '<meta name="pubdate" content="2021-07-20">'))
    assert again.only("articles")["published_at"] == datetime(2021, 7, 19, 16, tzinfo=UTC)


def test_another_declaration_stands_in_for_an_impossible_one(tmp_path: Path) -> None:
    head = ld({"@type": "NewsArticle", "datePublished": "2021-02-30"})
    row = read(tmp_path, page(head + '<meta name="pubdate" content="2021-07-20">'))
    assert row.only("articles")["published_at_source"] == "meta"


@pytest.mark.parametrize(("line", "at", "precision", "source"), [
    ("2021-07-20 08:30 来源：样城日报", AT.replace(second=0), "minute", "printed"),
    ("发布时间：2021年7月20日08:30:15", AT, "second", "printed"),
    ("最后更新：2021-07-20 08:30:15", datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "meta"),
    ("2021-07-21 08:30:15", datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "meta"),
    ("会议时间 2021-07-20 23:59", datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "meta"),
    ("会议时间：2021-07-20 23:59", datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "meta"),
    ("Meeting: 2021-07-20 23:59", datetime(2021, 7, 19, 16, tzinfo=UTC), "day", "meta"),
    ("2021-07-20 08:30</p><p>2021-07-20 09:30", datetime(2021, 7, 19, 16, tzinfo=UTC), "day",
     "meta"),
])  # fmt: skip
def test_a_clock_printed_with_the_day_makes_it_finer(
    tmp_path: Path, line: str, at: datetime, precision: str, source: str
) -> None:
    head = '<meta property="article:published_time" content="2021-07-20">'
    body = f"<p class='info'>{line}</p><p class='comment'>2021-07-20 23:59:59</p>"
    body = body if source == "printed" else f"<p class='info'>{line}</p>"
    row = read(tmp_path, page(head, body=body)).only("articles")
    assert (row["published_at"], row["published_at_precision"]) == (at, precision)
    assert row["published_at_source"] == source


def test_a_clock_in_the_text_is_not_that_of_its_publication(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2021-07-20">'
    for line in ("2021-07-20 23:59", "会议时间 2021-07-20 23:59"):
        content = page(head).replace("</article>", f"<p>{line}</p><p>{ENGLISH}</p></article>")
        row = read(tmp_path, content).only("articles")
        assert (row["published_at_precision"], row["published_at_source"]) == ("day", "meta")


def test_a_printed_clock_alone_is_no_date(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2021-07-20T08:30:15+08:00">'
    row = read(tmp_path, page(head, body="<p>2021-07-20 09:00</p>")).only("articles")
    assert (row["published_at"], row["published_at_source"]) == (AT, "meta")


@pytest.mark.parametrize(("printed", "quoted"), [
    ("<span>2021-07-20 08:30 来源：</span><a href='/'>样城日报</a>", "样城日报"),
    ("<p>来源：《样城日报》</p>", "样城日报"), ("<p>信息来源: 样城网 | 作者：某</p>", "样城网"),
    ("<p>来源：</p><p>2168</p>", None), ("<p>来源：网络</p>", None), ("<p>能源来源</p>", None),
])  # fmt: skip
def test_the_source_that_a_page_prints_is_kept_apart_from_its_outlet(
    tmp_path: Path, printed: str, quoted: str | None
) -> None:
    head = '<link rel="canonical" href="https://news.example.cn/a/1">'
    row = read(tmp_path, page(head, body=printed, text=CHINESE)).only("articles")
    assert (row["outlet"], row["quoted_outlet"]) == ("news.example.cn", quoted)


NAME = "Bureau opens channel"


@pytest.mark.parametrize(("name", "body", "title"), [
    (f"{NAME} | Example News", "<h1>Example News</h1>", NAME),
    (f"Example News » {NAME}", "<h1><a href='/'>Example News</a></h1>", NAME),
    (f"Press: {NAME}", '<h1>Press releases</h1>', NAME),
    (f"{NAME}: what it is for", f"<h1>{NAME}: what it is for</h1>", f"{NAME}: what it is for"),
    ("Another name", "<h2>Contact</h2>", "Another name"),
    ("", "", NAME),
])  # fmt: skip
def test_the_title_is_the_heading_that_the_name_of_the_page_holds(
    tmp_path: Path, name: str, body: str, title: str
) -> None:
    content = page(body=body).replace(f"<title>{NAME}</title>", f"<title>{name}</title>")
    site = '<meta property="og:site_name" content="Example News">'
    if title == "Another name":
        content = content.replace(f"<h1>{NAME}</h1>", "")
    row = read(tmp_path, content.replace("<head>", f"<head>{site}")).only("articles")
    assert row["title"] == title


@pytest.mark.parametrize("declared", ["name", "admin"])
def test_a_template_is_no_author(tmp_path: Path, declared: str) -> None:
    thing = {"@type": "NewsArticle", "author": {"@type": "Person", "name": declared}}
    row = read(tmp_path, page(ld(thing) + f'<meta name="author" content="{declared}">'))
    assert row.only("articles")["author"] is None


def test_no_date_is_never_guessed(tmp_path: Path) -> None:
    row = read(tmp_path, page()).only("articles")
    assert row["published_at"] is None
    assert row["published_at_source"] is None
    assert row["published_at_precision"] is None
    assert row["is_zone_assumed"] is None


def test_byline_is_only_what_the_page_declares(tmp_path: Path) -> None:
    comment = "<div class='comment'><span class='author'>Mallory Reader</span></div>"
    assert read(tmp_path, page(body=comment)).only("articles")["author"] is None
    declared = page('<meta name="author" content="Alice Reporter">', body=comment)
    assert read(tmp_path, declared).only("articles")["author"] == "Alice Reporter"


# -- charsets -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("charset", "encoding"), [
    ('<meta charset="gb2312">', "gb18030"),
    ('<meta http-equiv="Content-Type" content="text/html; charset=GBK">', "gb18030"),
    ("", "gb18030"),
    ("", "utf-8"),
    ('<meta charset="gb2312">', "utf-8"),
    ('<meta charset="undefined">', "gb18030"),
    ('<meta charset="idna">', "gb18030"),
    ("", "utf-16"),
])  # fmt: skip
def test_charset(tmp_path: Path, charset: str, encoding: str) -> None:
    content = page(text=CHINESE, title="公安局开通政务微博", charset=charset).encode(encoding)
    row = read(tmp_path, content).only("articles")
    assert "及时回应群众关切" in str(row["text"])
    assert row["language"] == "zh"


def test_declared_encoding_wins_and_is_strict(tmp_path: Path) -> None:
    content = page(text=CHINESE, charset='<meta charset="big5">').encode("gb18030")
    assert "及时回应" in str(read(tmp_path, content, encoding="gb18030").only("articles")["text"])
    assert read(tmp_path, content, encoding="utf-8").reasons == ["encoding"]


@pytest.mark.parametrize("charset", ['<meta charset="utf-8">', ""])
def test_a_damaged_byte_is_shown_not_guessed(tmp_path: Path, charset: str) -> None:
    content = (
        page(text=CHINESE, charset=charset)
        .encode()
        .replace("关切".encode(), b"\xff" + "切".encode(), 1)
    )
    text = str(read(tmp_path, content).only("articles")["text"])
    assert "\ufffd" in text
    assert "市公安局周一表示" in text


def test_latin_letters_of_a_page_that_names_no_charset(tmp_path: Path) -> None:
    content = page(text=ENGLISH + "Café Zürich. ", charset="").encode("cp1252")
    assert "Café Zürich" in str(read(tmp_path, content).only("articles")["text"])


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    reasons = read(tmp_path, b"<html><body>" + bytes(range(128, 256)) * 400).reasons
    assert reasons in (["encoding"], ["no_article_text"])


# -- what is no article ---------------------------------------------------------------------------
@pytest.mark.parametrize("content", [
    "<html><body><form>User <input name=u> Password <input type='password'>"
    "<p>Please log in to continue reading this page on our site.</p></form></body></html>",
    "<html><body></body></html>",
    "<html>",
    "no markup at all",
    "<html><body><div><p>502 Bad Gateway</p></div></body></html>",
    page(title="Sign in", body="<form><input name=u><input type=password></form>"),
    page(title="滑块验证 - 样城网", text="为保障您的账号安全，请拖动下方滑块完成拼图。"),
    page(title="404 Not Found", text="The requested URL was not found on this server. "),
    page(title="样城要闻", text="请登录后查看全文。"),
])  # fmt: skip
def test_no_article(tmp_path: Path, content: str) -> None:
    outcome = read(tmp_path, content)
    assert outcome.reasons == ["no_article_text"]
    assert outcome.tables == {}


def test_an_article_beside_a_login_form_is_one(tmp_path: Path) -> None:
    form = "<form><h3>Sign in</h3><input name=u><input type=password></form>"
    assert read(tmp_path, page(body=form)).only("articles")["title"] == "Bureau opens channel"


@pytest.mark.parametrize("content", ["", "  \n "])
def test_empty(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content).reasons == []


@pytest.mark.parametrize("hostile", [
    "<div>" * 50_000,
    "<b><i>" * 50_000,
    "<table><tr><td>" * 20_000,
    LD.format("[" * 100_000),
    LD.format('{"@type": "NewsArticle", "datePublished": ["x"], "author": 7, "@graph": {}}'),
    LD.format('{"@type": 5, "@graph": [[], 3, null], "mainEntity": []}'),
    "<meta property='article:published_time' content='9999-99-99T99:99'>",
    "<p>\x00\ud800</p>",
])  # fmt: skip
def test_hostile_pages_are_contained(tmp_path: Path, hostile: str) -> None:
    content = page(body=hostile).encode("utf-8", "surrogatepass")
    outcome = read(tmp_path, content)
    assert set(outcome.reasons) <= {
        "no_article_text", "extraction_failed", "encoding", "too_deep", "not_a_time",
    }  # fmt: skip
    assert outcome.reasons or outcome.only("articles")["published_at"] is None


@pytest.mark.parametrize("hostile", [
    "<div " + " ".join(f"a{number}" for number in range(100_000)) + ">x</div>",
    "<b>x</b>" * 1_000_000,
])  # fmt: skip
def test_markup_without_measure_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hostile: str
) -> None:
    monkeypatch.setattr("trafilatura.utils.load_html", lambda _: pytest.fail("it was parsed"))
    outcome = read(tmp_path, page(body=hostile))
    assert outcome.reasons == ["too_complex"]
    assert "the record stays in the archive" in outcome.rejects[0].detail


def test_a_page_of_many_paragraphs_is_not_compared_with_a_second_extraction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("compare_extraction", "justext_rescue"):
        monkeypatch.setattr(f"trafilatura.core.{name}", lambda *_: pytest.fail("it was compared"))
    body = "".join(f"<p>{number}. {ENGLISH}</p>" for number in range(2000))
    content = page().replace("<article>", f"<article>{body}")
    assert "1999. The bureau" in str(read(tmp_path, content).only("articles")["text"])


def test_a_name_of_megabytes_is_no_title(tmp_path: Path) -> None:
    row = read(tmp_path, page(title="T" * 2_000_000)).only("articles")
    assert row["title"] is None


def test_page_beyond_the_limit(tmp_path: Path) -> None:
    assert read(tmp_path, b"<html>" + b" " * (10 * 1024 * 1024) + b"x").reasons == [
        "document_too_long"
    ]


@pytest.mark.parametrize(("failure", "reason"), [
    (RecursionError("deep"), "extraction_failed"), (ValueError("odd"), "extraction_failed"),
])  # fmt: skip
def test_failure_of_the_extractor_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, reason: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    outcome = read(tmp_path, page())
    assert outcome.reasons == [reason]
    assert str(failure) in outcome.rejects[0].detail


def test_a_page_that_was_cut_is_loaded_and_named(tmp_path: Path) -> None:
    whole = page(text=CHINESE)
    cut = whole[: len(whole) * 2 // 3]
    outcome = read(tmp_path, cut)
    assert "及时回应群众关切" in str(outcome.only("articles")["text"])
    assert [(r.reason, r.records, r.record_number) for r in outcome.rejects] == [
        ("truncated_page", 0, 1)
    ]
    assert "before its end" in outcome.rejects[0].detail
    assert FORMAT.reader.locate(reading.raw_file(tmp_path, "page.html", cut), 1, ReadOptions())


@pytest.mark.parametrize("end", [
    "", "</html", "<p", "<p class='x", "<!-- a", "<script>var a = 1", "<div>x", "<ul><li>x",
])  # fmt: skip
def test_what_proves_that_a_page_was_cut(end: str) -> None:
    assert (cut_page(f"<html><body><p>text</p>{end}") is None) is (end == "")
    assert cut_page(f"<html><body><p>text</p>{end}</body></html>") is None
    assert cut_page(f"<p>a fragment</p>{end}") is None


def test_same_page_gives_the_same_row(tmp_path: Path) -> None:
    assert read(tmp_path, page()).only("articles") == read(tmp_path, page()).only("articles")


# -- recognition ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "content", "score"), [
    ("a.html", b"<!DOCTYPE html><html>", 0.8),
    ("a.htm", b"\xef\xbb\xbf<HTML>", 0.8),
    ("a.html", b"<p>x</p>", 0.4),
    ("a.json", b"<!DOCTYPE html><html>", None),
    ("a.html", b"plain", None),
])  # fmt: skip
def test_sniff(name: str, content: bytes, score: float | None) -> None:
    evidence = FORMAT.sniff(Head(PurePosixPath(name), content))
    assert (evidence.score if evidence else None) == score


def test_a_site_that_names_how_to_reach_a_person_has_no_name(tmp_path: Path) -> None:
    for site, outlet in (("Jane Doe jane@example.org", None), ("Example Daily", "Example Daily")):
        content = page(f'<meta property="og:site_name" content="{site}">')
        assert read(tmp_path, content).only("articles")["outlet"] == outlet
