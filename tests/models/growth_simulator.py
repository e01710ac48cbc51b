"""A world of 5,000 official accounts over two years, and what a weekly crawler sees of it.

`Truth` is what happened and is never written anywhere the models look. `crawl` turns it into rows
of core.account_snapshots and core.posts: states and counts as displayed, rounded or open above,
with nights that fail for everybody, fetches that fail for one, purges, and counts shown as zero.
Everything is drawn from a seeded generator; no row describes anything real.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import polars as pl

START = datetime(2020, 1, 5, 1, tzinfo=UTC)  # a Sunday, 09:00 in Shanghai: ends of local weeks
WEEKS = 104
ACCOUNTS = 5_000
OUTAGES = frozenset({17, 18, 61})
"""Weeks in which the crawler brought nothing."""
PURGE_WEEK = 40
"""Everybody loses followers at once; the next week confirms it."""
FALSE_PURGE_WEEK = 70
"""Half of all counts are shown far too low once; the next week takes it back."""
KINDS = ("organ", "organ", "organ", "organ", "state_media", "other_government", "officer")
LEVELS = ("province", "prefecture", "county", "station")
REGIONS = ("110000", "310000", "420000", "500000", "620000")


@dataclass
class Account:
    number: int
    kind: str
    level: str
    region: str
    registered_at: datetime
    joins: int
    """First week in which the crawler's list names it."""
    dies: int | None
    revives: int | None
    renamed: int | None
    reclassified: int | None
    posts_every: float
    """Days between posts; infinite for the silent."""
    followers: list[int] = field(default_factory=list)

    @property
    def account_id(self) -> str:
        return f"{'p:' if self.kind == 'officer' else ''}{100_000 + self.number}"

    def is_alive(self, week: int) -> bool:
        gone = self.dies is not None and week >= self.dies
        return not gone or (self.revives is not None and week >= self.revives)

    def level_in(self, week: int) -> str:
        moved = self.reclassified is not None and week >= self.reclassified
        return LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)] if moved else self.level


def night(week: int) -> datetime:
    return START + timedelta(weeks=week)


def local_day(week: int) -> date:
    return (night(week) + timedelta(hours=8)).date()


def population(seed: int = 20) -> list[Account]:
    rng = random.Random(seed)
    people = []
    for number in range(ACCOUNTS):
        joins, registered = 0, START - timedelta(days=rng.uniform(30, 3000))
        if number % 5 == 0:  # born during the study, found by the next crawl
            joins = rng.randrange(1, WEEKS)
            registered = night(joins) - timedelta(hours=rng.uniform(1, 7 * 24 - 1))
        elif number % 5 == 1:  # old, and only noticed during the study
            joins = rng.randrange(1, WEEKS)
        dies = rng.randrange(joins + 2, WEEKS + 60) if rng.random() < 0.3 else None
        dies = dies if dies is not None and dies < WEEKS else None
        revives = dies + rng.randrange(3, 12) if dies is not None and rng.random() < 0.4 else None
        account = Account(
            number, rng.choice(KINDS), rng.choice(LEVELS), rng.choice(REGIONS), registered, joins,
            dies, revives if revives is not None and revives < WEEKS else None,
            rng.randrange(WEEKS) if rng.random() < 0.2 else None,
            rng.randrange(joins + 1, WEEKS + 40) if rng.random() < 0.05 else None,
            rng.choice((5.0, 10.0, 25.0, 70.0, float("inf"))),
        )  # fmt: skip
        count = rng.randint(300, 4_000_000)
        for week in range(WEEKS):
            count = max(100, round(count * (1 + rng.uniform(-0.002, 0.006))))
            if week == PURGE_WEEK:
                count = round(count * 0.7)
            account.followers.append(count)
        people.append(account)
    return people


def displayed(count: int) -> tuple[int, int | None]:
    """As the site shows it: exact, in thousands with its quantum either way, or open above."""
    if count < 10_000:
        return count, count
    if count < 3_500_000:
        shown = count // 1000 * 1000
        return shown - 1000, shown + 1000
    return 3_500_000, None


def crawl(people: list[Account], seed: int = 21) -> tuple[pl.DataFrame, pl.DataFrame]:
    """core.account_snapshots and core.posts, as far as they are filled."""
    rng = random.Random(seed)
    rows, posts = [], []
    for account in people:
        seen_alive = False
        for week in range(account.joins, WEEKS):
            if week in OUTAGES:
                continue
            alive = account.is_alive(week)
            state = "present" if alive else rng.choice(("not_found", "removed_by_platform"))
            # Somebody's list brings a new account together with a visit that works.
            if seen_alive and rng.random() < 0.03:
                state = "fetch_failed"
            seen_alive = seen_alive or state == "present"
            lo: int | None = None
            hi: int | None = None
            if state == "present":
                lo, hi = displayed(account.followers[week])
                chance = rng.random()
                if week == FALSE_PURGE_WEEK and chance < 0.5:
                    lo, hi = displayed(max(1, lo // 3))
                elif chance < 0.001:
                    lo, hi = 0, 0
            name = f"name{account.number}"
            if account.renamed is not None and week >= account.renamed:
                name = f"renamed{account.number}"
            rows.append(
                (
                    "weibo", account.account_id,
                    night(week) + timedelta(seconds=account.number % 3000),
                    "record", None if account.kind == "officer" else name, account.kind,
                    account.level_in(week), account.region, "declared", account.registered_at,
                    state, lo, hi, "weekly_crawl", f"f{week}", f"sha{week}", account.number,
                )
            )  # fmt: skip
        if account.posts_every < float("inf"):
            day = rng.uniform(0, account.posts_every)
            first = max(account.registered_at, START - timedelta(days=100))
            at = first + timedelta(days=day)
            while at < night(WEEKS - 1):
                week = max(0, (at - START).days // 7)
                if account.is_alive(week):
                    posts.append((account.account_id, at, len(posts)))
                at += timedelta(days=account.posts_every)
    snapshots = pl.DataFrame(
        rows,
        schema=[
            "platform", "account_id", "observed_at", "observed_at_source", "screen_name",
            "account_kind", "admin_level", "region_code", "scope_evidence", "registered_at",
            "account_state", "followers_lo", "followers_hi", "source_name", "file_id",
            "file_sha256", "record_number",
        ],
        orient="row",
    )  # fmt: skip
    published = pl.DataFrame(posts, schema=["account_id", "posted_at", "number"], orient="row")
    return snapshots, published.select(
        pl.lit("weibo").alias("platform"),
        pl.col("number").cast(pl.String).alias("post_id"),
        "account_id",
        "posted_at",
        pl.lit("api").alias("posted_at_source"),
        pl.lit("second").alias("posted_at_precision"),
        pl.lit("original").alias("kind"),
        pl.lit(True).alias("is_official"),
        pl.col("posted_at").alias("observed_at"),
        pl.lit("record").alias("observed_at_source"),
        pl.lit("weekly_crawl").alias("source_name"),
        pl.lit("p").alias("file_id"),
        pl.lit("p").alias("file_sha256"),
        pl.col("number").alias("record_number"),
    )
