"""Near-duplicate texts against the plain definition."""

from __future__ import annotations

import random
from itertools import combinations

import polars as pl
import pytest

from orchestration.stories import near_duplicates as near

CHINESE = [f"公安机关微博第{n}条通报全市共有{n * 7}名民警参加会议并听取意见" for n in range(12)]
ENGLISH = [
    f"police microblog number {n} said that {n * 7} officers took part in it" for n in range(12)
]


def texts(**given: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"article_id": list(given), "version": list(given), "title": [None] * len(given),
         "text": list(given.values())},
        schema_overrides={"title": pl.String},
    )  # fmt: skip


def story(sentences: list[str], *left_out: int) -> str:
    return " ".join(s for n, s in enumerate(sentences) if n not in left_out)


def pairs_of(frame: pl.DataFrame) -> list[tuple[str, str, float]]:
    shingled = near.shingles(frame)
    anchors = near.anchors(shingled)
    found = anchors.join(anchors, on="anchor", suffix="_other").filter(
        pl.col("article_id") < pl.col("article_id_other")
    )
    named = found.select(
        "article_id", pl.col("article_id_other").alias("other_article_id")
    ).unique()
    return near.similar_pairs(named, shingled).rows()


@pytest.mark.parametrize("sentences", [CHINESE, ENGLISH])
def test_a_cut_copy_is_similar_and_another_text_is_not(sentences: list[str]) -> None:
    frame = texts(
        a=story(sentences), b=story(sentences, 11), c=story(sentences, 0, 1, 2, 3, 4, 5),
        d=story([s.replace("微博", "网站").replace("police", "fire") for s in sentences[6:]] * 2),
    )  # fmt: skip
    found = {(one, other) for one, other, _ in pairs_of(frame)}
    assert ("a", "b") in found
    assert not {("a", "c"), ("a", "d"), ("b", "d")} & found


def test_similarity_is_the_share_of_common_shingles() -> None:
    one, other = story(ENGLISH), story(ENGLISH, 11)
    words = [text.lower().split() for text in (one, other)]
    sets = [{tuple(w[n : n + 4]) for n in range(len(w) - 3)} for w in words]
    expected = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    assert pairs_of(texts(a=one, b=other)) == [("a", "b", round(expected, 6))]


def test_width_case_and_punctuation_make_no_difference() -> None:
    text = story(ENGLISH)
    assert pairs_of(texts(a=text, b=text.upper().replace(" ", ", "))) == [("a", "b", 1.0)]


def test_short_texts_are_no_story() -> None:
    assert pairs_of(texts(a=ENGLISH[0], b=ENGLISH[0])) == []


def test_hashes_are_the_same_in_every_release() -> None:
    """They are kept for years: a new hash would compare nothing with what is there."""
    shingled = near.shingles(texts(a=story(ENGLISH)))
    assert near.anchors(shingled)["anchor"].min() == -9136505881118470835


def test_anchors_find_what_comparing_all_would_find() -> None:
    chance = random.Random(3)
    made = {f"a{n:02}": story(ENGLISH if n % 2 else CHINESE, *chance.sample(range(12), n % 4))
            for n in range(16)}  # fmt: skip
    frame = texts(**made)
    every = pl.DataFrame(list(combinations(made, 2)), schema=["article_id", "other_article_id"],
                         orient="row")  # fmt: skip
    assert pairs_of(frame) == near.similar_pairs(every, near.shingles(frame)).rows()
