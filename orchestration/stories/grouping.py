"""Stories out of pairs of similar articles: what belongs together, and where a story ends.

Similarity goes on through others, and a chain of it never ends where an outlet writes nearly the
same every day. So a story lasts a week, and holds two articles that one outlet published on
different days only if these are similar themselves. Which groups follow depends on the pairs
alone, not on the order in which articles came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

WINDOW_DAYS = 7
"""Two articles further apart are not compared, and no story is longer."""


def stories(pairs: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """(article_id, story_id) of every article of a story, which is named after its earliest one.

    pairs: article_id, other_article_id, similarity; of articles of one outlet and different days
    only those that may be one story (see `allowed_pairs`).
    published: article_id, outlet, published_at (the earliest known), published_date (its day).
    """
    known = published.sort("published_at", "article_id", nulls_last=True).with_row_index("place")
    place = known.select("article_id", "place")
    edges = pairs.join(place, on="article_id").join(
        place.rename({"article_id": "other_article_id", "place": "other"}), on="other_article_id"
    )
    labelled = known.with_columns(_components(edges, known.height).alias("label"))
    return (
        labelled.join(_parted(labelled, edges), on="place", how="left")
        .sort("place")
        .with_columns(
            pl.col("article_id").first().over("label", "part").alias("story_id"),
            pl.len().over("label", "part").alias("size"),
        )
        .filter(pl.col("size") > 1)
        .select("article_id", "story_id")
        .sort("article_id")
    )


def allowed_pairs(
    pairs: pl.DataFrame, differing: pl.DataFrame, published: pl.DataFrame
) -> pl.DataFrame:
    """Pairs without those of one outlet and different days that differ in numbers.

    pairs: article_id, other_article_id, similarity. differing: article_id, other_article_id.
    published: article_id, outlet, published_date.
    """
    days = published.select("article_id", "outlet", "published_date")
    others = days.rename({name: f"other_{name}" for name in days.columns})
    of_a_serial = (
        differing.join(days, on="article_id")
        .join(others, on="other_article_id")
        .filter(
            pl.col("outlet") == pl.col("other_outlet"),
            pl.col("published_date") != pl.col("other_published_date"),
        )
    )
    return pairs.join(of_a_serial, on=["article_id", "other_article_id"], how="anti")


def _components(edges: pl.DataFrame, articles: int) -> pl.Series:
    """Of each article the number of the group that is linked, directly or by others."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix(
        ([1] * edges.height, (edges["place"].to_numpy(), edges["other"].to_numpy())),
        shape=(articles, articles),
    )
    return pl.Series("label", connected_components(graph, directed=False)[1])


def _parted(labelled: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """(place, part) of the articles of those groups that may be more than one story."""
    days = pl.col("published_date")
    doubtful = (
        labelled.with_columns(outlet_days=days.n_unique().over("label", "outlet"))
        .filter(
            ((days.max() - days.min()).over("label") > pl.duration(days=WINDOW_DAYS))
            | (pl.col("outlet_days").max().over("label") > 1)
        )
        .select("place", "outlet", "published_date")
    )
    rows = doubtful.rows()
    day_of = {place: day for place, _, day in rows}
    groups = _Groups(
        {place: _Group(day, day, {outlet: [place]}) for place, outlet, day in rows},
        set(edges.select("place", "other").rows()),
        day_of,
    )
    links = (
        edges.join(doubtful.select("place", "published_date"), on="place")
        .join(
            doubtful.select(pl.col("place").alias("other"), pl.col("published_date").alias("then")),
            on="other",
        )
        .with_columns(
            gap=(days - pl.col("then")).abs(),
            earlier=pl.min_horizontal("place", "other"),
            later=pl.max_horizontal("place", "other"),
        )
        # Most alike first, and the nearest of them; places stand in the order of publication.
        .sort(pl.col("similarity").neg(), "gap", "earlier", "later")
    )
    parts = groups.join_all(links.select("earlier", "later").iter_rows())
    return pl.DataFrame(
        {
            "place": pl.Series(list(parts), dtype=labelled["place"].dtype),
            "part": pl.Series(list(parts.values()), dtype=pl.Int64),
        }
    )


@dataclass
class _Group:
    first: date
    last: date
    outlets: dict[str, list[int]] = field(default_factory=dict)
    """Outlet to places of its articles."""


class _Groups:
    """Articles that are joined link by link, as long as what comes out may be one story."""

    def __init__(
        self, groups: dict[int, _Group], similar: set[tuple[int, int]], day_of: dict[int, date]
    ) -> None:
        self._groups = groups
        self._similar = similar
        self._day_of = day_of
        self._part = {place: place for place in groups}
        self._members = {place: [place] for place in groups}
        self._refused: defaultdict[int, set[int]] = defaultdict(set)

    def join_all(self, links: Iterable[tuple[int, int]]) -> dict[int, int]:
        """Place to part, after every link was tried."""
        for one, other in links:
            parts = self._part[one], self._part[other]
            # What may not be one story may not be one with more articles either.
            if parts[0] != parts[1] and parts[1] not in self._refused[parts[0]]:
                self._try(*parts)
        return self._part

    def _try(self, one: int, other: int) -> None:
        if len(self._members[one]) < len(self._members[other]):
            one, other = other, one
        kept, gone = self._groups[one], self._groups[other]
        first, last = min(kept.first, gone.first), max(kept.last, gone.last)
        if (last - first).days > WINDOW_DAYS or self._has_serial(kept, gone):
            self._refused[one].add(other)
            self._refused[other].add(one)
            return
        kept.first, kept.last = first, last
        for outlet, places in self._groups.pop(other).outlets.items():
            kept.outlets.setdefault(outlet, []).extend(places)
        for place in self._members[other]:
            self._part[place] = one
        self._members[one].extend(self._members.pop(other))
        for third in self._refused.pop(other, ()):
            self._refused[one].add(third)
            self._refused[third].add(one)

    def _has_serial(self, kept: _Group, gone: _Group) -> bool:
        """Whether two articles of one outlet and different days are not similar themselves."""
        return any(
            self._day_of[one] != self._day_of[other]
            and (one, other) not in self._similar
            and (other, one) not in self._similar
            for outlet in kept.outlets.keys() & gone.outlets.keys()
            for one in kept.outlets[outlet]
            for other in gone.outlets[outlet]
        )
