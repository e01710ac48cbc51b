"""`observatory links train`: the model fitted to a warehouse's own posts with hashtags.

A post that carries a topic's hashtag says itself what it speaks of. Taking the hashtags out gives
as many examples as an installation has such posts, in the words of its own officials. The model
is fitted to the earlier two thirds and scored on the last, which it has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np

from orchestration.linking.model import LINK_AT, REVIEW_AT, Model
from orchestration.linking.nightly import read_titles
from orchestration.linking.training import Corpus, fit, masked, outcomes

WANTED_PRECISION = 0.9
MIN_LINKS = 30
MOST_POSTS = 50_000
"""The latest so many posts with hashtags are enough."""


@dataclass(frozen=True)
class Score:
    """What a model does on posts it has not seen."""

    posts: int
    answerable: int
    links: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.links if self.links else float("nan")

    @property
    def recall(self) -> float:
        return self.right / self.answerable if self.answerable else float("nan")


def score(corpus: Corpus, model: Model) -> Score:
    """Links at the automatic threshold, hashtags taken out; a post without an answer counts too."""
    made = [
        right for _, choice, right in outcomes(corpus, model) if choice.probability >= model.link_at
    ]
    return Score(len(corpus.texts), corpus.answerable(), len(made), sum(made))


def read_corpus(connection: duckdb.DuckDBPyConnection) -> Corpus:
    """Posts with hashtags of the warehouse, masked, with their hashtags as answers."""
    frame = connection.execute(
        """select text, hashtag_keys, epoch_us(posted_at) as posted
           from core.posts
           where is_official and posted_at is not null and len(hashtag_keys) > 0
           qualify row_number() over (
               partition by platform, post_id order by observed_at desc, md5(text)
           ) = 1
           order by posted desc, platform, post_id limit $1""",
        [MOST_POSTS],
    ).pl().sort("posted")  # fmt: skip
    return Corpus(
        read_titles(connection),
        masked(frame["text"]).to_list(),
        frame["posted"].to_numpy().astype(np.int64),
        [frozenset(keys) for keys in frame["hashtag_keys"].to_list()],
    )


def learn(corpus: Corpus, share: float = 2 / 3) -> tuple[Model, Score]:
    """The model of this share of the posts, the earlier ones, and its score on the others.

    link_at is the least probability, in steps of .05 from .5, at which nine of ten links of the
    earlier posts are right. Raises ValueError where there are too few posts with a topic's hashtag.
    """
    cut = round(len(corpus.texts) * share)
    earlier = corpus.posts_where([row < cut for row in range(len(corpus.texts))])
    later = corpus.posts_where([row >= cut for row in range(len(corpus.texts))])
    model = fit(
        [earlier, earlier.moved()],
        "text_v1",
        f"this data root's posts with hashtags: {len(earlier.texts)} posts, "
        f"{earlier.answerable()} with a topic of their time",
        LINK_AT,
        REVIEW_AT,
    )
    model = replace(model, link_at=_threshold(earlier, model))
    return model, score(later, model)


def _threshold(corpus: Corpus, model: Model) -> float:
    found = [(choice.probability, right) for _, choice, right in outcomes(corpus, model)]
    for step in range(10, 20):
        at = step / 20
        made = [right for probability, right in found if probability >= at]
        if len(made) >= MIN_LINKS and sum(made) >= WANTED_PRECISION * len(made):
            return at
    return 0.95
