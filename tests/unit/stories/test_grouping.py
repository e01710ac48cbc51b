"""Stories out of pairs: in any order, of a week at most, and of a serial one report each."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import polars as pl
import pytest

from orchestration.stories.grouping import stories

START = datetime(2021, 6, 1, 1, tzinfo=UTC)
Link = tuple[str, str, float]


def told(links: Iterable[Link], articles: dict[str, float], seed: int = 0) -> set[frozenset[str]]:
    """Stories of articles (outlet and number, to the days after the start), shuffled."""
    chance = random.Random(seed)
    turned = [(a, b, s) if chance.random() < 0.5 else (b, a, s) for a, b, s in links]
    published = [
        (name, name[0], at, at.date())
        for name, days in articles.items()
        for at in (START + timedelta(days=days),)
    ]
    chance.shuffle(turned)
    chance.shuffle(published)
    found = stories(
        pl.DataFrame(turned, schema=["article_id", "other_article_id", "similarity"], orient="row"),
        pl.DataFrame(
            published, schema=["article_id", "outlet", "published_at", "published_date"],
            orient="row",
        ),
    )  # fmt: skip
    groups = found.group_by("story_id").agg("article_id").rows()
    for first, members in groups:
        assert first == min(members, key=lambda name: (articles[name], name))
    return {frozenset(members) for _, members in groups}


@pytest.mark.parametrize("seed", range(5))
def test_stories_are_named_after_their_earliest_article_in_any_order(seed: int) -> None:
    hours = dict(zip("abcdef", (5, 1, 3, 9, 2, 4), strict=True))
    links = [("a", "b", 0.7), ("b", "c", 0.7), ("d", "e", 0.9)]
    articles = {name: hour / 24 for name, hour in hours.items()}
    assert told(links, articles, seed) == {frozenset("abc"), frozenset("de")}


@pytest.mark.parametrize("seed", range(5))
def test_a_chain_of_copies_is_no_story_longer_than_a_week(seed: int) -> None:
    names = "abcdefgh"
    articles = {name: 3.0 * number for number, name in enumerate(names)}
    links = [(one, other, 0.8) for one, other in pairwise(names)]
    expected = {frozenset("abc"), frozenset("def"), frozenset("gh")}
    assert told(links, articles, seed) == expected


@pytest.mark.parametrize("seed", range(5))
def test_reports_of_a_serial_are_not_linked_by_those_who_reprint_them(seed: int) -> None:
    """a writes daily; b and c print the same day's, which is also like that of the days around."""
    articles = {f"{outlet}{day}": day + late for day in range(9)
                for outlet, late in (("a", 0.0), ("b", 0.1), ("c", 0.2))}  # fmt: skip
    links = [
        (one, other, 0.95 if one[1] == other[1] else 0.8)
        for one, other in combinations(articles, 2)
        if one[0] != other[0] and abs(int(one[1]) - int(other[1])) <= 7
    ]
    expected = {frozenset((f"a{day}", f"b{day}", f"c{day}")) for day in range(9)}
    assert told(links, articles, seed) == expected


def test_one_outlet_may_print_a_story_again() -> None:
    links = [("a1", "a2", 1.0), ("a2", "b1", 0.9)]
    articles = {"a1": 0.0, "a2": 1.0, "b1": 1.1}
    assert told(links, articles) == {frozenset(articles)}
