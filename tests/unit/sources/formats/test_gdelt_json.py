"""GDELT: seen, not published; what identifies an entry, and answers that are no list."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.gdelt_json import FORMAT
from tests.unit.sources import reading


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "url": "https://News.example.cn/a/1?utm_source=x#top",
        "url_mobile": "",
        "title": "Police bureau opens its channel to the public , residents say",
        "seendate": "20240313T101500Z",
        "socialimage": "https://img.example.cn/1.jpg",
        "domain": "news.example.cn",
        "language": "English",
        "sourcecountry": "China",
    } | changes


def read(tmp_path: Path, content: Any, name: str = "doc.json") -> reading.Outcome:
    data = content if isinstance(content, (str, bytes)) else json.dumps(content)
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, data))


def test_article_is_seen_and_not_dated(tmp_path: Path) -> None:
    row = read(tmp_path, {"articles": [entry()]}).only("articles")
    assert row["url"] == "https://news.example.cn/a/1"
    assert row["outlet"] == "news.example.cn"
    assert row["observed_at"] == datetime(2024, 3, 13, 10, 15, tzinfo=UTC)
    assert (row["published_at"], row["published_at_source"]) == (None, None)
    assert (row["text"], row["language"]) == (None, "en")


@pytest.mark.parametrize(("stated", "language"), [
    ("Chinese", "zh"), ("English", "en"), ("German", None), ("", "en"), (None, "en"),
])  # fmt: skip
def test_language_is_the_stated_one(
    tmp_path: Path, stated: str | None, language: str | None
) -> None:
    title = "The bureau said that the channel is open to the public and the press"
    row = read(tmp_path, {"articles": [entry(language=stated, title=title)]}).only("articles")
    assert row["language"] == language


@pytest.mark.parametrize("content", [
    [entry(), entry(url="https://a.cn/2")],
    json.dumps(entry()) + "\n" + json.dumps(entry(url="https://a.cn/2")) + "\n",
    json.dumps({"articles": [entry(), entry(url="https://a.cn/2")]}, indent=2),
])  # fmt: skip
def test_forms(tmp_path: Path, content: Any) -> None:
    outcome = read(tmp_path, content)
    assert outcome.reasons == []
    assert outcome.tables["articles"]["record_number"].to_list() == [1, 2]


@pytest.mark.parametrize(("changes", "reason"), [
    ({"url": None}, "missing_key:url"),
    ({"url": "javascript:alert(1)"}, "missing_key:url"),
    ({"url": "https://news.example.cn/"}, "missing_key:url"),
    ({"seendate": "yesterday"}, "not_a_time"),
    ({"seendate": "20310313T101500Z"}, "future_time"),
])  # fmt: skip
def test_refused_entries(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    outcome = read(tmp_path, {"articles": [entry(**changes), entry()]})
    assert outcome.reasons == [reason]
    assert outcome.only("articles")["record_number"] == 2


@pytest.mark.parametrize(("content", "reasons"), [
    ("{}", []),
    ('{"articles": []}', []),
    ('{"status": "error"}', ["records_not_found"]),
    ("Please limit requests to one every 5 seconds.", ["not_json"]),
    ("<html>busy</html>", ["html_not_json"]),
])  # fmt: skip
def test_answers_without_articles(tmp_path: Path, content: str, reasons: list[str]) -> None:
    outcome = read(tmp_path, content)
    assert (outcome.reasons, outcome.tables) == (reasons, {})


def test_script_in_a_title(tmp_path: Path) -> None:
    row = read(tmp_path, {"articles": [entry(title="<script>x()</script>A &amp; B")]}).only(
        "articles"
    )
    assert row["title"] == "A & B"


@pytest.mark.parametrize(("content", "is_gdelt"), [
    (json.dumps({"articles": [entry()]}), True),
    (json.dumps(entry()), True),
    ('{"articles": [{"url": "x"}]}', False),
])  # fmt: skip
def test_sniff(content: str, is_gdelt: bool) -> None:
    found = formats.sniff(Head(PurePosixPath("2024-03-13.json"), content.encode()))
    assert bool(found and found[0][0].id == "gdelt_json") is is_gdelt
