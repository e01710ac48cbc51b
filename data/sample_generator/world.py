"""The whole invented world, built once and read by every source."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from . import posts as post_rules
from .accounts import Account, build_accounts
from .hot_list import Slot, build_slots, first_sightings
from .posts import Coverage, Post, PostWriter, Rebuttal
from .topics import Topic, build_incidents, pinned_topics

SEED = "observatory sample 1"
_REBUTTAL_COUNT = 46


@dataclass(frozen=True)
class World:
    """Who exists, what stood on the hot list, what was posted about it."""

    accounts: list[Account]
    incidents: list[Topic]
    slots: list[Slot]
    posts: list[Post]
    coverage: list[Coverage]
    rebuttals: list[Rebuttal]

    def account(self, screen_name: str) -> Account:
        """The account that starts with this name."""
        return next(a for a in self.accounts if a.screen_name == screen_name)


def stream(name: str) -> Random:
    """Random numbers of one part, so that a change there leaves all others as they are."""
    return Random(f"{SEED}: {name}")


def build_world() -> World:
    """Build everything from the seed."""
    accounts = build_accounts(stream("accounts"))
    incidents = build_incidents(stream("incidents"))
    slots = build_slots(incidents, stream("hot list"))
    writer = PostWriter(stream("post ids"))
    routine = post_rules.routine_posts(accounts, writer, stream("routine"))
    answers, coverage = post_rules.answers(
        incidents, first_sightings(slots), accounts, writer, stream("answers")
    )
    pinned = post_rules.pinned_posts(pinned_topics(), accounts, writer, stream("pinned"))
    denials = post_rules.rebuttals(_REBUTTAL_COUNT, accounts, writer, stream("rebuttals"))
    everything = routine + answers + pinned + [denial.post for denial in denials]
    everything.sort(key=lambda post: post.mid)
    return World(accounts, incidents, slots, everything, coverage, denials)
