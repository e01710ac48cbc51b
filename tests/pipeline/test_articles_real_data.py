"""Articles out of real saved pages, against the passages, titles and days that editors marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import articles
from benchmarks.articles import Pages

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
    assert sum(days) >= 34
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
