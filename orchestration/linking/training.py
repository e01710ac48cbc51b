"""Fitting the model to posts whose event is known: posts with hashtags, the hashtags taken out.

Each post stands twice: when it was published, with its hashtags as the answer; and moved by a
month, where no topic of the time can be what it speaks of. The second kind teaches when to stay
silent, without anybody having to label a post as speaking of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from orchestration.linking.grams import Floats, Numbers, plain_posts
from orchestration.linking.model import FEATURES, SIGNS, Model
from orchestration.linking.scoring import AFTER_US, BEFORE_US, Block, Choice, Posts, Titles

DAY_US = 86_400_000_000
SHANGHAI_US = 8 * 3_600_000_000
MOVED_DAYS = 30
PENALTY = 1e-3
MIN_ANSWERS = 50
HIGHEST = 30.0
"""Log odds beyond this are as good as certain; their exponential must not overflow."""
_HASHTAG = re.compile(r"#[^#\r\n]{1,80}#")


@dataclass(frozen=True)
class Corpus:
    """Titles, and posts in plain form without their hashtags, with the keys of those as answers."""

    titles: Titles
    texts: Sequence[str]
    posted: Numbers
    answers: Sequence[frozenset[str]]

    def moved(self, days: int = MOVED_DAYS) -> Corpus:
        """The posts at another time, where they have no answer."""
        return replace(
            self,
            posted=self.posted + days * DAY_US,
            answers=[frozenset()] * len(self.answers),
        )

    def posts_where(self, kept: Sequence[bool]) -> Corpus:
        """Some of the posts."""
        rows = np.flatnonzero(np.asarray(kept)).tolist()
        return replace(
            self,
            texts=[self.texts[i] for i in rows],
            posted=self.posted[rows],
            answers=[self.answers[i] for i in rows],
        )

    def has_answer(self) -> list[bool]:
        """Of each post whether an answer is among the titles whose window it lies in."""
        onsets: dict[str, list[int]] = {}
        for key, onset in zip(self.titles.keys, self.titles.onsets.tolist(), strict=True):
            onsets.setdefault(key, []).append(onset)
        return [
            any(
                -BEFORE_US <= at - onset <= AFTER_US
                for key in keys
                for onset in onsets.get(key, [])
            )
            for keys, at in zip(self.answers, self.posted.tolist(), strict=True)
        ]

    def answerable(self) -> int:
        """Posts with an answer among the titles whose window they lie in."""
        return sum(self.has_answer())


def masked(texts: pl.Series) -> pl.Series:
    """Posts in plain form with every hashtag taken out, its words included."""
    return plain_posts(texts.cast(pl.String).fill_null("").str.replace_all(_HASHTAG.pattern, " "))


def blocks(corpus: Corpus) -> Iterable[tuple[Block, list[frozenset[str]]]]:
    """The corpus day by day, with the answers of each day's posts."""
    days = (corpus.posted + SHANGHAI_US) // DAY_US
    for day in np.unique(days).tolist():
        rows = np.flatnonzero(days == day).tolist()
        starts = day * DAY_US - SHANGHAI_US
        yield (
            Block(
                corpus.titles.taken(open_titles(corpus.titles.onsets, starts)),
                Posts([corpus.texts[i] for i in rows], corpus.posted[rows]),
            ),
            [corpus.answers[i] for i in rows],
        )


def open_titles(onsets: Numbers, starts_at: int, after: int = AFTER_US) -> Numbers:
    """Rows of the titles whose window touches the day that starts then."""
    rows: Numbers = np.flatnonzero(
        (onsets >= starts_at - after) & (onsets < starts_at + DAY_US + BEFORE_US)
    )
    return rows


def outcomes(corpus: Corpus, model: Model) -> list[tuple[Block, Choice, bool]]:
    """What the model chooses for each post, and whether that is one of its answers."""
    found = []
    for block, answers in blocks(corpus):
        for choice in block.choices(model):
            right = any(
                block.titles.keys[row] in answers[choice.best.post] for row in choice.titles
            )
            found.append((block, choice, right))
    return found


def fit(corpora: Sequence[Corpus], version: str, provenance: str, link_at: float,
        review_at: float) -> Model:  # fmt: skip
    """The model that fits best; ValueError where there are too few answers to fit anything."""
    days = [day for corpus in corpora for day in blocks(corpus)]
    by_post = [(block, answers, found) for block, answers in days for found in block.candidates()]
    features: list[tuple[float, ...]] = []
    posts: list[int] = []
    right: list[bool] = []
    for post, (block, answers, found) in enumerate(by_post):
        for candidate in found:
            if not candidate.is_vetoed:
                features.append(candidate.features)
                posts.append(post)
                right.append(block.titles.keys[candidate.title] in answers[candidate.post])
    answered = len({post for post, is_right in zip(posts, right, strict=True) if is_right})
    if answered < MIN_ANSWERS:
        raise ValueError(
            f"{answered} posts whose hashtag is a topic of their time, {MIN_ANSWERS} are needed "
            "to fit a model; keep the shipped one"
        )
    weights, intercept = _fitted(np.array(features), np.array(posts), np.array(right, float))
    return Model(version, provenance, weights, intercept, link_at, review_at)


def _fitted(values: Floats, posts: Numbers, right: Floats) -> tuple[dict[str, float], float]:
    """Weights under which the right titles of the posts, or silence where none is right, are the
    most probable; with the signs that the meaning of each value demands.

    Silence has the odds 1, so that a title must beat it as well as the other titles.
    """
    from scipy.optimize import minimize

    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = (values - middle) / spread
    count = int(posts[-1]) + 1
    is_answered = np.bincount(posts, right) > 0

    def loss(theta: Floats) -> tuple[float, Floats]:
        odds = np.exp(np.minimum(scaled @ theta[:-1] + theta[-1], HIGHEST))
        of_right, of_all = np.bincount(posts, odds * right), 1 + np.bincount(posts, odds)
        wanted = np.where(is_answered, of_right, 1.0)
        share = np.where(is_answered[posts], odds * right / wanted[posts], 0.0)
        error = (odds / of_all[posts] - share) / count
        value = float(np.mean(np.log(of_all) - np.log(wanted)))
        slope = np.append(scaled.T @ error + PENALTY * theta[:-1], error.sum())
        return value + PENALTY / 2 * float((theta[:-1] ** 2).sum()), slope

    bounds = [(None, 0) if SIGNS.get(name, 1) < 0 else (0, None) for name in FEATURES]
    found = minimize(
        loss, np.zeros(len(FEATURES) + 1), jac=True, method="L-BFGS-B",
        bounds=[*bounds, (None, None)],
    )  # fmt: skip
    weights = found.x[:-1] / spread
    named = {name: round(float(weight), 6) for name, weight in zip(FEATURES, weights, strict=True)}
    return named, round(float(found.x[-1] - (weights * middle).sum()), 6)
