"""Which title a post speaks of: candidates in the window, their features, the best and its rivals.

Everything rests on one block: the titles whose window touches a day, and the posts of that day. How
rare a gram is counts within the block, so the same block gives the same links, whatever else the
warehouse holds and in whatever order it came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from orchestration.linking.facts import Agreement, Facts, agreement, facts
from orchestration.linking.grams import Counted, Floats, Grams, Numbers, runs
from orchestration.linking.model import FEATURES, Model

HOUR_US = 3_600_000_000
BEFORE_US = 72 * HOUR_US
AFTER_US = 24 * HOUR_US
"""A post is compared with a title from 72 h before the title's first sighting to 24 h after it."""

CHUNK = 20_000
"""Posts at a time; the first chunk of a day also says how common its grams are."""
CANDIDATES = 8
LEAST_PAIRS = 1.2
LEAST_COVERAGE = 0.1
"""A candidate has pairs of the title worth so many unique ones, and this share of its weight."""
K1, B = 1.2, 0.75
MIN_TITLE = 2
SAME_SHARE = 0.8
_DENIES = frozenset("无不未非没否")


@dataclass(frozen=True)
class Titles:
    """Titles in plain form, each with its key and the instant of its first sighting (microseconds).

    A key may stand in several rows: an alias, or a topic that came back. stories: of each row the
    stories of articles that it is a title of, where any is known.
    """

    keys: Sequence[str]
    texts: Sequence[str]
    onsets: Numbers
    stories: Sequence[frozenset[str]] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    def taken(self, rows: NDArray[np.intp]) -> Titles:
        """Some of the rows."""
        return Titles(
            [self.keys[i] for i in rows],
            [self.texts[i] for i in rows],
            self.onsets[rows],
            None if self.stories is None else [self.stories[i] for i in rows],
        )


@dataclass(frozen=True)
class Posts:
    """Posts in plain form with the instant of publication (microseconds)."""

    texts: Sequence[str]
    posted: Numbers

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True)
class Candidate:
    """One title that a post may speak of. `title` and `post` are rows of the block."""

    post: int
    title: int
    features: tuple[float, ...]
    agreement: Agreement

    @property
    def is_vetoed(self) -> bool:
        """Numbers or places contradict: never linked, and no rival."""
        return not (self.agreement.numbers_ok and self.agreement.places_ok)


@dataclass(frozen=True)
class Choice:
    """The best title of a post with everything an auditor may ask.

    titles: rows of the block that are the same event by the rule of `is_same_event`, best first.
    """

    best: Candidate
    titles: tuple[int, ...]
    rivalry: tuple[float, ...]
    runner_up: Candidate | None
    probability: float


@dataclass
class Block:
    """Titles and posts of one day."""

    titles: Titles
    posts: Posts
    _facts: dict[int, Facts] = field(default_factory=dict)

    @cached_property
    def _grams(self) -> Grams:
        return Grams(self.titles.texts)

    @cached_property
    def _titled(self) -> sparse.csr_matrix:
        matrix = self._grams.counted(self.titles.texts).matrix
        matrix.data[:] = 1.0
        return matrix

    def candidates(self, model: Model | None = None) -> Iterator[list[Candidate]]:
        """The candidates of every post that has any, post by post in order; with a model, only of
        posts that may reach its probability of a review, if all numbers and places agree."""
        if not len(self.titles) or not len(self.posts):
            return
        weighing: _Weighing | None = None
        for start in range(0, len(self.posts), CHUNK):
            texts = self.posts.texts[start : start + CHUNK]
            counted = self._grams.counted(texts)
            if weighing is None:
                weighing = _Weighing(self._titled, counted, self._grams.characters)
            posted = self.posts.posted[start : start + CHUNK]
            pairs = weighing.pairs(counted, posted, self.titles.onsets)
            if model is not None:
                pairs = pairs.promising(model, self._agreeing)
            yield from self._with_facts(pairs, start)

    def _with_facts(self, pairs: _Pairs, start: int) -> Iterator[list[Candidate]]:
        bounds = np.flatnonzero(np.diff(pairs.posts, prepend=-1, append=-1))
        for begin, end in pairwise(bounds.tolist()):
            post = int(pairs.posts[begin]) + start
            text = self.posts.texts[post]
            said = facts(text)
            found = []
            for row in range(begin, end):
                title = int(pairs.titles[row])
                agreed = agreement(self.facts_of(title), said, text)
                shown = tuple(
                    float(min(count, MOST_NUMBERS))
                    for count in (
                        agreed.numbers_found, agreed.numbers_missing, agreed.places_missing,
                    )
                )  # fmt: skip
                numbers = tuple(pairs.features[row].tolist())
                found.append(Candidate(post, title, (*numbers, *shown), agreed))
            yield found

    @cached_property
    def _agreeing(self) -> Floats:
        """Numbers found, numbers and places missing of each title, if a post agrees in all."""
        numbers = [len(self.facts_of(title).numbers) for title in range(len(self.titles))]
        found = np.minimum(np.array(numbers, dtype=np.float64), MOST_NUMBERS)
        return np.column_stack([found, np.zeros((len(numbers), 2))])

    def facts_of(self, title: int) -> Facts:
        """Numbers and places of a title."""
        if title not in self._facts:
            self._facts[title] = facts(self.titles.texts[title])
        return self._facts[title]

    def is_same_event(self, one: int, other: int) -> bool:
        """Two wordings of one event: the same key; or the same numbers and places, and the longer
        title is the shorter one with a few characters put in, none of which denies anything.

        A character in another's place is enough for another event: 甲县 and 乙县 are two counties.
        """
        if self.titles.keys[one] == self.titles.keys[other]:
            return True
        shorter, longer = sorted((self._bare(one), self._bare(other)), key=len)
        if len(shorter) < SAME_SHARE * len(longer) or self.facts_of(one) != self.facts_of(other):
            return False
        more = inserted(shorter, longer)
        return more is not None and not _DENIES & set(more)

    def _tell_alike(self, one: int, other: int) -> bool:
        """Titles of articles of one story: they speak of one event, each in its own words."""
        stories = self.titles.stories
        return stories is not None and not stories[one].isdisjoint(stories[other])

    def _bare(self, title: int) -> str:
        return self.titles.texts[title].replace(" ", "")

    def choices(self, model: Model) -> Iterator[Choice]:
        """The best title of every post that may reach the probability of a review."""
        for found in self.candidates(model):
            choice = self.choose(found, model)
            if choice is not None:
                yield choice

    def choose(self, found: Sequence[Candidate], model: Model) -> Choice | None:
        """The best candidate that is not vetoed, against its rivals: of each story one title."""
        standing = [candidate for candidate in found if not candidate.is_vetoed]
        if not standing:
            return None
        scores = log_odds([candidate.features for candidate in standing], model)
        order = sorted(range(len(standing)), key=lambda i: (-scores[i], self._order(standing[i])))
        best = standing[order[0]]
        same = [i for i in order if self.is_same_event(best.title, standing[i].title)]
        rivals: list[int] = []
        for i in order:
            ahead = (best.title, *(standing[rival].title for rival in rivals))
            if i not in same and not any(self._tell_alike(standing[i].title, n) for n in ahead):
                rivals.append(i)
        top = float(scores[order[0]])
        next_best = float(scores[rivals[0]]) if rivals else LOWEST
        crowd = float(np.log1p(np.exp(scores[rivals]).sum()))
        return Choice(
            best,
            tuple(standing[i].title for i in same),
            (top, top - next_best, crowd),
            standing[rivals[0]] if rivals else None,
            float(logistic(top - crowd)),
        )

    def _order(self, candidate: Candidate) -> tuple[str, int, str]:
        """Of equal scores the smaller key, so that the order of rows decides nothing."""
        row = candidate.title
        return self.titles.keys[row], int(self.titles.onsets[row]), self.titles.texts[row]

    def stretches(self, choice: Choice) -> tuple[list[str], list[str]]:
        """What of the best title the post has, and what it lacks."""
        text = self.posts.texts[choice.best.post]
        known = {text[i : i + 2] for i in range(len(text) - 1)}
        return runs(self.titles.texts[choice.best.title], known)


def inserted(shorter: str, longer: str) -> str | None:
    """What was put into the shorter text to make the longer one; None if that is not how."""
    rest, place = [], 0
    for character in longer:
        if place < len(shorter) and shorter[place] == character:
            place += 1
        else:
            rest.append(character)
    return "".join(rest) if place == len(shorter) else None


LOWEST = -12.0
"""Score of the rival of a post that has none."""
MOST_NUMBERS = 2


def log_odds(features: Sequence[Sequence[float]] | Floats, model: Model) -> Floats:
    """Log odds of titles against silence, each by itself."""
    weights = np.array([model.weights[name] for name in FEATURES])
    scores: Floats = np.asarray(features, dtype=np.float64) @ weights + model.intercept
    return np.maximum(scores, LOWEST)


def logistic(logits: Floats | float) -> Floats:
    """Probabilities of log odds."""
    found: Floats = 1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64)))
    return found


@dataclass(frozen=True)
class _Pairs:
    """Pairs of a chunk, ordered by post: rows of posts and titles, and the features of the text."""

    posts: Numbers
    titles: Numbers
    features: Floats

    def promising(self, model: Model, agreeing: Floats) -> _Pairs:
        """The pairs of posts whose best may be right with the probability of a review.

        agreeing: what facts add to the features of each title at best. More numbers found and fewer
        rivals never lower the probability, so no link is lost.
        """
        if not len(self.posts):
            return self
        most = np.column_stack([self.features, agreeing[self.titles]])
        scores = log_odds(most, model)
        first = np.flatnonzero(np.diff(self.posts, prepend=-1))
        best = np.maximum.reduceat(scores, first)
        kept = np.repeat(logistic(best) >= model.review_at, np.diff(first, append=len(self.posts)))
        return _Pairs(self.posts[kept], self.titles[kept], self.features[kept])


class _Weighing:
    """Weights of grams in one block, and what follows from them for pairs."""

    def __init__(self, titled: sparse.csr_matrix, background: Counted, characters: int) -> None:
        documents = titled.shape[0] + background.matrix.shape[0]
        common = np.asarray(titled.getnnz(axis=0), dtype=np.float64) + background.documents
        self._idf = np.log((documents + 1) / (common + 1))
        self._unique = np.log((documents + 1) / 2)
        self._titled = titled
        self._characters = characters
        self._mean_length = max(float(background.lengths.mean()), 1.0)
        is_pair = np.arange(titled.shape[1]) >= characters
        self._pair_idf = np.where(is_pair, self._idf, 0.0)
        self._paired = sparse.csr_matrix(titled @ sparse.diags(self._pair_idf)).T.tocsr()
        self._pair_total = np.asarray(titled @ self._pair_idf)
        self._single_total = np.asarray(titled @ (self._idf - self._pair_idf))
        self._total = np.asarray(titled @ self._idf)
        self._title_norm = np.sqrt(np.asarray(titled @ self._idf**2))

    def pairs(self, counted: Counted, posted: Numbers, onsets: Numbers) -> _Pairs:
        """The best candidates of each post, with the features of the text."""
        posts, titles, shared = self._in_window(counted, posted, onsets)
        values = self._values(counted, posts, titles, shared)
        order = np.lexsort((titles, -values[:, 0], posts))
        posts, titles, values = posts[order], titles[order], values[order]
        first = np.flatnonzero(np.diff(posts, prepend=-1))
        rank = np.arange(len(posts)) - np.repeat(first, np.diff(first, append=len(posts)))
        kept = rank < CANDIDATES
        return _Pairs(posts[kept], titles[kept], values[kept])

    def _in_window(
        self, counted: Counted, posted: Numbers, onsets: Numbers
    ) -> tuple[Numbers, Numbers, Floats]:
        """Pairs that share enough, within the window of the title."""
        has = counted.matrix.copy()
        has.data[:] = 1.0
        shared = sparse.csr_matrix(has @ self._paired)
        posts = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
        titles, weight = shared.indices, shared.data.astype(np.float64)
        after = posted[posts] - onsets[titles]
        kept = (
            (weight >= LEAST_PAIRS * self._unique)
            & (weight >= LEAST_COVERAGE * self._pair_total[titles])
            & (after >= -BEFORE_US)
            & (after <= AFTER_US)
        )
        return posts[kept], titles[kept].astype(np.int64), weight[kept]

    def _values(self, counted: Counted, posts: Numbers, titles: Numbers, shared: Floats) -> Floats:
        """tfidf, bm25, coverage and mass of pairs."""
        counts, grams, row = self._shared_grams(counted, posts, titles)
        size, idf = len(posts), self._idf[grams]
        lengths = counted.lengths[posts]
        dot = np.bincount(row, (1 + np.log(counts)) * idf**2, size)
        norm = self._post_norms(counted)[posts] * self._title_norm[titles]
        longer = K1 * (1 - B + B * lengths / self._mean_length)
        bm25 = np.bincount(row, idf * counts * (K1 + 1) / (counts + longer[row]), size)
        most = np.maximum(self._total[titles] * (K1 + 1), 1e-9)
        single = np.bincount(row, np.where(grams < self._characters, idf, 0.0), size)
        return np.column_stack(
            [
                dot / np.maximum(norm, 1e-9),
                bm25 / most,
                single / np.maximum(self._single_total[titles], 1e-9),
                np.log1p(shared / self._unique),
            ]
        )

    def _shared_grams(
        self, counted: Counted, posts: Numbers, titles: Numbers
    ) -> tuple[Floats, Numbers, Numbers]:
        """Of each pair the grams that both have: count in the post, gram, row of the pair."""
        sizes = np.diff(self._titled.indptr)[titles]
        row = np.repeat(np.arange(len(titles)), sizes)
        within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        grams = self._titled.indices[self._titled.indptr[titles][row] + within].astype(np.int64)
        width = np.int64(self._titled.shape[1])
        matrix = counted.matrix
        stored = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
        keys = stored * width + matrix.indices
        wanted = posts[row] * width + grams
        if not len(keys):
            return np.zeros(0), grams[:0], row[:0]
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = keys[place] == wanted
        return matrix.data[place[found]].astype(np.float64), grams[found], row[found]

    def _post_norms(self, counted: Counted) -> Floats:
        """Length of each post's vector; a pair that no title has weighs as much as a unique one."""
        matrix = counted.matrix
        squares = matrix.copy()
        squares.data = ((1 + np.log(matrix.data)) * self._idf[matrix.indices]) ** 2
        known = np.asarray(squares.sum(axis=1)).ravel()
        pairs = matrix[:, self._characters :].sum(axis=1)
        unknown = np.maximum(counted.lengths - 1 - np.asarray(pairs).ravel(), 0)
        norms: Floats = np.sqrt(known + unknown * self._unique**2)
        return norms
