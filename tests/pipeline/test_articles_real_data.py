"""Articles out of real saved pages, against the passages, titles and days that editors marked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import articles
from benchmarks.articles import Pages
from orchestration.paths import DataRoot
from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.ingest import ingest

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


@pytest.fixture(scope="module")
def read(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pages, Pages]:
    return articles.read_pages(tmp_path_factory.mktemp("articles"), real_data)


def test_extraction_is_not_below_plain_trafilatura(read: tuple[Pages, Pages]) -> None:
    pages, _ = read
    ours = articles.chunks(pages, pages.texts)
    alone = articles.chunks(pages, articles.trafilatura_texts(pages))
    assert len(pages.gold) == 36
    assert ours.f1 >= alone.f1
    assert ours.precision >= alone.precision
    assert ours.f1 >= 0.96


def test_days_and_titles_are_those_of_the_gold(read: tuple[Pages, Pages]) -> None:
    pages, _ = read
    days, titles = articles.right_days(pages), articles.right_titles(pages)
    assert (len(days), len(titles)) == (36, 36)
    assert sum(days) >= 35
    assert sum(titles) >= 31


def test_nobody_is_named_who_is_not_declared(read: tuple[Pages, Pages]) -> None:
    """Names out of readers' comments would be private people."""
    right, named, wanted = articles.authors(read[0])
    assert wanted == 21
    assert right >= 10
    assert named - right <= 2


def test_chinese_pages_have_title_text_and_time(read: tuple[Pages, Pages]) -> None:
    _, chinese = read
    rows = [row for row in chinese.rows.values() if row["source"] == "gne_zh"]
    assert len(rows) == 16
    assert all(row["title"] and row["text"] and row["local_at"] for row in rows)
    to_the_minute = [row for row in rows if row["published_at_precision"] != "day"]
    assert len(to_the_minute) >= 12
    assert {row["local_at"].year for row in rows} == {2018, 2019, 2020}


def test_what_is_neither_chinese_nor_english_has_no_language(read: tuple[Pages, Pages]) -> None:
    rows = read[0].rows
    found = [rows[name]["language"] for name in rows]
    assert (found.count("zh"), found.count("en"), found.count(None)) == (16, 7, 29)
    german = [row for row in rows.values() if row["text"].count(" und ") >= 2]
    assert len(german) >= 15
    assert {row["language"] for row in german} == {None}


OUTLETS = 10


def republished(text: str, outlet: int) -> str:
    """A page of another outlet with the same text: with its own menus, a source line, and from
    some a paragraph less."""
    paragraphs = [line for line in text.split("\n") if line.strip()]
    if outlet % 3 == 0:
        paragraphs = paragraphs[:-1]
    body = "".join(f"<p>{line}</p>" for line in (f"来源：样城第{outlet}报", *paragraphs))
    return (
        "<!DOCTYPE html><html><head><meta charset='utf-8'>"
        f"<link rel='canonical' href='https://paper{outlet}.example/story'>"
        f"<meta property='article:published_time' content='2020-06-30T{outlet:02}:00:00+08:00'>"
        f"<title>第{outlet}报的标题</title></head><body><nav><a href='/'>首页{outlet}</a></nav>"
        f"<article><h1>第{outlet}报的标题</h1>{body}</article>"
        f"<footer>第{outlet}报版权所有</footer></body></html>"
    )


def test_one_real_story_in_ten_outlets_is_one_and_no_other_two_are(
    read: tuple[Pages, Pages], real_data: Path, tmp_path: Path
) -> None:
    root = DataRoot(tmp_path / "home")
    for name in ("cdt_chinese", "terminus2049"):
        shutil.copytree(real_data / "news_articles" / name, root.inbox / name)
    (chosen,) = (row for row in read[1].rows.values() if row["file"] == "thepaper_1.html")
    (root.inbox / "papers").mkdir()
    for outlet in range(OUTLETS):
        page = republished(chosen["text"], outlet)
        (root.inbox / "papers" / f"{outlet}.html").write_text(page, encoding="utf-8")
    root.sources_file.write_text(
        "settle_seconds: 0\nsources:\n  - {name: cdt_chinese, format: markdown_article}\n"
        "  - {name: terminus2049, format: markdown_article}\n  - {name: papers, format: html}\n",
        encoding="utf-8",
    )
    settings = Settings(root)
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest(connection, settings, declarations, build, lambda message: None)
        groups = connection.execute(
            """select story_id, count(*), count(distinct outlet), count(distinct quoted_outlet),
                      list(distinct source_name)
               from quality.article_stories join core.articles using (article_id) group by 1"""
        ).fetchall()
        ((articles_read,),) = connection.execute(
            "select count(distinct article_id) from core.articles"
        ).fetchall()
    assert articles_read == 57 + 59 + OUTLETS
    assert [group[1:] for group in groups] == [(OUTLETS, OUTLETS, OUTLETS, ["papers"])]
