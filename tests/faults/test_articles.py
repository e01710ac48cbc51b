"""Faults of articles: pages, feeds and saved answers that mislead, from the inbox on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.specs import as_table
from orchestration.paths import PROJECT_ROOT
from tests.faults.matrix import FAULTS
from tests.faults.site import Site

pytestmark = pytest.mark.faults

PARAGRAPH = (
    "市公安局周一表示，新开通的政务微博将面向公众，及时回应群众关切，并在一个工作日内答复来自各区居民的"
    "提问，同时发布权威信息，澄清不实传言。{}"
)
UTF_8 = '<meta charset="utf-8">'
NESTED = 200_000
SECONDS, MIB = 120, 1500
"""What a child that reads them may take: several times what it does."""
HOSTILE = "<script>alert(1)</script> **粗** [x](javascript:alert(1)) {{ jinja }} =1+1"
ESCAPED = HOSTILE.replace("<", "&lt;")
LOGIN = (
    b"<!doctype html><html><title>login</title><body><h1>Welcome</h1><p>Please type your name and "
    b"password to go on reading this site.</p><form><input type='password'></form></body></html>"
)


def page(
    key: str, title: str = "样城通报", charset: str = UTF_8, head: str = "", body: str = ""
) -> str:
    """A page with an article of its own; key tells it from the others."""
    body = body or "".join(f"<p>{PARAGRAPH.format(key + str(n))}</p>" for n in range(3))
    return (
        f"<!DOCTYPE html><html><head>{charset}<title>{title}</title>{head}</head><body><article>"
        f"<h1>{title}</h1>{body}</article></body></html>"
    )


def item(key: str, title: str = "样城", date: str = "", description: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>https://news.example/{key}</link>"
        f"<pubDate>{date}</pubDate><description>{description}</description></item>"
    )


def feed(*items: str, head: str = "") -> str:
    return f'{head}<rss version="2.0"><channel><title>例</title>{"".join(items)}</channel></rss>'


def wordpress(key: str, content: str = "<p>正文</p>", title: str = "标题") -> str:
    post = {
        "id": 1, "date_gmt": "2026-07-01T00:00:00", "link": f"https://blog.example/{key}",
        "status": "publish", "title": {"rendered": title}, "content": {"rendered": content},
        "guid": {"rendered": key},
    }  # fmt: skip
    return json.dumps([post], ensure_ascii=False)


def markdown(key: str, body: str) -> str:
    date = "Wed, 01 Jul 2026 00:00:00 +0000"
    return f"[标题](https://cdt.example/{key})\n------\n日期：{date}\n\n{body}\n"


def front_matter(title: str) -> str:
    return f"---\ntitle: '{title}'\ndate: 2026-07-01\n---\n正文正文\n"


TRADITIONAL = "".join(
    "<p>市公安局週一表示，新開通的政務微博將面向公眾，及時回應群眾關切，並在一個工作日內答覆來自各區居民的"
    f"提問，同時發布權威信息，澄清不實傳言。{number}</p>"
    for number in range(3)
)
GBK = '<meta charset="gbk">'
LATIN = '<meta charset="iso-8859-1">'
GB = "gb18030"
PARAGRAPHS = "".join(f"<p>{PARAGRAPH.format(number)}</p>" for number in range(3))
PAGE_DATES = (
    ('<meta property="article:published_time" content="2026-02-30">', ""),
    ("", f"<p>发布时间：2026年2月30日</p>{PARAGRAPHS}"),
    ("", f"{PARAGRAPHS}<p>2015年3月3日，该局开通首个微博。© 2019</p>"),
    ("", f"<p>发布时间：昨天 12:30</p>{PARAGRAPHS}"),
)
"""Head and body of pages without a day of publication; the first two name an impossible one."""
INJECTED: dict[str, tuple[str, str, bytes]] = {
    "d2_html": ("html", "a.html", page("d2", ESCAPED).encode()),
    "d2_rss": ("rss", "a.xml", feed(item("d2", f"<![CDATA[{ESCAPED}]]>")).encode()),
    "d2_wp": ("wordpress_json", "a.json", wordpress("d2", title=ESCAPED).encode()),
    "d2_md": ("markdown_article", "a.md", front_matter(HOSTILE).encode()),
    "d2_txt": ("text_article", "a.txt", f"{HOSTILE}\n\n正文正文正文\n".encode()),
    "d3_utf_8": ("html", "a.html", page("a").encode(GB)),
    "d3_gb": ("html", "a.html", page("b", charset='<meta charset="gb2312">').encode()),
    "d3_latin": ("html", "a.html", page("c", charset=LATIN).encode(GB)),
    "d3_latin_8": ("html", "a.html", page("d", charset=LATIN).encode()),
    "d3_big5": ("html", "a.html", page("e", charset='<meta charset="big5">').encode(GB)),
    "d3_big5_gbk": ("html", "a.html", page("h", "樣城通報", GBK, body=TRADITIONAL).encode("big5")),
    "d3_feed_8": (
        "rss", "a.xml", feed(item("d3_8"), head='<?xml version="1.0" encoding="gb2312"?>').encode(),
    ),
    "d3_nothing": ("html", "a.html", page("f", charset=LATIN).encode("utf-16-le")[1:]),
    "d3_feed": (
        "rss", "a.xml", feed(item("d3"), head='<?xml version="1.0" encoding="utf-8"?>').encode(GB),
    ),
    "d4_html": ("html", "a.html", page("g", charset="").encode(GB)),
    "d4_txt": ("text_article", "a.txt", "标题\n\n正文正文正文".encode(GB)),
    "d4_md": ("markdown_article", "a.md", markdown("d4", "正文").encode(GB)),
    "d4_rss": ("rss", "a.xml", feed(item("d4")).encode(GB)),
    "d4_wp": ("wordpress_json", "a.json", wordpress("d4").encode(GB)),
    "d4_declared": ("text_article, encoding: gb18030", "a.txt", "标题四\n\n正文正文四".encode(GB)),
    "d5_type": (
        "rss", "a.xml",
        feed(item("d5"), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>').encode(),
    ),
    "d5_entity": ("rss", "a.xml", feed(item("d5", "&xxe; 样城")).encode()),
    "d6": ("rss, timezone: Asia/Shanghai", "a.xml", "\n".join([
        feed(
            item("1", date="2026年7月1日 08:30"),
            item("2", date="星期三, 01 七月 2026 08:30:00 +0800"),
            item("3", date="2026年7月1日 下午8:30"), item("4", date="2026-07-01 08:30:00"),
            item("5", date="Wed, 01 Jul 2026 08:30:00"),
        ).replace("<item>", "\n<item>").replace("</channel></rss>", ""),
        item("6", date="七月一日"), item("7", date="07/08/2026"),
        item("8", date="Wed, 31 Jun 2026 08:30:00 GMT"),
        item("9", date="Wed, 01 Jul 2030 00:00:00 GMT"),
        item("10", date="Thu, 01 Jan 1970 00:00:00 GMT"), "</channel></rss>",
    ]).encode()),
    **{f"d6_page_{number}": ("html", "a.html", page(f"i{number}", head=head, body=body).encode())
       for number, (head, body) in enumerate(PAGE_DATES)},
    "d7_html": ("html", "a.html", LOGIN),
    "d7_rss": ("rss", "a.xml", LOGIN),
    "d7_wp": ("wordpress_json", "a.json", LOGIN),
    "d7_error": ("wordpress_json", "b.json",
                 b'{"code": "rest_forbidden", "message": "no", "data": {"status": 401}}'),
    "d8_wp": ("wordpress_json", "a.json", b"[]"),
    "d8_rss": ("rss", "a.xml", feed().encode()),
}  # fmt: skip


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One night with every case that fits into one."""
    site = Site(tmp_path_factory.mktemp("articles") / "home")
    for case, (_, name, data) in INJECTED.items():
        site.put(f"{case}/{name}", data)
    site.declare(*(f"name: {case}, format: {form}" for case, (form, _, _) in INJECTED.items()))
    site.night()
    return site


def told(site: Site, *sources: str) -> list[dict[str, Any]]:
    """What is in quarantine, each with its place and what to do; its reasons are the matrix's."""
    found = [row for source in sources for row in site.quarantine(source)]
    case = FAULTS[sources[0].split("_")[0].upper()]
    assert {row["reason"] for row in found} <= set(case.reasons)
    for row in found:
        assert row["path"]
        assert row["detail"], row
        assert row["extent"] == "file" or row["record_number"] is not None
        assert row["extent"] != "field" or (row["column_name"] and row["excerpt"]), row
    site.assert_conserved()
    return found


def titles(site: Site, *sources: str) -> dict[str, str]:
    """Title by source."""
    rows = site.ask("select source_name, title from core.articles order by all")
    return {source: title for source, title in rows if source in sources}


# -- nesting --------------------------------------------------------------------------------------
_CHILD = """
import re, resource, sys
from pathlib import Path
from tests.faults.site import Site
Site(Path(sys.argv[1])).night()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
status = Path("/proc/self/status")
# ru_maxrss begins with what the parent had when it forked; VmHWM is the process's own.
own = re.search(r"VmHWM:\\s+(\\d+)", status.read_text()) if status.exists() else None
print(int(own[1]) // 1024 if own else peak)
"""


@pytest.mark.slow
def test_d1_deep_nesting_is_refused_in_bounded_time_and_memory(site: Site) -> None:
    deep = "<div>" * NESTED + "<p>" + PARAGRAPH.format("") + "</p>" + "</div>" * NESTED
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page('', body=deep)}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/deep\r\n"
        "WARC-Date: 2026-07-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    files = {
        "d1_html": ("html", "a.html", page("", body=deep).encode()),
        "d1_open": ("html", "b.html", page("", body="<b>" * NESTED).encode()),
        "d1_table": ("html", "c.html", page("", body="<table><tr><td>" * NESTED).encode()),
        "d1_rss": ("rss", "a.xml", feed(item("1", description=deep.replace("<", "&lt;"))).encode()),
        "d1_wp": ("wordpress_json", "a.json", wordpress("1", deep).encode()),
        "d1_md": ("markdown_article", "a.md", markdown("1", deep).encode()),
        "d1_warc": ("warc", "a.warc", head.encode() + answer + b"\r\n\r\n"),
        "good": ("html", "a.html", page("good").encode()),
    }
    for case, (_, name, data) in files.items():
        site.put(f"{case}/{name}", data)
    site.declare(*(f"name: {case}, format: {form}" for case, (form, _, _) in files.items()))
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, str(site.home)], cwd=PROJECT_ROOT, check=True,
        timeout=SECONDS, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert int(child.stdout) < MIB
    site.extract()
    refused = [case for case in files if case != "good"]
    found = told(site, *refused)
    assert {row["reason"] for row in found} == set(FAULTS["D1"].reasons)
    assert [row["extent"] for row in found] == ["record"] * len(refused)
    assert list(titles(site, *files)) == ["good"]


# -- one night for many ---------------------------------------------------------------------------
def test_d2_a_title_is_text_and_never_markup(night: Site) -> None:
    sources = ("d2_html", "d2_wp", "d2_md", "d2_txt")
    assert set(titles(night, *sources).values()) == {HOSTILE}
    # The title of a feed's item may be HTML itself; a script in it is none of its text.
    assert titles(night, "d2_rss")["d2_rss"].endswith(
        "**粗** [x](javascript:alert(1)) {{ jinja }} =1+1"
    )
    assert told(night, *sources, "d2_rss") == []
    shown = as_table([{"title": HOSTILE}], ["title"])
    assert isinstance(shown, dg.TableMetadataValue)
    assert [record.data for record in shown.records] == [{"title": HOSTILE}]
    code = "".join(
        path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "orchestration").rglob("*.py")
    )
    assert "MetadataValue.md" not in code
    assert "MarkdownMetadataValue" not in code


def test_d3_a_wrong_charset_gives_the_text_or_is_named(night: Site) -> None:
    others = ("d3_feed", "d3_nothing", "d3_big5_gbk", "d3_feed_8")
    pages = [name for name in INJECTED if name.startswith("d3_") and name not in others]
    assert titles(night, *pages) == dict.fromkeys(pages, "样城通报")
    assert titles(night, *others) == {"d3_big5_gbk": "樣城通報", "d3_feed_8": "样城"}
    texts = night.ask("""select text from core.articles
                         where source_name like 'd3%' and source_name != 'd3_feed_8'""")
    assert all("政务微博将面向公众" in text or "政務微博將面向公眾" in text for (text,) in texts)
    found = told(night, *pages, *others)
    assert {row["path"]: row["reason"] for row in found} == {
        "d3_feed/a.xml": "encoding", "d3_nothing/a.html": "encoding",
    }  # fmt: skip
    assert all("encoding: gb18030" in row["detail"] for row in found)


def test_d4_gb18030_without_a_label_is_proven_or_asked_for(night: Site) -> None:
    assert titles(night, "d4_html") == {"d4_html": "样城通报"}
    refused = ("d4_txt", "d4_md", "d4_rss", "d4_wp")
    found = told(night, *refused)
    assert [row["reason"] for row in found] == ["encoding"] * 4
    assert all("`encoding: gb18030`" in row["detail"] for row in found)
    assert all(row["line_number"] for row in found)
    assert titles(night, *refused, "d4_declared") == {"d4_declared": "标题四"}


def test_d5_a_saved_feed_with_a_document_type_is_refused(night: Site) -> None:
    assert [row["reason"] for row in told(night, "d5_type")] == ["dtd_forbidden"]
    assert told(night, "d5_entity") == []
    assert titles(night, "d5_type", "d5_entity") == {"d5_entity": "&xxe; 样城"}


def test_d6_dates_are_read_as_written_or_refused_by_themselves(night: Site) -> None:
    rows = night.ask(
        """select split_part(url, '/', 4), published_at, is_zone_assumed from core.articles
           where source_name = 'd6' order by length(url), url"""
    )
    morning = datetime(2026, 7, 1, 0, 30, tzinfo=UTC)
    assert rows[:5] == [
        ("1", morning, True), ("2", morning, False), ("3", morning.replace(hour=12), True),
        ("4", morning, True), ("5", morning, True),
    ]  # fmt: skip
    assert rows[5:] == [(str(n), None, None) for n in range(6, 11)]
    found = told(night, "d6")
    assert [(row["record_number"], row["reason"], row["column_name"]) for row in found] == [
        (6, "not_a_time", "published_at"), (7, "not_a_time", "published_at"),
        (8, "not_a_time", "published_at"), (9, "future_time", "published_at"),
        (10, "time_range", "published_at"),
    ]  # fmt: skip
    assert [row["line_number"] for row in found] == sorted({row["line_number"] for row in found})
    assert [row["excerpt"] for row in found[:2]] == ["七月一日", "07/08/2026"]


def test_d6_a_page_has_the_day_it_declares_or_none(night: Site) -> None:
    sources = [f"d6_page_{number}" for number in range(len(PAGE_DATES))]
    dated = night.ask("""select source_name, published_at, published_at_source from core.articles
                         where source_name like 'd6_page%' order by all""")
    assert dated == [(source, None, None) for source in sources]
    found = told(night, *sources)
    assert [(row["reason"], row["column_name"], row["excerpt"]) for row in found] == [
        ("not_a_time", "published_at", "2026-02-30"),
        ("not_a_time", "published_at", "2026年2月30日"),
    ]  # fmt: skip


def test_d7_a_login_page_is_no_article(night: Site) -> None:
    found = told(night, "d7_html", "d7_rss", "d7_wp", "d7_error")
    assert [row["reason"] for row in found] == [
        "no_article_text", "not_a_feed", "html_not_json", "rest_error",
    ]  # fmt: skip
    assert "logging in" in found[0]["detail"]
    assert "observatory sniff" in found[1]["detail"]
    assert titles(night, "d7_html", "d7_rss", "d7_wp", "d7_error") == {}


def test_d8_a_list_without_items_is_recorded_as_empty(night: Site) -> None:
    assert {row["reason"] for row in told(night, "d8_wp", "d8_rss")} == {"empty_file"}
    assert night.ask(
        "select distinct records_in from quality.file_ledger where source_name like 'd8%'"
    ) == [(0,)]


def test_the_night_of_articles_can_be_repeated(night: Site) -> None:
    night.assert_repeatable()


# -- nights of their own --------------------------------------------------------------------------
BAD = {
    "login": LOGIN, "nested": page("", body="<i>" * NESTED).encode(), "empty": b"",
    "bytes": b"\x81\x00\xff" * 400, "cut": page("x").encode()[:90],
}  # fmt: skip


@pytest.fixture
def saved(site: Site) -> Iterator[Site]:
    address = '<link rel="canonical" href="https://news.example/story">'
    site.declare("name: pages, format: html")
    site.put("pages/story.html", page("good", head=address).encode())
    site.night()
    assert titles(site, "pages") == {"pages": "样城通报"}
    yield site
    site.assert_conserved()


@pytest.mark.parametrize("fault", BAD)
def test_d9_what_is_bad_overwrites_nothing_good(saved: Site, fault: str, tmp_path: Path) -> None:
    before = saved.content()
    saved.put("pages/story.html", BAD[fault])
    saved.night()
    assert saved.content() == before
    found = saved.quarantine("pages")
    assert [row["path"] for row in found] == ["pages/story.html"]
    assert found[0]["reason"] in FAULTS["D9"].reasons
