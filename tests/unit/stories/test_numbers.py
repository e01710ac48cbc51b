"""Numbers of texts: which texts differ in them, and which is a shorter copy."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.stories.numbers import differing_pairs

PAIR = pl.DataFrame({"article_id": ["a"], "other_article_id": ["b"]})


def differ(one: str | list[str], other: str | list[str]) -> bool:
    rows = [
        (name, f"{name}{number}", None, text)
        for name, given in (("a", one), ("b", other))
        for number, text in enumerate([given] if isinstance(given, str) else given)
    ]
    texts = pl.DataFrame(
        rows,
        schema={"article_id": pl.String, "version": pl.String, "title": pl.String,
                "text": pl.String},
        orient="row",
    )  # fmt: skip
    return differing_pairs(PAIR, texts).height == 1


@pytest.mark.parametrize(("one", "other", "expected"), [
    ("6月6日新增确诊病例3例", "6月7日新增确诊病例3例", True),
    ("六月六日新增三例", "六月七日新增三例", True),
    ("On June 6 there were 7 cases", "On June 7 there were 6 cases", True),
    ("6月6日\n新增3例", "6月6日", False),
    ("共有1,234人参加", "共有１２３４ 人参加", False),
    ("第一次发现一些人", "发现一个问题", False),
    ("没有数字", "也没有", False),
    ("没有数字", "6月6日", False),
])  # fmt: skip
def test_texts_that_differ_in_numbers(one: str, other: str, expected: bool) -> None:
    assert differ(one, other) is expected
    assert differ(other, one) is expected


def test_versions_that_agree_make_two_articles_agree() -> None:
    assert differ(["6月6日", "6月8日"], ["6月7日", "6月9日"])
    assert not differ(["6月6日", "6月7日"], ["6月7日"])
