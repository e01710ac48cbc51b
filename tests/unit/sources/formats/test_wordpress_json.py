"""WordPress: lists, single posts and lines of posts; dates, drafts, errors, hostile markup."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.wordpress_json import FORMAT
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources import reading

AT = datetime(2020, 7, 2, 18, 28, 24, tzinfo=UTC)
ADDRESS = "https://news.example.cn/2020/07/bureau"


def post(**changes: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "date": "2020-07-03T02:28:24",
        "date_gmt": "2020-07-02T18:28:24",
        "guid": {"rendered": "https://news.example.cn/?p=7"},
        "modified": "2020-07-04T02:28:24",
        "modified_gmt": "2020-07-03T18:28:24",
        "slug": "bureau",
        "status": "publish",
        "link": ADDRESS + "?utm_source=x",
        "title": {"rendered": "Bureau &#8220;opens&#8221; its <em>channel</em> &amp; answers"},
        "content": {"rendered": "<p>The whole&nbsp;text.</p>\n<script>x()</script><p>More</p>"},
        "excerpt": {"rendered": "<p>Short.</p>"},
        "author": 3,
        "categories": [1],
        "tags": [],
    } | changes


def read(tmp_path: Path, content: Any, name: str = "posts.json", **given: str) -> reading.Outcome:
    data = content if isinstance(content, (str, bytes)) else json.dumps(content)
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, data), **given)


def test_post(tmp_path: Path) -> None:
    row = read(tmp_path, [post()]).only("articles")
    assert row["url"] == ADDRESS
    assert row["article_id"] == hashlib.sha256(ADDRESS.encode()).hexdigest()[:16]
    assert row["title"] == "Bureau “opens” its channel & answers"
    assert row["text"] == "The whole text.\nMore"
    assert (row["outlet"], row["author"]) == ("news.example.cn", None)
    assert (row["published_at"], row["published_at_precision"]) == (AT, "second")
    assert (row["published_at_source"], row["is_zone_assumed"]) == ("date_gmt", False)


@pytest.mark.parametrize("gmt", [None, "", "0000-00-00T00:00:00"])
def test_the_wall_time_of_the_site_where_there_is_no_other(tmp_path: Path, gmt: str | None) -> None:
    row = read(tmp_path, [post(date_gmt=gmt)], zone="Asia/Shanghai").only("articles")
    assert (row["published_at"], row["published_at_source"]) == (AT, "date")
    assert row["is_zone_assumed"] is True
    london = read(tmp_path, [post(date_gmt=gmt)], zone="Europe/London").only("articles")
    assert london["published_at"] == datetime(2020, 7, 3, 1, 28, 24, tzinfo=UTC)


@pytest.mark.parametrize(("gmt", "at"), [
    ("2020-07-02T18:28:24Z", AT),
    ("2020-07-03T02:28:24+08:00", AT),
    ("2020-07-02T00:00:00", datetime(2020, 7, 2, tzinfo=UTC)),
])  # fmt: skip
def test_notations(tmp_path: Path, gmt: str, at: datetime) -> None:
    row = read(tmp_path, [post(date_gmt=gmt)]).only("articles")
    assert row["published_at"] == at
    assert row["published_at_precision"] == ("second" if at == AT else "day")


def test_no_date_and_a_bad_one(tmp_path: Path) -> None:
    assert read(tmp_path, [post(date=None, date_gmt=None)]).only("articles")["published_at"] is None
    outcome = read(tmp_path, [post(date_gmt="yesterday")])
    assert (outcome.reasons, outcome.only("articles")["published_at"]) == (["not_a_time"], None)
    outcome = read(tmp_path, [post(date_gmt="2031-01-01T00:00:01")])
    assert outcome.reasons == ["future_time"]


@pytest.mark.parametrize("status", ["draft", "future", "private", "pending", "odd"])
def test_what_is_not_published_is_no_article(tmp_path: Path, status: str) -> None:
    outcome = read(tmp_path, [post(status=status, date_gmt=None), post()])
    (reject,) = outcome.rejects
    assert (reject.reason, reject.record_number, reject.records) == ("not_published", 1, 1)
    assert outcome.only("articles")["record_number"] == 2


@pytest.mark.parametrize("code", ["rest_post_invalid_page_number", "rest_no_route"])
def test_error_object(tmp_path: Path, code: str) -> None:
    error = {"code": code, "message": "No.", "data": {"status": 404}}
    for content in (error, json.dumps(error) + "\n" + json.dumps(post())):
        outcome = read(tmp_path, content)
        (reject,) = outcome.rejects
        assert reject.reason == "rest_error"
        assert "404" in reject.detail
        assert code in reject.detail


def test_single_post_pretty_printed_and_lines_of_posts(tmp_path: Path) -> None:
    assert read(tmp_path, json.dumps(post(), indent=1)).only("articles")["url"] == ADDRESS
    lines = [json.dumps(post(link=f"https://a.cn/{n}"), ensure_ascii=False) for n in range(3)]
    file = reading.raw_file(tmp_path, "posts.jsonl", f"\ufeff{lines[0]}\n\noops\n{lines[2]}")
    outcome = reading.clean(FORMAT, file)
    assert outcome.tables["articles"]["url"].to_list() == ["https://a.cn/0", "https://a.cn/2"]
    assert outcome.tables["articles"]["record_number"].to_list() == [1, 4]
    (reject,) = outcome.rejects
    assert (reject.reason, reject.line_number) == ("not_json", 3)
    located = FORMAT.reader.locate(file, 4, ReadOptions())
    assert located is not None
    assert located.raw.decode() == lines[2]


def test_identity_without_a_link(tmp_path: Path) -> None:
    row = read(tmp_path, [post(link=None)]).only("articles")
    assert row["url"] == "https://news.example.cn/?p=7"
    rows = read(
        tmp_path,
        [post(link="", guid=None), post(link="", guid=None, content={"rendered": "other"})],
    ).tables["articles"]
    assert rows["article_id"].n_unique() == 2


@pytest.mark.parametrize("content", [
    {"rendered": "", "protected": True},
    {"rendered": "<p>What only those read who know the password.</p>", "protected": True},
    {"rendered": "<p>请登录后查看全文</p>", "protected": False},
])  # fmt: skip
def test_a_post_that_is_locked_is_refused(tmp_path: Path, content: dict[str, Any]) -> None:
    outcome = read(tmp_path, [post(content=content), post()])
    (reject,) = outcome.rejects
    assert (reject.reason, reject.record_number) == ("no_article_text", 1)
    assert "password" in reject.detail
    assert outcome.only("articles")["record_number"] == 2


def test_a_post_without_content_has_its_excerpt_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    without = post(content={"rendered": "", "protected": False})
    assert read(tmp_path, [without]).only("articles")["text"] == "Short."
    nothing = {"rendered": "<p>&nbsp;</p>"}
    outcome = read(tmp_path, [post(title=nothing, content=nothing, excerpt=nothing)])
    assert outcome.reasons == ["no_article_text"]


@pytest.mark.parametrize(("content", "reasons"), [
    ("[]", []),
    ("", []),
    ("<!DOCTYPE html><html><body>Just a moment...</body></html>", ["html_not_json"]),
    ('[{"id": 1', ["not_json"]),
    ("[1, null]", ["not_an_object", "not_an_object"]),
    ('[{"id": 1, "id": 2}]', ["duplicate_key"]),
    ("[" * 200_000 + "]" * 200_000, ["too_deep"]),
    (json.dumps([post(title={"rendered": "公安"})], ensure_ascii=False).encode("gb18030"),
     ["encoding"]),
])  # fmt: skip
def test_content_that_is_none(tmp_path: Path, content: str | bytes, reasons: list[str]) -> None:
    outcome = read(tmp_path, content)
    assert outcome.reasons == reasons
    assert outcome.tables.get("articles") is None or outcome.tables["articles"].is_empty()


def test_declared_encoding(tmp_path: Path) -> None:
    content = json.dumps([post(title={"rendered": "公安局"})], ensure_ascii=False)
    row = read(tmp_path, content.encode("gb18030"), encoding="gb18030").only("articles")
    assert row["title"] == "公安局"


def test_hostile_markup(tmp_path: Path) -> None:
    deep = "<div>" * 200_000 + "text"
    title = "<script>alert(1)</script><img src=x onerror=y> {{ x }} ${y} '; drop table z"
    assert read(tmp_path, [post(content={"rendered": deep})]).reasons == ["too_deep"]
    row = read(tmp_path, [post(title={"rendered": title})]).only("articles")
    assert row["title"] == "{{ x }} ${y} '; drop table z"


@pytest.mark.parametrize(("content", "score"), [
    (json.dumps([post()]), 0.95),
    (json.dumps(post()), 0.95),
    ('{"code":"rest_no_route","message":"No route"}', 0.7),
    ('[{"title": "x", "url": "y"}]', None),
    ("date_gmt rendered link", None),
])  # fmt: skip
def test_sniff(content: str, score: float | None) -> None:
    head = Head(PurePosixPath("page-1.json"), content.encode())
    evidence = FORMAT.sniff(head)
    assert (evidence.score if evidence else None) == score
    if score:
        assert formats.sniff(head)[0][0].id == "wordpress_json"
