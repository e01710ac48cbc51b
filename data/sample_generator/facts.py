"""The truth that was planted: what a correct reader of the sample should find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from .accounts import Account
from .hot_list import HTML_HOUR, MISSING_HOURS
from .posts import Coverage
from .study_period import HOUR, wall
from .world import World


def facts(world: World) -> dict[str, Any]:
    """Counts, holes of the archive, and how every incident was met."""
    styles = Counter(entry.style for entry in world.coverage)
    return {
        "accounts": dict(Counter(account.kind for account in world.accounts)),
        "accounts_listed": dict(Counter(account.listed for account in world.accounts)),
        "births": _named(world, lambda a: a.listed == "never"),
        "vanished": _named(world, lambda a: a.gone_on is not None),
        "away_and_back": _named(world, lambda a: bool(a.away)),
        "renamed": _named(world, lambda a: a.renamed_on is not None),
        "posts": len(world.posts),
        "reposts": sum(post.original is not None for post in world.posts),
        "hot_topics_on_the_list": len({r.topic.title for s in world.slots for r in s.rows}),
        "incidents": len(world.incidents),
        "incidents_answered_with_hashtag": styles["answered"] + styles["early"],
        "of_these_before_the_first_sighting": styles["early"],
        "incidents_answered_without_hashtag": styles["untagged"],
        "incidents_never_answered": styles["none"],
        "missing_hours": sorted(f"{day} {hour:02d}" for day, hour in MISSING_HOURS),
        "html_hour": f"{HTML_HOUR[0]} {HTML_HOUR[1]:02d}",
        "coverage": [_entry(entry) for entry in world.coverage],
    }


def _named(world: World, fits: Callable[[Account], bool]) -> list[str]:
    return [f"{a.uid} {a.screen_name}" for a in world.accounts if fits(a)]


def _entry(entry: Coverage) -> dict[str, Any]:
    found: dict[str, Any] = {"title": entry.topic.title, "style": entry.style}
    if entry.first_seen_at is not None:
        found["first_seen"] = wall(entry.first_seen_at)
    if entry.first_post is not None and entry.first_seen_at is not None:
        post = entry.first_post
        found["post_id"] = str(post.mid)
        found["account_id"] = post.account.uid
        found["response_hours"] = round((post.second - entry.first_seen_at) / HOUR, 4)
    return found
