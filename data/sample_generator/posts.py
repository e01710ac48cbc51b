"""What was posted: routine posts, reposts, answers to incidents, denials of rumours."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from . import wording
from .accounts import Account
from .places import NATION, Place, counties
from .study_period import DAY, DAYS, END, HOUR, SECOND_LIST_DAY, START, day_of, second_at
from .topics import Topic
from .weibo_ids import bid_of, mid_at

_HOURS = (0, 1, 6, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 14, 14, 15, 15, 16, 16, 17, 17,
          18, 19, 20, 20, 21, 22, 23)  # fmt: skip
_REPOST_SHARE = 0.13
_ANSWERED_SHARE = 0.57
_UNTAGGED_SHARE = 0.06
_EARLY_SHARE = 0.08
_MEDIAN_HOURS = 6.0
_SPREAD = 1.35
_TAU_HOURS = 11.0
"""Reactions approach their final number with this time constant."""


@dataclass(eq=False)
class Post:
    """One post. The three counts are where it ends; `counts_at` gives them at an age."""

    mid: int
    account: Account
    second: int
    text: str
    reposts: int
    comments: int
    likes: int
    original: Post | None = None

    @property
    def bid(self) -> str:
        return bid_of(self.mid)

    @property
    def url(self) -> str:
        return f"https://weibo.com/{self.account.uid}/{self.bid}"

    def counts_at(self, second: int) -> tuple[int, int, int]:
        """Reposts, comments and likes as they stand at an instant."""
        hours = max(second - self.second, 0) / HOUR
        share = 1 - math.exp(-hours / _TAU_HOURS)
        return int(self.reposts * share), int(self.comments * share), int(self.likes * share)


@dataclass
class Coverage:
    """How officials met one incident: the truth that a reader of the sample should find."""

    topic: Topic
    first_seen_at: int | None
    style: str
    """`answered`, `early`, `untagged` or `none`."""
    first_post: Post | None = None


@dataclass
class Rebuttal:
    """A rumour and the official post that denies it."""

    claim: str
    place: Place
    claimed_at: int
    post: Post


class PostWriter:
    """Writes posts with ids that no other post has."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[int] = set()

    def write(
        self,
        account: Account,
        second: int,
        text: str,
        attention: float = 1.0,
        original: Post | None = None,
    ) -> Post:
        """One post; attention multiplies the reactions a routine post would get."""
        mid = mid_at(second, self._rng)
        while mid in self._used:
            mid = mid_at(second, self._rng)
        self._used.add(mid)
        reach = attention * (account.followers[-1] + 500) ** 0.62 / 28
        if original is not None:
            reach *= 0.2
        counts = [int(reach * share * self._rng.lognormvariate(0, 0.9)) for share in (0.5, 0.6, 2)]
        return Post(mid, account, second, text, counts[0], counts[1], counts[2], original)


def routine_posts(accounts: list[Account], writer: PostWriter, rng: Random) -> list[Post]:
    """Everything that is not about an incident, about 12 % of it reposts."""
    posts: list[Post] = []
    heads: list[Post] = []
    for day in DAYS:
        todays = [
            _routine_post(account, day, heads, writer, rng)
            for account in accounts
            if account.posts_on(day) and is_collected(account, day)
            for _ in range(_poisson(account.posts_a_day, rng))
        ]
        leaders = [
            post
            for post in todays
            if post.original is None and post.account.level in ("ministry", "province")
        ]
        heads = leaders or heads
        posts += todays
    return posts


def is_collected(account: Account, day: date) -> bool:
    """Whether some post collector follows the account on that day."""
    return account.collector != "none" and (
        account.listed != "second" or second_at(day) >= second_at(SECOND_LIST_DAY) - DAY
    )


def _routine_post(
    account: Account, day: date, heads: list[Post], writer: PostWriter, rng: Random
) -> Post:
    second = second_at(day, rng.choice(_HOURS), rng.randrange(60), rng.randrange(60))
    place = account.place.name if account.place is not NATION else "各地"
    if heads and rng.random() < _REPOST_SHARE:
        original = rng.choice(heads)
        if original.account is not account:
            comment = wording.repost_comment(rng, place)
            return writer.write(account, second, comment, original=original)
    return writer.write(account, second, wording.routine(rng, account.kind, place))


def _poisson(mean: float, rng: Random) -> int:
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def answers(
    incidents: list[Topic],
    seen: dict[str, int],
    accounts: list[Account],
    writer: PostWriter,
    rng: Random,
) -> tuple[list[Post], list[Coverage]]:
    """Posts about incidents, and per incident how it was met."""
    desk = _Desk(accounts, writer, rng)
    ledger = [desk.cover(topic, seen.get(topic.title)) for topic in incidents]
    return desk.posts, ledger


class _Desk:
    """Decides who answers an incident, when, and with which words."""

    def __init__(self, accounts: list[Account], writer: PostWriter, rng: Random) -> None:
        self._rng = rng
        self._writer = writer
        self._accounts = [
            account
            for account in accounts
            if account.listed == "first"
            and account.collector != "none"
            and not (account.gone_on or account.silent_from or account.away)
        ]
        self.posts: list[Post] = []

    def cover(self, topic: Topic, seen: int | None) -> Coverage:
        """Answer one incident or leave it unanswered."""
        draw = self._rng.random()
        if seen is None or draw > _ANSWERED_SHARE + _UNTAGGED_SHARE:
            return Coverage(topic, seen, "none")
        if draw > _ANSWERED_SHARE:
            return self._answer(topic, seen, "untagged", self._delay())
        if self._rng.random() < _EARLY_SHARE:
            return self._answer(topic, seen, "early", -self._lead(topic, seen))
        coverage = self._answer(topic, seen, "first", self._delay())
        self._follow_up(coverage)
        return coverage

    def _delay(self) -> int:
        hours = _MEDIAN_HOURS * self._rng.lognormvariate(0, _SPREAD)
        return int(min(max(hours, 0.1), 12 * 24) * HOUR)

    def _lead(self, topic: Topic, seen: int) -> int:
        hours = min(2.5 * self._rng.lognormvariate(0, 0.8), 40)
        return int(hours * HOUR) + seen - topic.listed_from

    def _answer(self, topic: Topic, seen: int, style: str, delay: int) -> Coverage:
        second = max(seen + delay, START + HOUR)
        if second >= END:
            return Coverage(topic, seen, "none")
        account = self._responder(topic.place)
        post = self._post(account, second, topic, style)
        name = "answered" if style == "first" else style
        return Coverage(topic, seen, name, post)

    def _follow_up(self, coverage: Coverage) -> None:
        first = coverage.first_post
        if first is None:
            return
        topic, second = coverage.topic, first.second
        for _ in range(self._rng.choice((0, 0, 1, 1, 2))):
            second += int(self._rng.uniform(2, 40) * HOUR)
            if second < END:
                self._post(self._responder(topic.place), second, topic, "follow_up")
        if self._rng.random() < 0.15 and second + HOUR < END:
            media = [account for account in self._accounts if account.kind == "state_media"]
            self._post(self._rng.choice(media), second + HOUR, topic, "follow_up")

    def _post(self, account: Account, second: int, topic: Topic, style: str) -> Post:
        text = wording.answer(self._rng, style, topic.title, topic.place.name, topic.event, second)
        post = self._writer.write(account, second, text, attention=9)
        self.posts.append(post)
        return post

    def _responder(self, place: Place) -> Account:
        """Mostly the county's or prefecture's police, now and then someone else."""
        tests: list[tuple[float, Callable[[Account], bool]]] = [
            (0.42, lambda a: a.level == "county" and a.place.code == place.code),
            (0.72, lambda a: a.level == "prefecture" and a.place.code == place.prefecture_code),
            (0.79, lambda a: a.level == "station" and a.place.code == place.code),
            (0.96, lambda a: a.level == "province" and a.place.province == place.province),
            (1.00, lambda a: a.level == "ministry"),
        ]
        draw = self._rng.random()
        for limit, fits in tests:
            found = [a for a in self._accounts if a.kind != "state_media" and fits(a)]
            if draw < limit and found:
                return self._rng.choice(found)
        return self._rng.choice([a for a in self._accounts if a.level == "ministry"])


def pinned_posts(
    pinned: list[Topic], accounts: list[Account], writer: PostWriter, rng: Random
) -> list[Post]:
    """Some accounts carry the editorially placed topics; these are no answers to the public."""
    carriers = [a for a in accounts if a.level in ("ministry", "province") and a.kind != "officer"]
    posts = []
    for topic in pinned:
        for account in rng.sample(carriers, 3):
            second = topic.listed_from + rng.randint(6 * HOUR, 4 * DAY)
            closing = rng.choice(("为样板点赞。", "用心看。", "转给朋友。"))
            text = f"#{topic.title}# 一起关注，{closing}"
            posts.append(writer.write(account, second, text, attention=2))
    return posts


def rebuttals(
    count: int, accounts: list[Account], writer: PostWriter, rng: Random
) -> list[Rebuttal]:
    """Rumours with the post that denies each, by the police of the place."""
    places = {place.name: place for place in counties()}
    police = {
        a.place.code: a
        for a in accounts
        if a.kind == "organ" and a.level == "county" and a.listed == "first"
    }
    found: list[Rebuttal] = []
    for claim in wording.claims(list(places), rng):
        place = next(place for name, place in places.items() if name in claim)
        account = police[place.code]
        claimed_at = START + rng.randrange(2 * DAY, 55 * DAY)
        second = claimed_at + int(rng.lognormvariate(2.4, 0.9) * HOUR)
        usable = second < END and account.posts_on(day_of(second))
        if usable and not (account.gone_on or account.collector == "none"):
            text = wording.rebuttal(rng, claim, place.name)
            post = writer.write(account, second, text, attention=6)
            found.append(Rebuttal(claim, place, claimed_at, post))
        if len(found) == count:
            break
    return found
