"""Texts become grams, and nothing is lost or invented on the way."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.linking.grams import Grams, plain, plain_posts, runs

WORDS = st.text(alphabet="甲乙丙丁戊 ab1", max_size=12)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("【甲市：乙丙！】http://t.cn/A6x 看ＡＢ", "甲市 乙丙 看ab"),
        ("增长8.6万，共1,234,567人。", "增长8.6万 共1234567人"),
        ("第3.版..", "第3 版"),
        ("2020.1.2", "2020.1.2"),
        ("①2月 ⑴甲 ❷乙", "2月 甲 乙"),
        (None, ""),
    ],
)
def test_plain_form(written: str | None, expected: str) -> None:
    assert plain(pl.Series([written], dtype=pl.String)).to_list() == [expected]


def test_names_and_labels_are_not_what_a_post_says() -> None:
    written = "请看@某某日报 现场。L某某日报的微博视频 O网页链接 视频很长"
    assert plain_posts(pl.Series([written])).to_list() == ["请看 现场 视频很长"]


@given(st.text(max_size=40))
def test_plain_form_is_its_own(text: str) -> None:
    once = plain(pl.Series([text]))
    assert plain(once).to_list() == once.to_list()


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(WORDS, max_size=4))
def test_counts_are_those_of_plain_python(titles: list[str], texts: list[str]) -> None:
    grams = Grams(titles)
    known = set(grams.names)
    expected_names = {c for t in titles for c in t if c != " "} | {
        t[i : i + 2] for t in titles for i in range(len(t) - 1) if " " not in t[i : i + 2]
    }
    assert known == expected_names
    counted = grams.counted(texts)
    for row, text in enumerate(texts):
        found = {
            name: int(value)
            for name, value in zip(grams.names, counted.matrix[row].toarray()[0], strict=True)
            if value
        }
        pieces = [*text, *(text[i : i + 2] for i in range(len(text) - 1))]
        assert found == {name: pieces.count(name) for name in known if name in pieces}
        assert counted.lengths[row] == len(text.replace(" ", ""))


def test_many_characters_need_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["甲乙丙", "乙丙丁 甲乙"]
    with_table = Grams(texts).counted(texts).matrix.toarray().tolist()
    monkeypatch.setattr("orchestration.linking.grams._DENSE", 0)
    assert Grams(texts).counted(texts).matrix.toarray().tolist() == with_table


def test_stretches_of_a_title() -> None:
    assert runs("甲市乙厂起火", {"甲市", "起火"}) == (["甲市", "起火"], ["乙厂"])
    assert runs("甲乙", set()) == ([], ["甲乙"])
