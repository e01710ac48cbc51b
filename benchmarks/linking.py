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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import run_child
from orchestration.cleaning.text import match_key
from orchestration.linking.grams import Floats, Grams, plain, plain_posts
from orchestration.linking.learning import learn, read_corpus
from orchestration.linking.model import Model, read_model
from orchestration.linking.nightly import link_day
from orchestration.linking.scoring import AFTER_US, BEFORE_US, K1, B, Titles
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


def run(folder: Path, real: Path = REAL) -> Iterator[tuple[str, str]]:
    """(topic, Markdown) of quality, where the real inputs are, and of cost."""
    if real.is_dir():
        yield "linking-quality", quality(folder / "linking", real)
    yield "linking-cost", cost(folder / "linking-cost")


# -- quality --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """Best titles of posts by falling score, whether right, and how many posts have an answer."""

    scores: Floats
    right: Floats
    answerable: int

    @property
    def recall_at_1(self) -> float:
        return float(self.right.sum()) / self.answerable

    def precision_at(self, recall: float) -> float:
        """The best precision of any threshold with at least this recall; NaN where none has."""
        reached = self._right >= recall * self.answerable
        return float(self._precision[reached].max()) if reached.any() else float("nan")

    def recall_at(self, precision: float, least: int = 20) -> float:
        """The best recall of any threshold with this precision and at least so many links."""
        good = self._precision >= precision
        good[: least - 1] = False
        return float(self._right[good].max()) / self.answerable if good.any() else 0.0

    def linked_from(self, score: float) -> tuple[int, float, float]:
        """Links from a threshold on, their precision and recall."""
        made = self.right[self.scores >= score]
        precision = float(made.mean()) if len(made) else float("nan")
        return len(made), precision, float(made.sum()) / self.answerable

    @property
    def _right(self) -> Floats:
        found: Floats = np.cumsum(self.right)
        return found

    @property
    def _precision(self) -> Floats:
        found: Floats = self._right / np.arange(1, len(self.right) + 1)
        return found


def judged(scores: Sequence[float], right: Sequence[bool], answerable: int) -> Judged:
    """In order of falling score."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    return Judged(np.asarray(scores)[order], np.asarray(right, dtype=float)[order], answerable)


def of_model(corpus: Corpus, model: Model) -> Judged:
    """What the model links."""
    found = outcomes(corpus, model)
    return judged(
        [choice.probability for _, choice, _ in found],
        [right for _, _, right in found],
        corpus.answerable(),
    )


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
    scores: list[float] = []
    right: list[bool] = []
    for block, answers in blocks(corpus):
        if not len(block.titles):
            continue
        found = method(_day(block.titles.texts, block.posts.texts))
        after = block.posts.posted[:, None] - block.titles.onsets[None, :]
        found = np.where((after >= -BEFORE_US) & (after <= AFTER_US), found, -1.0)
        best = found.argmax(axis=1)
        for post, title in enumerate(best.tolist()):
            if found[post, title] > 0:
                scores.append(float(found[post, title]))
                right.append(block.titles.keys[title] in answers[post])
    return judged(scores, right, corpus.answerable())


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
    least = [
        np.where((grams * day.is_pair)[:, None, :] > 0, hashes[None], hashes.size).min(axis=2)
        for grams in (day.post_grams, day.title_grams)
    ]
    alike: Floats = (least[0][:, None, :] == least[1][None]).mean(axis=2)
    return alike


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
    many = thinned(tagged)
    shipped = read_model()
    half = len(many.texts) // 2
    later = [row >= half for row in range(len(many.texts))]
    refitted, _ = learn(many.posts_where([not is_later for is_later in later]), share=1.0)
    lines = [
        f"### Links by text on {len(many.texts)} real posts, hashtags taken out",
        "",
        f"Posts of one account, January to April 2020, against {len(many.titles):,} real topics of "
        f"the same months (its hashtags and the hot lists), in the window. {many.answerable()} "
        "posts have an answer in the window; the others count as posts without one. Thresholds "
        "of this table are swept, every method at its best.",
        "",
        "| method | first guess right | precision at recall .50 | recall at precision .90 |",
        "|---|---|---|---|",
    ]
    for name, method in METHODS.items():
        try:
            lines.append(_row(name, of_method(many, method)))
        except ModuleNotFoundError as missing:
            lines.append(f"| {name} | {missing.name} is not installed | | |")
    lines += [
        _row(f"**the shipped model** ({shipped.id})", of_model(many, shipped)),
        "",
        f"| links from the automatic threshold on ({shipped.link_at:g}; refitted "
        f"{refitted.link_at:g}) | posts | with an answer | links | precision | recall |",
        "|---|---|---|---|---|---|",
        _linked("shipped model", many, shipped),
        _of_draws(f"shipped, mean of {DRAWS} draws of the topics", tagged, shipped),
        _linked("shipped model, later half of the posts", many.posts_where(later), shipped),
        _linked("refitted to the earlier half, later half", many.posts_where(later), refitted),
        _linked(f"shipped, all {len(tagged.titles):,} topics", tagged, shipped),
        _linked("shipped, half of the hashtags withheld", withheld(tagged), shipped),
        _linked(f"shipped, hot lists alone ({len(lists.titles):,} topics)", lists, shipped),
        _linked("shipped, `truth/topic_link_*`", truth(lists, tagged, real), shipped),
        _linked("shipped, `topic_linking` (no times: one window)", takg(real), shipped),
        "",
        *_silence(tagged, shipped),
        "",
        *_calibration(many, shipped),
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, found: Judged) -> str:
    return (
        f"| {name} | {found.recall_at_1:.3f} | {found.precision_at(0.5):.3f} "
        f"| {found.recall_at(0.9):.3f} |"
    )


def _linked(name: str, corpus: Corpus, model: Model) -> str:
    links, precision, recall = of_model(corpus, model).linked_from(model.link_at)
    return (
        f"| {name} | {len(corpus.texts)} | {corpus.answerable()} | {links} | {precision:.3f} "
        f"| {recall:.3f} |"
    )


def _of_draws(name: str, corpus: Corpus, model: Model) -> str:
    found = [
        of_model(thinned(corpus, seed), model).linked_from(model.link_at) for seed in range(DRAWS)
    ]
    links, precision, recall = np.array(found).mean(axis=0)
    least = np.array(found).min(axis=0)
    return (
        f"| {name} (least) | {len(corpus.texts)} | {corpus.answerable()} | {links:.0f} "
        f"| {precision:.3f} ({least[1]:.3f}) | {recall:.3f} ({least[2]:.3f}) |"
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


def _calibration(corpus: Corpus, model: Model) -> list[str]:
    """How often links of a stated probability are right."""
    found = of_model(corpus, model)
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
