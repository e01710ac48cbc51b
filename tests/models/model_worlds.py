"""Invented rows for tests of the dbt project: a small world of accounts, posts and hot lists.

Everything is drawn from a seeded generator; no row describes anything real.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from model_warehouse import instant

START = instant("2020-03-24 01:00")
DAYS = 24
KINDS = ("organ", "officer", "state_media")
LEVELS = ("province", "prefecture", "county", None)
REGIONS = ("110000", "120000", None)
STATES = ("present", "present", "present", "present", "hidden", "not_found", "fetch_failed")

Tables = dict[str, list[dict[str, Any]]]


def _shown(rng: random.Random, number: int) -> dict[str, int | None]:
    """A count as its site shows it: exact, rounded to thousands, or open above."""
    shape = rng.random()
    if shape < 0.6:
        return {"lo": number, "hi": number}
    if shape < 0.9:
        return {"lo": number - 1000, "hi": number + 1000}
    return {"lo": number, "hi": None}


def accounts(rng: random.Random) -> list[dict[str, Any]]:
    people = []
    for n in range(14):
        kind = KINDS[n % 3]
        joins = rng.choice((0, 0, 0, 5, 11))
        registered = START + timedelta(days=rng.uniform(-900, -1))
        if joins and n % 2:
            # Found within hours of its registration: a birth.
            registered = START + timedelta(days=joins) - timedelta(hours=rng.uniform(1, 6))
        people.append(
            {
                "platform": "tencent" if n % 5 == 4 else "weibo",
                "account_id": f"p:{n:04d}" if kind == "officer" else f"{1000 + n}",
                "account_kind": kind,
                "admin_level": LEVELS[n % 4],
                "region_code": REGIONS[n % 3],
                "scope_evidence": ("listed", "declared", "verified")[n % 3] if n < 12 else None,
                "registered_at": None if n % 6 == 5 else registered,
                "joins": joins,
            }
        )
    return people


def _name(person: dict[str, Any], day: int) -> str | None:
    """Two accounts change their names, the second to the one that the first gave up."""
    account = person["account_id"]
    if person["account_kind"] == "officer":
        return None
    if account == "1003" and day >= 12:
        return "name0"
    return "name1003" if account == "1006" and day > 14 else f"name{account}"


def snapshots(rng: random.Random, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for person in people:
        followers = rng.randint(2_000, 3_000_000)
        for day in range(person["joins"], DAYS):
            if rng.random() < 0.15:
                continue
            for _ in range(rng.choice((1, 1, 2))):
                followers += rng.randint(-200, 900)
                shown = _shown(rng, followers)
                state = rng.choice(STATES)
                seen = state not in ("not_found", "fetch_failed")
                rows.append(
                    {
                        **{k: person[k] for k in ("platform", "account_id", "registered_at")},
                        "observed_at": START + timedelta(days=day, minutes=rng.randint(0, 1300)),
                        "screen_name": _name(person, day),
                        "verified_type": "-1"
                        if person["account_id"] == "1003" and day > 15
                        else "1",
                        "account_kind": person["account_kind"] if rng.random() < 0.7 else None,
                        "admin_level": person["admin_level"],
                        "region_code": person["region_code"],
                        "scope_evidence": person["scope_evidence"],
                        "account_state": state,
                        "followers_lo": shown["lo"] if seen else None,
                        "followers_hi": shown["hi"] if seen else None,
                        "source_name": f"crawl_{person['platform']}",
                        "file_sha256": f"sha{day:02d}",
                    }
                )
    return rows


def hot_topics(rng: random.Random) -> list[dict[str, Any]]:
    rows = []
    for hour in range(DAYS * 24):
        if rng.random() < 0.05:
            continue
        at = START + timedelta(hours=hour)
        rows += [
            {
                "platform": "weibo",
                "list_name": "top",
                "slot_at": at,
                "seen_lo_at": at,
                "seen_hi_at": at,
                "topic": f"Topic {topic}",
                "topic_key": f"topic{topic}",
                "rank": rank,
                "is_ad": rank == 3,
                "is_pinned": False,
                "source_name": "hourly_lists",
                "file_sha256": f"hot{hour:04d}",
            }
            for rank, topic in enumerate(sorted({hour // 9, hour // 9 + 1, 900}), start=1)
        ]
    return rows


def posts(rng: random.Random, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for n in range(260):
        person = rng.choice(people)
        official = person["scope_evidence"] is not None
        hour = rng.uniform(0, DAYS * 24 - 30)
        at = START + timedelta(hours=hour)
        keys = [f"topic{max(0, int(hour // 9) - rng.randint(0, 3))}", "daily"][
            : rng.choice((0, 1, 2))
        ]
        for version in range(rng.choice((1, 1, 1, 2))):
            rows.append(
                {
                    "platform": person["platform"],
                    "post_id": f"{n:05d}" if official else f"p:{n:05d}",
                    "account_id": person["account_id"],
                    "posted_at": at,
                    "posted_at_source": "api",
                    "posted_at_precision": rng.choice(("second", "minute")),
                    "text": f"text {n} v{version}" if official else None,
                    "hashtags": [key.title() for key in keys],
                    "hashtag_keys": keys,
                    "kind": "original",
                    "is_repost": False,
                    "is_official": official,
                    "account_state": rng.choice((None, None, None, "deleted_by_author")),
                    "observed_at": at + timedelta(hours=rng.uniform(0.1, 29)),
                    "source_name": f"crawl_{person['platform']}",
                    "file_id": f"f{version}",
                    "file_sha256": f"sha{version}",
                }
            )
    return rows


def metrics(rng: random.Random, posts_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for post in posts_:
        for _ in range(rng.choice((0, 1, 3))):
            shown = _shown(rng, rng.randint(1000, 90_000))
            rows.append(
                {
                    **{k: post[k] for k in ("platform", "post_id", "account_id", "source_name")},
                    # Whole hours, so that two sources sometimes see the same instant.
                    "observed_at": (
                        post["posted_at"] + timedelta(hours=rng.randint(1, 60))
                    ).replace(minute=0, second=0, microsecond=0),
                    "likes_lo": shown["lo"],
                    "likes_hi": shown["hi"],
                    "reposts_lo": rng.choice((None, 5, 9)),
                    "file_sha256": f"m{rng.randint(0, 9)}",
                }
            )
            rows[-1]["reposts_hi"] = rows[-1]["reposts_lo"]
    end = max(row["observed_at"] for row in posts_)
    return [row for row in rows if row["observed_at"] <= end]


def rulings(rng: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "platform": "weibo",
            "ruling_id": f"r{n}",
            "claimed_at": START + timedelta(hours=rng.uniform(0, 400)),
            "posted_at_precision": rng.choice(("minute", "day")),
            "verdict": "false",
            "claim_text": f"claim {n}",
            "hashtag_keys": [f"topic{n * 4}"],
            "cited_post_ids": [f"{n:05d}"],
            "observed_at": START + timedelta(days=20),
            "source_name": "rulings",
        }
        for n in range(12)
    ]


def articles(rng: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "article_id": f"{n:016x}",
            "outlet": "example.org",
            "title": f"Topic {n * 5}",
            "title_key": f"topic{n * 5}",
            "published_at": START + timedelta(hours=rng.uniform(0, 400)),
            "published_at_precision": rng.choice(("second", "day")),
            "observed_at": START + timedelta(days=rng.randint(17, 22)),
            "source_name": "articles",
        }
        for n in range(10)
    ]


def inquiries(rng: random.Random) -> list[dict[str, Any]]:
    """Questions to a board, some of them seen open and later answered."""
    rows = []
    for n in range(40):
        at = START + timedelta(hours=rng.uniform(0, 450))
        answered = at + timedelta(hours=rng.uniform(1, 300))
        asked = {
            "inquiry_id": f"i{n:03d}",
            "asked_at": at,
            "addressee_text": rng.choice(("office a", "office b", None)),
            "region_code": rng.choice(REGIONS),
            "observed_at_source": "declared",
            "source_name": "board",
        }
        for day in (8, 16, 23):
            looked = START + timedelta(days=day)
            if looked < at or rng.random() < 0.2:
                continue
            done = answered <= looked
            state = "answered" if done else rng.choice(("open", "in_progress"))
            rows.append(
                {
                    **asked,
                    "status": state,
                    "answered_at": answered if done else None,
                    "observed_at": looked,
                    "file_id": f"i{day}",
                    "file_sha256": f"board{day:02d}",
                }
            )
    return rows


def comments(rng: random.Random, posts_: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What people write under official posts, and what their authors reply."""
    rows = []
    official = [row for row in posts_ if row["is_official"]]
    for n in range(80):
        post = rng.choice(official)
        at = post["posted_at"] + timedelta(hours=rng.uniform(0, 20))
        common = {
            "platform": post["platform"],
            "post_id": post["post_id"],
            "observed_at": at + timedelta(hours=9),
            "observed_at_source": "record",
            "source_name": "comments",
        }
        rows.append(
            {**common, "comment_id": f"p:c{n}", "account_id": f"p:x{n % 9}", "commented_at": at,
             "is_official": False}
        )  # fmt: skip
        if rng.random() < 0.4:
            rows.append(
                {**common, "comment_id": f"c{n}", "account_id": post["account_id"],
                 "commented_at": at + timedelta(hours=rng.uniform(0, 8)), "is_official": True,
                 "text": rng.choice(("thanks", "noted")), "reply_to_comment_id": f"p:c{n}"}
            )  # fmt: skip
    return rows


def deletions(rng: random.Random) -> list[dict[str, Any]]:
    """Posts that were ruled on and then went."""
    return [
        {
            "platform": "weibo",
            "post_id": f"r{n}",
            "seen_until_at": START + timedelta(hours=rng.uniform(0, 400)),
            "missing_at": START + timedelta(hours=rng.uniform(400, 500)),
            "account_state": "deleted_by_author",
            "observed_at": START + timedelta(days=22),
            "source_name": "rulings",
        }
        for n in range(0, 12, 3)
    ]


def small_world(seed: int = 7) -> Tables:
    rng = random.Random(seed)
    people = accounts(rng)
    post_rows = posts(rng, people)
    tables = {
        "core.account_snapshots": snapshots(rng, people),
        "core.posts": post_rows,
        "core.post_metric_snapshots": metrics(rng, post_rows),
        "core.hot_topic_slots": hot_topics(rng),
        "core.articles": articles(rng),
        "core.rulings": rulings(rng),
        "core.inquiries": inquiries(rng),
        "core.comments": comments(rng, post_rows),
        "core.deletions": deletions(rng),
    }
    # A record keeps its number whenever and in whatever order it is delivered.
    for rows in tables.values():
        for number, row in enumerate(rows, start=1):
            row["record_number"] = number
    return tables


def split(world: Tables, rng: random.Random, parts: int) -> list[Tables]:
    """The same rows in several deliveries, mostly by time; some rows come deliveries too late."""
    deliveries: list[Tables] = [{name: [] for name in world} for _ in range(parts)]
    for name, rows in world.items():
        for row in rows:
            day = ((row.get("observed_at") or row["seen_hi_at"]) - START).days
            due = min(max(day, 0) * parts // DAYS, parts - 1)
            late = rng.random() < 0.02
            deliveries[rng.randrange(due, parts) if late else due][name].append(row)
    return deliveries
