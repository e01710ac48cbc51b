"""Links by text: how many are right on real posts, beside single methods, and what they cost.

Right means: the title is one of the hashtags that were taken out of the post. A link to the same
event under another hashtag counts as wrong, a post without an answer counts. The real inputs lie
beside the checkout and are never part of it; without them only the cost is measured.
"""

from __future__ import annotations

import importlib
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.measure import run_child
from orchestration.cleaning.text import match_key
from orchestration.linking.grams import Floats, Grams, plain, plain_posts
from orchestration.linking.learning import learn, read_corpus
from orchestration.linking.model import Model, read_model
from orchestration.linking.nightly import link_day
from orchestration.linking.scoring import AFTER_US, BEFORE_US, K1, B, Block, Titles
from orchestration.linking.synthetic import synthetic_corpus
from orchestration.linking.training import DAY_US, SHANGHAI_US, Corpus, blocks, outcomes
from orchestration.paths import PROJECT_ROOT, DataRoot
from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.ingest import ingest

REAL = PROJECT_ROOT.parent / "shared" / "data"
SEED = 7
MANY = 10_000
DRAWS = 8
SAMPLES = 1000
OTHERS = 70
"""Posts of other people beside each post: some 500 a day."""
_DECLARED = """
settle_seconds: 0
sources:
  - name: lists
    format: hot_search_markdown
  - name: posts
    format: checked_jsonl
    account: {kind: state_media, level: ministry}
"""

Scores = Callable[["Day"], Floats]
Guess = tuple[int, float, Sequence[str]]
"""Row of a post in its block, score, keys of the title guessed."""


def run(folder: Path, real: Path = REAL) -> Iterator[tuple[str, str]]:
    """(topic, Markdown) of quality, where the real inputs are, and of cost."""
    if real.is_dir():
        yield "linking-quality", quality(folder / "linking", real)
    yield "linking-cost", cost(folder / "linking-cost")


# -- quality --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """Of each post: the score of its best title (0: none), whether that is right, and whether the
    post has an answer at all."""

    scores: Floats
    right: NDArray[np.bool_]
    has_answer: NDArray[np.bool_]

    @property
    def recall_at_1(self) -> float:
        return self.linked_from(1e-9)[2]

    def precision_at(self, recall: float) -> float:
        """The best precision of any threshold with at least this recall; NaN where none has."""
        right, precision = self._swept
        reached = right >= recall * self.has_answer.sum()
        return float(precision[reached].max()) if reached.any() else float("nan")

    def recall_at(self, precision: float, least: int = 20) -> float:
        """The best recall of any threshold with this precision and at least so many links."""
        right, precisions = self._swept
        good = precisions >= precision
        good[: least - 1] = False
        return float(right[good].max()) / int(self.has_answer.sum()) if good.any() else 0.0

    def linked_from(self, score: float) -> tuple[int, float, float]:
        """Links from a threshold on, their precision and recall."""
        made = self.scores >= score
        right = int(self.right[made].sum())
        links, answerable = int(made.sum()), int(self.has_answer.sum())
        return links, right / links if links else float("nan"), right / answerable

    def interval(self, score: float) -> tuple[Floats, Floats]:
        """Between which precision and recall from a threshold on lie in 95 of 100 samples as large
        as this one, drawn from its posts."""
        draw = np.random.default_rng(SEED)
        made = self.scores >= score
        found = []
        for _ in range(SAMPLES):
            posts = draw.integers(0, len(made), len(made))
            right = (self.right & made)[posts].sum()
            found.append(
                (right / max(made[posts].sum(), 1), right / max(self.has_answer[posts].sum(), 1))
            )
        precision, recall = np.quantile(np.array(found), [0.025, 0.975], axis=0).T
        return precision, recall

    @property
    def _swept(self) -> tuple[Floats, Floats]:
        """Right links and precision, link after link by falling score."""
        guessed = np.flatnonzero(self.scores > 0)
        order = guessed[np.argsort(-self.scores[guessed], kind="stable")]
        right: Floats = np.cumsum(self.right[order]).astype(float)
        return right, right / np.arange(1, len(right) + 1)


def judged(corpus: Corpus, guesses: Callable[[Block], Iterable[Guess]]) -> Judged:
    """The guesses of each day against the answers of its posts."""
    scores, right = np.zeros(len(corpus.texts)), np.zeros(len(corpus.texts), dtype=bool)
    first = 0
    for block, answers in blocks(corpus):
        for post, score, keys in guesses(block):
            scores[first + post] = score
            right[first + post] = not answers[post].isdisjoint(keys)
        first += len(block.posts)
    in_order = np.argsort((corpus.posted + SHANGHAI_US) // DAY_US, kind="stable")
    return Judged(scores, right, np.array(corpus.has_answer())[in_order])


def of_model(corpus: Corpus, model: Model) -> Judged:
    """What the model guesses, also where it would not ask anybody."""
    guessing = replace(model, review_at=1e-6)

    def guesses(block: Block) -> Iterator[Guess]:
        for choice in block.choices(guessing):
            keys = [block.titles.keys[row] for row in choice.titles]
            yield choice.best.post, choice.probability, keys

    return judged(corpus, guesses)


@dataclass(frozen=True)
class Day:
    """Counts of one day's posts and titles, for single methods."""

    titles: Sequence[str]
    posts: Sequence[str]
    title_grams: Floats
    post_grams: Floats
    is_pair: Floats
    weights: Floats


def of_method(corpus: Corpus, method: Scores) -> Judged:
    """The best title in the window of each post by one score alone."""

    def guesses(block: Block) -> Iterator[Guess]:
        if not len(block.titles):
            return
        found = method(_day(block.titles.texts, block.posts.texts))
        after = block.posts.posted[:, None] - block.titles.onsets[None, :]
        found = np.where((after >= -BEFORE_US) & (after <= AFTER_US), found, -1.0)
        for post, title in enumerate(found.argmax(axis=1).tolist()):
            if found[post, title] > 0:
                yield post, float(found[post, title]), [block.titles.keys[title]]

    return judged(corpus, guesses)


def _day(titles: Sequence[str], posts: Sequence[str]) -> Day:
    grams = Grams(titles)
    of_titles = (grams.counted(titles).matrix.toarray() > 0).astype(float)
    of_posts = grams.counted(posts).matrix.toarray().astype(float)
    common = of_titles.sum(axis=0) + (of_posts > 0).sum(axis=0)
    is_pair = np.array([len(name) == 2 for name in grams.names], dtype=float)
    weights = np.log((len(titles) + len(posts) + 1) / (common + 1))
    return Day(titles, posts, of_titles, of_posts, is_pair, weights)


def _tfidf(day: Day) -> Floats:
    posts = np.where(day.post_grams > 0, 1 + np.log(np.maximum(day.post_grams, 1)), 0)
    one, other = posts * day.weights, day.title_grams * day.weights
    lengths = np.outer(np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1))
    cosine: Floats = one @ other.T / np.maximum(lengths, 1e-9)
    return cosine


def _bm25(day: Day) -> Floats:
    lengths = np.array([len(text) for text in day.posts], dtype=float)
    longer = K1 * (1 - B + B * lengths / lengths.mean())
    gained = day.post_grams * (K1 + 1) / (day.post_grams + longer[:, None])
    found: Floats = (gained * day.weights) @ day.title_grams.T
    return found


def _coverage(day: Day) -> Floats:
    weighed = day.title_grams * day.weights * day.is_pair
    found: Floats = (day.post_grams > 0) @ weighed.T / np.maximum(weighed.sum(axis=1), 1e-9)
    return found


def _minhash(day: Day) -> Floats:
    """Share of 128 smallest hashes of pairs that a title has in common with the post."""
    draw = np.random.default_rng(SEED)
    hashes = draw.permuted(np.tile(np.arange(day.title_grams.shape[1]), (128, 1)), axis=1)
    posts, titles = (
        sparse.csr_matrix(grams * day.is_pair) for grams in (day.post_grams, day.title_grams)
    )
    alike: Floats = np.zeros((len(day.posts), len(day.titles)))
    for ranks in hashes:
        alike += _smallest(posts, ranks)[:, None] == _smallest(titles, ranks)[None]
    return alike / len(hashes)


def _smallest(has: sparse.csr_matrix, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest rank of what each row has; the number of ranks where it has nothing."""
    found = np.full(has.shape[0], len(ranks))
    full = np.flatnonzero(np.diff(has.indptr))
    if len(full):
        found[full] = np.minimum.reduceat(ranks[has.indices], has.indptr[full])
    return found


def _partial_ratio(day: Day) -> Floats:
    process, fuzz = (importlib.import_module(f"rapidfuzz.{n}") for n in ("process", "fuzz"))
    posts, titles = ([t.replace(" ", "") for t in texts] for texts in (day.posts, day.titles))
    found: Floats = process.cdist(posts, titles, scorer=fuzz.partial_ratio).astype(float)
    return found


METHODS: Mapping[str, Scores] = {
    "characters and pairs, TF-IDF": _tfidf,
    "characters and pairs, BM25": _bm25,
    "pairs, share by weight": _coverage,
    "pairs, MinHash": _minhash,
    "rapidfuzz `partial_ratio`": _partial_ratio,
}


def quality(folder: Path, real: Path) -> str:
    """Tables of quality on the real posts and topics."""
    lists = real_corpus(folder, real)
    tagged = with_hashtags(lists)
    many, told, people = thinned(tagged), truth(lists, tagged, real), takg(real)
    shipped = read_model()
    half = len(many.texts) // 2
    later = [row >= half for row in range(len(many.texts))]
    earlier = [not is_later for is_later in later]
    refitted, _ = learn(many.posts_where(earlier), share=1.0)
    sets: dict[str, Corpus] = {
        "10,000 topics": many,
        "10,000 topics, earlier half of the posts": many.posts_where(earlier),
        "10,000 topics, later half": many.posts_where(later),
        f"all {len(tagged.titles):,} topics": tagged,
        f"all {len(tagged.titles):,} topics, earlier half of the posts": tagged.posts_where(
            earlier
        ),
        "half of the hashtags withheld": withheld(tagged),
        f"hot lists alone ({len(lists.titles):,} topics)": lists,
        f"`truth/topic_link_*`, {len(told.titles):,} topics": told,
        "`truth/topic_link_*`, its own topics alone": only_answers(told),
        "`topic_linking` (no times: one window)": people,
    }
    found = {name: of_model(corpus, shipped) for name, corpus in sets.items()}
    return "\n".join(
        [
            f"### Links by text on {len(many.texts)} real posts, hashtags taken out",
            "",
            f"Posts of one account, January to April 2020, against {len(many.titles):,} real "
            "topics of the same months (its hashtags and the hot lists), in the window. "
            f"{many.answerable()} posts have an answer in the window; the others count as posts "
            "without one. Thresholds of this table are swept, every method at its best; "
            "`truth/topic_link_*` and `topic_linking` are described below.",
            "",
            *_methods(many, told, people, shipped),
            "",
            f"| the shipped model ({shipped.id}) from the automatic threshold on "
            f"({shipped.link_at:g}), with 95 % intervals of 1,000 samples of the posts | posts "
            "| with an answer | links | precision | recall |",
            "|---|---|---|---|---|---|",
            *(_linked(name, judgement, shipped.link_at) for name, judgement in found.items()),
            _of_draws(f"10,000 topics, mean of {DRAWS} draws", tagged, shipped),
            _linked(
                f"refitted to the earlier half ({refitted.link_at:g}), later half",
                of_model(many.posts_where(later), refitted), refitted.link_at,
            ),
            "",
            *_thresholds(found),
            "",
            *_silence(tagged, shipped),
            *_amid(tagged, people, shipped),
            "",
            *_calibration(found["10,000 topics"]),
        ]
    ) + "\n"  # fmt: skip


def _methods(many: Corpus, told: Corpus, people: Corpus, shipped: Model) -> list[str]:
    """Every method at its best, beside the shipped model."""
    lines = [
        "| method | first guess right | precision at recall .50 | recall at precision .90 "
        "| `truth/topic_link_*`: first guess right | precision at recall .30 "
        "| `topic_linking`: first guess right | precision at recall .10 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, method in METHODS.items():
        try:
            found = [of_method(corpus, method) for corpus in (many, told, people)]
            lines.append(_row(name, *found))
        except ModuleNotFoundError as missing:
            lines.append(f"| {name} | {missing.name} is not installed | | | | | | |")
    found = [of_model(corpus, shipped) for corpus in (many, told, people)]
    return [*lines, _row("**the shipped model**", *found)]


def _row(name: str, many: Judged, told: Judged, people: Judged) -> str:
    return (
        f"| {name} | {many.recall_at_1:.3f} | {many.precision_at(0.5):.3f} "
        f"| {many.recall_at(0.9):.3f} | {told.recall_at_1:.3f} | {told.precision_at(0.3):.3f} "
        f"| {people.recall_at_1:.3f} | {people.precision_at(0.1):.3f} |"
    )


def _linked(name: str, found: Judged, link_at: float) -> str:
    links, precision, recall = found.linked_from(link_at)
    (low, high), (least, most) = found.interval(link_at)
    return (
        f"| {name} | {len(found.scores)} | {found.has_answer.sum()} | {links} "
        f"| {precision:.3f} ({low:.2f} to {high:.2f}) | {recall:.3f} ({least:.2f} to {most:.2f}) |"
    )


def _thresholds(found: Mapping[str, Judged]) -> list[str]:
    """Precision and recall from swept thresholds on."""
    swept = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    lines = [
        "| precision / recall from a threshold of | "
        + " | ".join(f"{score:g}" for score in swept) + " |",
        "|---|" + "---|" * len(swept),
    ]  # fmt: skip
    for name, judgement in found.items():
        cells = [
            f"{precision:.2f} / {recall:.2f}"
            for _, precision, recall in map(judgement.linked_from, swept)
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _of_draws(name: str, corpus: Corpus, model: Model) -> str:
    found = [
        of_model(thinned(corpus, seed), model).linked_from(model.link_at) for seed in range(DRAWS)
    ]
    links, precision, recall = np.array(found).mean(axis=0)
    least = np.array(found).min(axis=0)
    return (
        f"| {name} | {len(corpus.texts)} | {corpus.answerable()} | {links:.0f} "
        f"| {precision:.3f} (least {least[1]:.3f}) | {recall:.3f} (least {least[2]:.3f}) |"
    )


def _silence(corpus: Corpus, model: Model) -> list[str]:
    """Links of posts that certainly have no answer."""
    counts = []
    for days in (-30, 30):
        found = outcomes(corpus.moved(days), model)
        counts.append(sum(choice.probability >= model.link_at for _, choice, _ in found))
    return [
        f"The same posts moved by 30 days back and on, where no topic can be theirs: {counts[0]} "
        f"and {counts[1]} links of {len(corpus.texts)} posts each."
    ]


def _amid(corpus: Corpus, others: Corpus, model: Model) -> list[str]:
    """The posts among many of other people of other years, who decide how rare a gram is."""
    draw = np.random.default_rng(SEED)
    rows = [row for row in range(len(corpus.texts)) for _ in range(OTHERS)]
    drawn = draw.integers(0, len(others.texts), len(rows))
    both = replace(
        corpus,
        texts=[*corpus.texts, *(others.texts[row] for row in drawn)],
        posted=np.concatenate([corpus.posted, corpus.posted[rows]]),
        answers=[*corpus.answers, *[frozenset()] * len(rows)],
    )
    found = of_model(both, model)
    in_order = np.argsort((both.posted + SHANGHAI_US) // DAY_US, kind="stable")
    own = in_order < len(corpus.texts)
    judgement = Judged(found.scores[own], found.right[own], found.has_answer[own])
    _, precision, recall = judgement.linked_from(model.link_at)
    wrong = int((found.scores[~own] >= model.link_at).sum())
    return [
        f"The same posts amid {len(rows):,} of `topic_linking`, {OTHERS} for each, against all "
        f"topics: precision {precision:.3f}, recall {recall:.3f}; of the others {wrong} are linked "
        f"({wrong / len(rows):.2%})."
    ]


def _calibration(found: Judged) -> list[str]:
    """How often links of a stated probability are right."""
    lines = ["| stated probability | links | right |", "|---|---|---|"]
    for lowest in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        within = found.right[(found.scores >= lowest) & (found.scores < lowest + 0.1)]
        if len(within):
            lines.append(
                f"| {lowest:g} to {lowest + 0.1:g} | {len(within)} | {within.mean():.2f} |"
            )
    return lines


def real_corpus(folder: Path, real: Path) -> Corpus:
    """The real lists and posts through the observatory's own readers."""
    root = DataRoot(folder / "home")
    shutil.rmtree(root.home, ignore_errors=True)
    shutil.copytree(real / "hot_topics" / "writeup007_twice_daily", root.inbox / "lists")
    (root.inbox / "posts").mkdir()
    for file in sorted((real / "posts").glob("checked_peoples_daily_*")):
        shutil.copy2(file, root.inbox / "posts" / file.name)
    root.sources_file.write_text(_DECLARED, encoding="utf-8")
    settings = Settings(root)
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest(connection, settings, declarations, build, lambda message: None)
        return read_corpus(connection)


def with_hashtags(corpus: Corpus) -> Corpus:
    """The posts' own hashtags as topics too, first seen when a post first has them."""
    first: dict[str, int] = {}
    for keys, at in zip(corpus.answers, corpus.posted.tolist(), strict=True):
        for key in sorted(keys):
            first[key] = min(at, first.get(key, at))
    new = sorted(set(first) - set(corpus.titles.keys))
    texts = plain(pl.Series(new, dtype=pl.String)).to_list()
    titles = Titles(
        [*corpus.titles.keys, *new],
        [*corpus.titles.texts, *texts],
        np.concatenate([corpus.titles.onsets, np.array([first[key] for key in new])]),
    )
    return replace(corpus, titles=titles)


def thinned(corpus: Corpus, seed: int = SEED) -> Corpus:
    """Ten thousand of the topics: all hashtags, the others by lot."""
    tags = frozenset().union(*corpus.answers)
    others = [row for row, key in enumerate(corpus.titles.keys) if key not in tags]
    own = [row for row, key in enumerate(corpus.titles.keys) if key in tags]
    drawn = random.Random(seed).sample(others, max(0, MANY - len(own)))
    return replace(corpus, titles=corpus.titles.taken(np.array(sorted([*own, *drawn]))))


def withheld(corpus: Corpus, seed: int = SEED) -> Corpus:
    """Without half of the hashtags, so that half of the posts lose their answer."""
    tags = sorted(frozenset().union(*corpus.answers))
    gone = set(random.Random(seed).sample(tags, len(tags) // 2))
    kept = [row for row, key in enumerate(corpus.titles.keys) if key not in gone]
    return replace(corpus, titles=corpus.titles.taken(np.array(kept)))


def truth(lists: Corpus, tagged: Corpus, real: Path) -> Corpus:
    """The posts and answers of truth/topic_link_*: hashtags that stand in two posts at least, and
    the hot lists."""
    lines = [
        [json.loads(line) for line in (real / "truth" / name).read_text("utf-8").splitlines()]
        for name in ("topic_link_masked_posts.jsonl", "topic_link_answers.jsonl")
    ]
    topics = {row["id"]: row["topics"] for row in lines[1]}
    names = sorted({topic for of_post in topics.values() for topic in of_post})
    keys = dict(zip(names, match_key(pl.Series(names)).to_list(), strict=True))
    wanted = set(keys.values()) | set(lists.titles.keys)
    rows = [row for row, key in enumerate(tagged.titles.keys) if key in wanted]
    at = [
        datetime.strptime(row["date"] + " +0800", "%Y-%m-%d %H:%M %z").timestamp()
        for row in lines[0]
    ]
    return Corpus(
        tagged.titles.taken(np.array(rows)),
        plain_posts(pl.Series([row["text_masked"] for row in lines[0]])).to_list(),
        np.array([int(second * 1_000_000) for second in at]),
        [frozenset(keys[topic] for topic in topics[row["id"]]) for row in lines[0]],
    )


def only_answers(corpus: Corpus) -> Corpus:
    """Without the topics that are no post's answer."""
    wanted = frozenset().union(*corpus.answers)
    kept = [row for row, key in enumerate(corpus.titles.keys) if key in wanted]
    return replace(corpus, titles=corpus.titles.taken(np.array(kept)))


def takg(real: Path) -> Corpus:
    """Posts of ordinary users with their hashtags, without times: all in one window."""
    posts, tags = (
        (real / "topic_linking" / f"takg_weibo_valid_{end}.txt").read_text("utf-8").splitlines()
        for end in ("src", "trg")
    )
    answers = [
        frozenset(plain(pl.Series([t.replace(" ", "") for t in line.split(";")])).to_list())
        for line in tags
    ]
    keys = sorted(frozenset().union(*answers) - {""})
    keys = [key for key in keys if len(key) > 1]
    return Corpus(
        Titles(keys, keys, np.zeros(len(keys), dtype=np.int64)),
        plain(pl.Series([line.replace(" ", "") for line in posts])).to_list(),
        np.zeros(len(posts), dtype=np.int64),
        answers,
    )


# -- cost -----------------------------------------------------------------------------------------

_SIZES = (
    ("1,000,000 posts x 10,000 topics, 60 days", 1_000_000, 10_000, 60),
    ("a night: 20,000 posts x 2,000 topics open", 20_000, 2_000, 1),
)


def cost(folder: Path) -> str:
    """Table of the cost, start and imports included."""
    lines = [
        "### What links by text cost",
        "",
        "| | CPU s | CPU µs a post | wall s | anonymous peak MiB |",
        "|---|---|---|---|---|",
    ]
    for name, posts, topics, days in _SIZES:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_days(folder, posts, topics, days)
        found = run_child(["-m", "benchmarks.linking", str(folder)])
        lines.append(
            f"| {name} | {found.cpu_seconds:.1f} | {found.cpu_seconds / posts * 1e6:.0f} "
            f"| {found.wall_seconds:.1f} | {found.anonymous_mib:.0f} |"
        )
    shutil.rmtree(folder)
    return "\n".join(lines) + "\n"


def write_days(folder: Path, posts: int, topics: int, days: int) -> None:
    """Made-up posts, one file a day, and topics spread over the days and their windows."""
    worlds = [synthetic_corpus(seed) for seed in range(5)]
    texts = [text for world in worlds for text in world.texts]
    titles = sorted({key for world in worlds for key in world.titles.keys})
    draw = np.random.default_rng(SEED)
    chosen = draw.permutation(titles)[:topics].tolist()
    first = -1 if days == 1 else 0
    onsets = draw.integers(first * DAY_US, (days + (3 if days == 1 else 0)) * DAY_US, len(chosen))
    pl.DataFrame({"key": chosen, "onset": onsets - SHANGHAI_US}).write_parquet(
        folder / "titles.parquet"
    )
    for day in range(days):
        size = posts // days
        rows = draw.integers(0, len(texts), size)
        at = day * DAY_US - SHANGHAI_US + draw.integers(0, DAY_US, size)
        pl.DataFrame(
            {
                "platform": ["weibo"] * size,
                "post_id": [f"{day}-{row}" for row in range(size)],
                "posted": at,
                "text": [texts[row] for row in rows],
                "hashtag_keys": pl.Series([[]] * size, dtype=pl.List(pl.String)),
            }
        ).write_parquet(folder / f"day_{day:03}.parquet")


def link_files(folder: Path) -> int:
    """Link every day of a folder; returns how many links were found."""
    frame = pl.read_parquet(folder / "titles.parquet")
    keys = frame["key"].to_list()
    titles = Titles(keys, keys, frame["onset"].to_numpy())
    model, found = read_model(), 0
    for path in sorted(folder.glob("day_*.parquet")):
        day = date(1970, 1, 1) + timedelta(days=int(path.stem[4:]))
        found += len(link_day(pl.read_parquet(path), day, titles, model))
    return found


if __name__ == "__main__":
    print(link_files(Path(sys.argv[1])))
