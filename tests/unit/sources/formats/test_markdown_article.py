"""Markdown articles: front matter read safely, the duty-machine form, and text without marks."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.markdown_article import (
    FORMAT,
    MAXIMUM_FRONT_MATTER,
    plain_text,
)
from tests.unit.sources import reading

FRONT = """---
layout: post

title:  "公安局：“开通”微博"

date:   2018-02-15 11:45

tags: 微博
description: 一篇 *被删* 的文章
---
"""
BODY = "市公安局表示，新开通的政务微博将面向公众。\n\n---\n\n第二段。"
DUTY = (
    "[曹教授｜谢谢[大使馆] (上)](https://example.net/chinese/2020/07/%e6%9b%b9_(a)/)\n------\n"
    "日期：Thu, 02 Jul 2020 18:28:24 +0000\n\n<p>第一段&nbsp;文字。</p>\n<p>第二段<br>完</p>"
    "<script>x()</script>\n"
)


def read(
    tmp_path: Path, content: str | bytes, name: str = "article.md", **given: str
) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, content), **given)


def test_front_matter(tmp_path: Path) -> None:
    row = read(tmp_path, FRONT + "\n" + BODY).only("articles")
    text = BODY.replace("---\n\n", "")
    assert row["title"] == "公安局：“开通”微博"
    assert row["text"] == text
    assert row["article_id"] == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert row["published_at"] == datetime(2018, 2, 15, 3, 45, tzinfo=UTC)
    assert (row["published_at_precision"], row["published_at_source"]) == ("minute", "front_matter")
    assert (row["is_zone_assumed"], row["language"], row["url"]) == (True, "zh", None)


@pytest.mark.parametrize(("date", "at", "precision"), [
    ("2018-01-19", datetime(2018, 1, 18, 16, tzinfo=UTC), "day"),
    ("2018-01-19 08:30:15 +0800", datetime(2018, 1, 19, 0, 30, 15, tzinfo=UTC), "second"),
    ("2018-01-19T08:30:15Z", datetime(2018, 1, 19, 8, 30, 15, tzinfo=UTC), "second"),
    ('"2018-01-19"', datetime(2018, 1, 18, 16, tzinfo=UTC), "day"),
])  # fmt: skip
def test_dates(tmp_path: Path, date: str, at: datetime, precision: str) -> None:
    row = read(tmp_path, f"---\ntitle: T\ndate: {date}\n---\n{BODY}").only("articles")
    assert (row["published_at"], row["published_at_precision"]) == (at, precision)


def test_date_in_the_name_and_no_date(tmp_path: Path) -> None:
    content = f"---\ntitle: T\ndate:\n---\n{BODY}"
    row = read(tmp_path, content, "2018-01-19-some-title.md").only("articles")
    assert row["published_at"] == datetime(2018, 1, 18, 16, tzinfo=UTC)
    assert (row["published_at_source"], row["published_at_precision"]) == ("file_name", "day")
    assert read(tmp_path, content).only("articles")["published_at"] is None


def test_bad_date_is_a_problem_of_its_field(tmp_path: Path) -> None:
    outcome = read(tmp_path, f"---\ntitle: T\ndate: soon\n---\n{BODY}")
    assert outcome.reasons == ["not_a_time"]
    assert outcome.only("articles")["title"] == "T"


def test_address_in_the_front_matter(tmp_path: Path) -> None:
    content = f"---\ntitle: T\npermalink: /a/\nlink: https://a.cn/1#x\nauthor: Alice\n---\n{BODY}"
    row = read(tmp_path, content).only("articles")
    assert (row["url"], row["outlet"], row["author"]) == ("https://a.cn/1", "a.cn", "Alice")


def test_duty_machine(tmp_path: Path) -> None:
    row = read(tmp_path, DUTY).only("articles")
    assert row["title"] == "曹教授｜谢谢[大使馆] (上)"
    assert row["url"] == "https://example.net/chinese/2020/07/%e6%9b%b9_(a)/"
    assert row["text"] == "第一段 文字。\n第二段\n完"
    assert row["published_at"] == datetime(2020, 7, 2, 18, 28, 24, tzinfo=UTC)
    assert (row["published_at_source"], row["is_zone_assumed"]) == ("date_line", False)


def test_same_article_as_from_a_feed(tmp_path: Path) -> None:
    address = "https://example.net/chinese/2020/07/%e6%9b%b9_(a)/"
    row = read(tmp_path, DUTY.replace("\n", "\r\n")).only("articles")
    assert row["article_id"] == hashlib.sha256(address.encode()).hexdigest()[:16]


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(("matter", "reason"), [
    (LAUGHS, "front_matter_unreadable"),
    ("title: &t x\ncopy: *t\n", "front_matter_unreadable"),
    ("title: " + "[" * 20_000, "front_matter_unreadable"),
    ("title: a: b: c\n", "front_matter_unreadable"),
    ("title: x\ntitle: y\n", "front_matter_unreadable"),
    ("- a\n- b\n", "front_matter_unreadable"),
    ("title: \x01\n", "front_matter_unreadable"),
    ("title: " + "x" * MAXIMUM_FRONT_MATTER + "\n", "front_matter_unreadable"),
])  # fmt: skip
def test_front_matter_that_is_refused(tmp_path: Path, matter: str, reason: str) -> None:
    outcome = read(tmp_path, f"---\n{matter}---\n{BODY}")
    assert (outcome.reasons, outcome.tables) == ([reason], {})


def test_yaml_builds_no_object(tmp_path: Path) -> None:
    matter = "title: T\nother: !!python/object/apply:os.system ['touch x']\ndate: 2018-01-19\n"
    assert read(tmp_path, f"---\n{matter}---\n{BODY}").only("articles")["title"] == "T"


@pytest.mark.parametrize(("content", "reason"), [
    ("# Readme\n\nSome words.", "no_front_matter"),
    ("---\ntitle: never closed\n", "front_matter_unreadable"),
    ("---\ntitle: T\n---\n\n---\n", "no_article_text"),
    ("---\ntitle: T\n---\nx\x00", "control_character"),
    ("<html><body>404</body></html>", "no_front_matter"),
    ((FRONT + BODY).encode("gb18030"), "encoding"),
])  # fmt: skip
def test_no_article(tmp_path: Path, content: str | bytes, reason: str) -> None:
    assert read(tmp_path, content).reasons == [reason]


def test_declared_encoding(tmp_path: Path) -> None:
    row = read(tmp_path, (FRONT + BODY).encode("gb18030"), encoding="gb18030").only("articles")
    assert row["title"] == "公安局：“开通”微博"


def test_hostile_html_body(tmp_path: Path) -> None:
    assert read(tmp_path, DUTY + "<div>" * 200_000 + "deep").reasons == ["too_deep"]
    row = read(tmp_path, DUTY + "<div>" * 200 + "deep").only("articles")
    assert str(row["text"]).endswith("deep")


@pytest.mark.parametrize(("markdown", "text"), [
    ("## Head\n\n> a **b** ~~[c](https://x.cn/1)~~\n> d", "Head\n\na b c\nd"),
    ("![alt](https://x.cn/1.jpg) after", "alt after"),
    ('[a](b "t") [c][1] 2 * 3 * 4 snake_case __x__', "a [c][1] 2 * 3 * 4 snake_case x"),
    ("a\n\n* * *\n\nb\n***\n- item", "a\n\nb\n- item"),
    ("[a](javascript:alert) <script>x</script> {{ y }}", "a <script>x</script> {{ y }}"),
    ("**not closed", "**not closed"),
])  # fmt: skip
def test_plain_text(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


@given(st.text(alphabet="ab*_~[]()!>#- \n", max_size=200))
def test_no_word_is_lost(markdown: str) -> None:
    def words(value: str) -> int:
        return value.count("a") + value.count("b")

    if "](" not in markdown:  # an address is no word
        assert words(plain_text(markdown)) == words(markdown)


@pytest.mark.parametrize(("name", "content", "score"), [
    ("a.md", FRONT + BODY, 0.85),
    ("2018-01-19-a.markdown", f"---\ntitle: T\n---\n{BODY}", 0.85),
    ("a.md", DUTY, 0.9),
    ("a.md", f"---\ntitle: T\n---\n{BODY}", None),
    ("README.md", "# Readme\n\n---\ntitle: x\ndate: y\n---\n", None),
    ("a.txt", FRONT + BODY, None),
])  # fmt: skip
def test_sniff(name: str, content: str, score: float | None) -> None:
    head = Head(PurePosixPath(name), content.encode())
    evidence = FORMAT.sniff(head)
    assert (evidence.score if evidence else None) == score
    if score:
        assert formats.sniff(head)[0][0].id == "markdown_article"


def test_furniture_is_moved_not_deleted(tmp_path: Path) -> None:
    tail = "<p>© 某 for 样城时报, 2020. |Permalink |No comment</p><p>Post tags: 甲, 乙</p>"
    tail += "<p>Feed enhanced by Better Feed</p>"
    row = read(tmp_path, DUTY + tail).only("articles")
    bare = read(tmp_path, DUTY).only("articles")
    assert (row["text"], row["article_id"]) == (bare["text"], bare["article_id"])
    assert str(row["stripped_text"]).split("\n") == [
        "© 某 for 样城时报, 2020. |Permalink |No comment", "Post tags: 甲, 乙",
        "Feed enhanced by Better Feed",
    ]  # fmt: skip
    assert bare["stripped_text"] is None


@pytest.mark.parametrize(("line", "tag"), [
    ("title: !!python/object:os.x 'Harmless'", "python/object"),
    ("title: !!python/object/apply:os.system ['id']", "python/object"),
    ("title: {a: b}", "map"),
    ("title: [[a], b]", "seq"),
    ("title: !local x", "!local"),
    ("title: !!binary aGk=", "binary"),
    ("title: x\nurl: {a: b}", "map"),
])  # fmt: skip
def test_a_value_that_is_no_text_is_named(tmp_path: Path, line: str, tag: str) -> None:
    outcome = read(tmp_path, f"---\n{line}\ndate: 2018-01-02\n---\nBody of it.\n")
    assert outcome.reasons == ["front_matter_unreadable"]
    assert tag in outcome.rejects[0].detail
    assert f"`{line.splitlines()[-1].split(':')[0]}` on line" in outcome.rejects[0].detail


def test_lists_of_names_are_joined_and_unread_names_may_hold_anything(tmp_path: Path) -> None:
    head = "title: 2018\nauthor: [Alice, Bob]\ntags: {a: [b]}\nx: !!python/object:a.b c\nurl:"
    row = read(tmp_path, f"---\n{head}\n---\nBody of it.\n").only("articles")
    assert (row["title"], row["author"], row["url"]) == ("2018", "Alice; Bob", None)
