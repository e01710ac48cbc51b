"""Engagement at equal ages and survival of posts, against independent computations in plain Python
and lifelines on invented posts whose lives are known; growth between published figures.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from lifelines import KaplanMeierFitter
from model_warehouse import DbtServer, Warehouse, instant

START = instant("2020-03-01 00:00")
AGES = (1, 6, 24, 72, 168)
METRICS = ("reposts", "comments", "likes")
POSTS = 160
NIGHTS = 40


@dataclass
class Life:
    """One invented post: what is true of it, and what its nightly visitor saw."""

    post_id: str
    posted_at: datetime
    gone_at: datetime | None
    looks: list[datetime]

    @property
    def seen(self) -> list[datetime]:
        return [at for at in self.looks if self.gone_at is None or at < self.gone_at]

    @property
    def missed(self) -> datetime | None:
        return next((at for at in self.looks if self.gone_at and at >= self.gone_at), None)

    def age(self, at: datetime) -> float:
        return (at - self.posted_at) / timedelta(hours=1)


def lives(rng: random.Random) -> list[Life]:
    visits = [START + timedelta(days=n, hours=2) for n in range(NIGHTS)]
    found = []
    for n in range(POSTS):
        posted = START + timedelta(seconds=rng.randrange(25 * 86400), microseconds=n)
        lived = rng.expovariate(1 / 150) if rng.random() < 0.5 else None
        gone = posted + timedelta(hours=lived) if lived is not None else None
        found.append(Life(f"s{n}", posted, gone, [at for at in visits if at > posted]))
    return found


def post(post_id: str, posted_at: datetime, observed_at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "platform": "weibo", "account_id": "1", "post_id": post_id, "posted_at": posted_at,
        "posted_at_precision": "second", "posted_at_source": "api", "text": post_id,
        "kind": "original", "is_repost": False, "is_official": True, "observed_at": observed_at,
        "observed_at_source": "record", **more,
    }  # fmt: skip


def snapshot(post_id: str, at: datetime, counts: Any, **more: Any) -> dict[str, Any]:
    row = {"platform": "weibo", "account_id": "1", "post_id": post_id, "observed_at": at,
           "observed_at_source": "record"}  # fmt: skip
    for metric, (lo, hi) in zip(METRICS, counts, strict=True):
        row |= {f"{metric}_lo": lo, f"{metric}_hi": hi}
    return row | more


def curves(rng: random.Random) -> dict[str, list[tuple[float, list[tuple[int, int | None]]]]]:
    """Post to snapshots (age in hours, counts): growing, with a fall and an open end at times."""
    found = {}
    for n in range(60):
        ages = sorted(rng.uniform(0.3, 260) ** 1.0 for _ in range(rng.randrange(1, 9)))
        ages += [float(rng.choice(AGES))] if n % 7 == 0 else []
        level = [0, 0, 0]
        shown = []
        for age in sorted(ages):
            counts: list[tuple[int, int | None]] = []
            for k in range(3):
                level[k] = max(0, level[k] + rng.randint(-3 if n % 5 == 0 else 0, 60))
                rounded = rng.random() < 0.2
                hi = None if rng.random() < 0.03 else level[k] + (50 if rounded else 0)
                counts.append((max(0, level[k] - (50 if rounded else 0)), hi))
            shown.append((round(age * 3600) / 3600, counts))
        found[f"e{n}"] = shown
    return found


def at_equal_age(shown: list[tuple[float, Any]], age: int) -> dict[str, Any] | None:
    """The definition once more: nearest snapshots within half the age, straight line between."""
    near = [(at, counts) for at, counts in shown if age / 2 <= at <= age * 1.5]
    before = max((x for x in near if x[0] <= age), key=lambda x: x[0], default=None)
    after = min((x for x in near if x[0] >= age), key=lambda x: x[0], default=None)
    if before is None and after is None:
        return None
    before, after = before or after, after or before
    assert before is not None
    assert after is not None
    weight = (age - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 0.0
    found: dict[str, Any] = {"nearest": min(abs(before[0] - age), abs(after[0] - age))}
    for metric, one, two in zip(METRICS, before[1], after[1], strict=True):
        found[f"{metric}_lo"] = math.floor(round(one[0] + weight * (two[0] - one[0]), 6))
        open_end = one[1] is None or two[1] is None
        found[f"{metric}_hi"] = (
            None if open_end else math.ceil(round(one[1] + weight * (two[1] - one[1]), 6))
        )
    return found


OTHER_PLATFORMS = ("facebook", "threads", "twitter")
Rows = list[dict[str, Any]]


def looked_at(
    platform: str, post_id: str, posted: datetime, hours: Mapping[float, str | None], **more: Any
) -> Rows:
    """One version of a post for each look: its age in hours, and the state it was found in."""
    return [
        post(post_id, posted, posted + timedelta(hours=age), platform=platform,
             account_state=state, **more)
        for age, state in hours.items()
    ]  # fmt: skip


def copied() -> tuple[Rows, Rows]:
    """Posts that two looks missed, and copies of what was read before, dated by when they were
    made: one of the posts and one of their counts."""
    posted, posts, snapshots = START + timedelta(days=2), [], []
    states = {1: "present", 24: "present", 48: "not_found", 49: "not_found"}
    for n in range(12):
        at = posted + timedelta(minutes=n)
        posts += looked_at("facebook", f"c{n}", at, states)
        posts += looked_at("facebook", f"c{n}", at, {1440: None}, observed_at_source="file_mtime")
        copy = at + timedelta(days=61)
        snapshots.append(
            snapshot(f"c{n}", copy, [(1, 1)] * 3, platform="facebook",
                     observed_at_source="file_mtime")
        )  # fmt: skip
    return posts, snapshots


def dated_by_day() -> tuple[Rows, Rows]:
    """Of 24 posts dated by their day one half went within it, the other one stays."""
    midnight, posts = START + timedelta(days=2, hours=-8), []
    gone = {22: "present", 23: "present", 23.5: "not_found", 23.6: "not_found"}
    for n in range(12):
        for name, looks in (("gone", gone), ("stays", {22: "present", 100: "present"})):
            posts += looked_at("threads", f"{name}{n}", midnight, looks, posted_at_precision="day")
    return posts, []


def counted_apart() -> tuple[Rows, Rows]:
    """Two posts with the same counts, one of which a source of likes alone saw too."""
    posted, posts, snapshots = START + timedelta(days=3), [], []
    for post_id in ("alone", "both"):
        posts += looked_at("twitter", post_id, posted, {1: None})
        for age, counts in ((23, (10, 5, 3)), (25, (20, 7, 5))):
            at = posted + timedelta(hours=age)
            pairs = [(count, count) for count in counts]
            snapshots.append(snapshot(post_id, at, pairs, platform="twitter"))
    at = posted + timedelta(hours=23.5)
    unknown = (None, None)
    snapshots.append(snapshot("both", at, [unknown, unknown, (4, 4)], platform="twitter"))
    return posts, snapshots


OVER_TIME = ("--select", "+post_engagement", "+post_survival", "+claim_growth", "+posts")


@pytest.fixture(scope="module")
def shown() -> dict[str, list[tuple[float, Any]]]:
    return curves(random.Random(5))


@pytest.fixture(scope="module")
def known() -> list[Life]:
    return lives(random.Random(9))


@pytest.fixture(scope="module")
def over_time(
    tmp_path_factory: pytest.TempPathFactory,
    dbt: DbtServer,
    shown: dict[str, list[tuple[float, Any]]],
    known: list[Life],
) -> Warehouse:
    """Two nights: some snapshots and versions of old posts come with the second."""
    rng = random.Random(2)
    warehouse = Warehouse(tmp_path_factory.mktemp("over_time") / "observatory.duckdb", dbt)
    accounts = [
        {"platform": "weibo", "account_id": "1", "observed_at": START + timedelta(days=day),
         "account_kind": "organ", "scope_evidence": "listed", "account_state": "present",
         "followers_lo": 1000 + day, "followers_hi": 1000 + day}
        for day in range(0, 30, 5)
    ]  # fmt: skip
    # Nothing was counted on day 4, although a number came: day 5 shows it.
    zeroed = {"observed_at": START + timedelta(days=4), "followers_lo": 0, "followers_hi": 0}
    accounts.append(accounts[0] | zeroed)
    posts, snapshots, deletions = [], [], []
    for post_id, ages in shown.items():
        posted = START + timedelta(days=3)
        posts.append(post(post_id, posted, posted + timedelta(minutes=5)))
        snapshots += [snapshot(post_id, posted + timedelta(hours=a), counts) for a, counts in ages]
    for life in known:
        if not life.seen:
            continue
        posts.append(post(life.post_id, life.posted_at, life.seen[0]))
        snapshots += [snapshot(life.post_id, at, [(None, None)] * 3) for at in life.seen]
        if life.missed:
            deletions.append(
                {"platform": "weibo", "post_id": life.post_id, "account_id": "1",
                 "seen_until_at": life.seen[-1], "missing_at": life.missed,
                 "account_state": "not_found", "observed_at": life.missed,
                 "observed_at_source": "record"}
            )  # fmt: skip
    posted = START + timedelta(days=6)
    snapshots.append(snapshot("vague", posted + timedelta(hours=6), [(1, 1), (1, 1), (1, 1)]))
    snapshots.append(snapshot("vague", posted + timedelta(hours=72), [(4, 4), (4, 4), (4, 4)]))
    snapshots.append(
        snapshot("undated", posted + timedelta(hours=6), [(1, 1)] * 3,
                 observed_at_source="file_mtime")
    )  # fmt: skip
    posts.append(post("undated", posted, posted))
    # First believed to be two days older than it is: the second night knows better.
    posts.append(post("vague", posted - timedelta(days=2), posted, posted_at_precision="day"))
    later = [row for row in snapshots if rng.random() < 0.3]
    first = [row for row in snapshots if row not in later]
    for world in (copied(), dated_by_day(), counted_apart()):
        posts += world[0]
        first += world[1]
    accounts += [accounts[0] | {"platform": platform} for platform in OTHER_PLATFORMS]
    tables = {"core.account_snapshots": accounts, "core.posts": posts, "core.deletions": deletions}
    warehouse.load("n1", {**tables, "core.post_metric_snapshots": first})
    warehouse.build_models("n1", *OVER_TIME)
    warehouse.insert("meta.builds", [{"build_id": "n1", "outcome": "published"}])
    better = post("vague", posted, posted + timedelta(hours=1))
    warehouse.load("n2", {"core.post_metric_snapshots": later, "core.posts": [better]})
    warehouse.build_models("n2", *OVER_TIME)
    return warehouse


def test_counts_at_equal_ages_are_those_of_the_definition(
    over_time: Warehouse, shown: dict[str, list[tuple[float, Any]]]
) -> None:
    names = [f"{metric}_{end}" for metric in METRICS for end in ("lo", "hi")]
    rows = over_time.rows(
        f"""select post_id, age_hours, age_at_observation_hours, {", ".join(names)}
            from main.post_engagement where post_id like 'e%'"""
    )
    found = {(row[0], row[1]): row[2:] for row in rows}
    wanted = {
        (post_id, age): value
        for post_id, ages in shown.items()
        for age in AGES
        if (value := at_equal_age(ages, age)) is not None
    }
    assert set(found) == set(wanted)
    assert len(found) > 60
    for key, (nearest, *counts) in found.items():
        assert abs(nearest - key[1]) == pytest.approx(wanted[key]["nearest"], abs=1e-6), key
        assert counts == [wanted[key][name] for name in names], key


def test_engagement_sums_flags_falls_and_divides_by_followers_at_posting(
    over_time: Warehouse,
) -> None:
    assert over_time.one(
        """select count(*) from main.post_engagement
           where engagement_lo <> reposts_lo + comments_lo + likes_lo
              or engagement_lo > engagement_hi"""
    ) == (0,)
    kinds = over_time.rows(
        "select engagement_method, count(*) from main.post_engagement group by 1 order by 1"
    )
    assert [kind for kind, _ in kinds] == ["exact", "interpolated", "nearest"]
    fallen, rising = over_time.one(
        """select count(*) filter (where has_decrease), count(*) filter (where not has_decrease)
           from main.post_engagement"""
    )
    assert fallen > 0
    assert rising > fallen
    # Posted on day 3: counts of day 0 (1000) and of day 5 (1005) span the followers of that day; of
    # the suspect zero between them nothing is taken.
    assert over_time.rows(
        """select distinct followers_at_posting_lo, followers_at_posting_hi, followers_gap_days
           from main.post_engagement where post_id like 'e%'"""
    ) == [(1000, 1005, 2)]
    assert over_time.one(
        """select count(*) from main.post_engagement where post_id like 'e%' and (
               abs(engagement_per_follower_lo - engagement_lo / 1005) > 1e-9
            or abs(engagement_per_follower_hi - engagement_hi / 1000) > 1e-9
            or (engagement_hi is null) <> (engagement_per_follower_hi is null))"""
    ) == (0,)


def test_an_age_rests_on_what_is_known_of_both_times(over_time: Warehouse) -> None:
    # The better version dates the post two days later: 6 h and 72 h are exact, 24 h is too far.
    assert over_time.rows(
        """select age_hours, engagement_lo from main.post_engagement
           where post_id = 'vague' order by 1"""
    ) == [(6, 3), (72, 12)]
    assert over_time.rows("select * from main.post_engagement where post_id = 'undated'") == []


def test_growing_by_nights_is_the_same_as_building_whole(over_time: Warehouse) -> None:
    before = over_time.contents()
    over_time.build_models("whole", "--full-refresh", *OVER_TIME)
    after = over_time.contents()
    for table in ("main.post_engagement", "main.post_survival", "intermediate.int_post_engagement"):
        assert before[table] == after[table], table


@pytest.mark.parametrize("assumption", ["survival", "survival_earliest"])
def test_survival_is_that_of_lifelines_with_delayed_entry(
    over_time: Warehouse, known: list[Life], assumption: str
) -> None:
    watched = [life for life in known if life.seen and (life.missed or len(life.seen) > 1)]
    # The posts about engagement are seen too, and never go: leave them to the months.
    rows = over_time.rows(
        f"""select hours, {assumption}, curve_from_hours, at_risk from main.post_survival
            where period = 'all' and account_kind = 'all' and platform = 'weibo'
            order by hours"""
    )
    start = rows[0][2]
    assert start is not None
    entries, ends, events = [], [], []
    for life in watched:
        end = life.age(life.seen[-1])
        if life.missed:
            end = life.age(life.missed) if assumption == "survival" else end + 1e-6 / 3600
        entries.append(life.age(life.seen[0]))
        ends.append(end)
        events.append(life.missed is not None)
    for entry, end in _others(over_time):
        entries.append(entry)
        ends.append(end)
        events.append(False)
    late = [
        (max(a, start), b, c) for a, b, c in zip(entries, ends, events, strict=True) if b > start
    ]
    fitter = KaplanMeierFitter().fit(
        [b for _, b, _ in late], [c for *_, c in late], entry=[a for a, *_ in late]
    )
    compared = 0
    for hours, survival, _, at_risk in rows:
        if survival is None or at_risk < 1:
            continue
        assert survival == pytest.approx(float(fitter.predict(hours)), abs=2e-6), hours
        compared += survival < 1
    assert compared >= 4


def _others(warehouse: Warehouse) -> list[tuple[float, float]]:
    """Ages at first and last sighting of the posts that are not invented lives."""
    return warehouse.rows(
        """select date_diff('microsecond', posted_at, first_seen_at) / 3.6e9,
                  date_diff('microsecond', posted_at, last_seen_at) / 3.6e9
           from main.posts where post_id not like 's%' and last_seen_at > first_seen_at
             and posted_at is not null and platform = 'weibo'"""
    )


def test_posts_that_are_gone_lie_within_the_bounds(over_time: Warehouse, known: list[Life]) -> None:
    """Of posts that were ever seen, at ages well above the floor."""
    rows = over_time.rows(
        """select hours, survival_lo, survival_hi, gone_lo, gone_hi, detection_floor_hours
           from main.post_survival where period = 'all' and account_kind = 'organ'
             and platform = 'weibo' and hours in (72, 168) order by hours"""
    )
    assert [row[0] for row in rows] == [72, 168]
    for hours, lo, hi, gone_lo, gone_hi, floor in rows:
        gone = sum(1 for x in known if x.seen and x.missed and x.age(x.gone_at) <= hours)  # type: ignore[arg-type]
        assert gone_lo <= gone <= gone_hi
        assert 20 <= floor <= 25
        assert 0 < lo < hi < 1


def test_every_row_carries_the_floor_and_states_follow_reports(
    over_time: Warehouse, known: list[Life]
) -> None:
    assert over_time.one(
        "select count(*) from main.post_survival where detection_floor_hours is null"
    ) == (0,)
    gone = {
        row[0]
        for row in over_time.rows(
            "select post_id from main.posts where status = 'not_found' and platform = 'weibo'"
        )
    }
    assert gone == {life.post_id for life in known if life.seen and life.missed}


def survival_of(warehouse: Warehouse, platform: str) -> dict[float, dict[str, Any]]:
    """Hours to the row of all posts of a platform."""
    names = ("survival", "survival_earliest", "gone_lo", "gone_hi", "posts_watched", "at_risk",
             "curve_from_hours")  # fmt: skip
    rows = warehouse.rows(
        f"""select hours, {", ".join(names)} from main.post_survival
            where period = 'all' and account_kind = 'all' and platform = '{platform}'"""
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def test_a_copied_file_brings_no_deleted_post_back(over_time: Warehouse) -> None:
    assert over_time.rows(
        """select distinct status, date_diff('hour', posted_at, first_seen_at),
                  date_diff('hour', posted_at, last_seen_at)
           from main.posts where platform = 'facebook'"""
    ) == [("not_found", 1, 24)]
    rows = survival_of(over_time, "facebook")
    assert {row["posts_watched"] for row in rows.values()} == {12}
    assert [rows[hours]["gone_lo"] for hours in (24, 72)] == [0, 12]


def test_where_all_are_gone_nothing_is_left_at_any_later_age(over_time: Warehouse) -> None:
    rows = survival_of(over_time, "facebook")
    assert {hours: row["survival"] for hours, row in rows.items() if hours <= 24} == {
        1: None, 6: 1, 24: 1
    }  # fmt: skip
    later = [row for hours, row in rows.items() if hours > 24]
    assert {(row["survival"], row["survival_earliest"], row["at_risk"]) for row in later} == {
        (0, 0, 0)
    }


def test_a_post_dated_by_its_day_may_have_gone_at_once_and_tells_no_early_age(
    over_time: Warehouse,
) -> None:
    rows = survival_of(over_time, "threads")
    counted = {hours: (row["gone_lo"], row["gone_hi"]) for hours, row in rows.items()}
    assert counted[1] == counted[6] == (0, 12)
    assert counted[24] == (12, 12)
    early = [row for hours, row in rows.items() if hours < 48]
    assert {(row["survival"], row["survival_earliest"]) for row in early} == {(None, None)}
    assert rows[72]["curve_from_hours"] >= 47.9
    assert (rows[72]["survival"], rows[72]["at_risk"]) == (1, 12)


def test_each_count_is_taken_from_the_snapshots_that_have_it(over_time: Warehouse) -> None:
    assert over_time.rows(
        """select post_id, reposts_lo, comments_hi, likes_lo, likes_hi, engagement_lo,
                  engagement_method, age_at_observation_hours
           from main.post_engagement where platform = 'twitter' and age_hours = 24
           order by post_id"""
    ) == [
        ("alone", 15, 6, 4, 4, 25, "interpolated", 23),
        ("both", 15, 6, 4, 5, 25, "interpolated", 23),
    ]


PUBLISHED = (
    # earlier, later, days, doubling days as computed by hand from the printed figures
    ("C09+C10", "C17", 116, 112.4),
    ("C11", "C24", 312, 283.3),
    ("C20", "C27", 355, 196.6),
    ("C27", "C31", 376, 683.5),
    ("S01", "S02", 300, 74.2),
    ("S02", "S03", 131, 276.4),
)


@pytest.mark.parametrize(("earlier", "later", "days", "doubling"), PUBLISHED)
def test_doubling_times_of_published_figures(
    over_time: Warehouse, earlier: str, later: str, days: int, doubling: float
) -> None:
    found = over_time.one(
        f"""select elapsed_days, round(claimed_doubling_days, 1), refusal from main.claim_growth
            where earlier_figures = '{earlier}' and later_figures = '{later}'"""
    )
    assert found == (days, doubling, None)


def test_printed_rates_of_growth_are_reproduced(over_time: Warehouse) -> None:
    assert over_time.rows(
        """select later_figures, printed_percent, printed_verdict, earlier_value_origin
           from main.claim_growth
           where printed_percent is not null order by 1"""
    ) == [
        ("C20", 776.58, "reproduced", "worked_out"),
        ("C25", 231.0, "reproduced", "printed"),
        ("C27", 249.51, "reproduced", "printed"),
        ("C31", 46.42, "reproduced", "printed"),
        ("C36", 8.0, "reproduced", "worked_out"),
    ]


def test_unequal_scopes_are_refused_with_the_reason(over_time: Warehouse) -> None:
    # 1,228 on three sites to 4,000 on one would double in 111.5 days, and means nothing.
    assert over_time.one(
        """select claimed_doubling_days, growth_percent, refusal from main.claim_growth
           where earlier_figures = 'C07' and later_figures = 'C11'"""
    ) == (None, None, "the platforms differ")
    assert over_time.one(
        """select count(*) filter (where refusal is not null),
                  count(*) filter (where is_comparable),
                  count(*) filter (where is_comparable = (refusal is not null)),
                  count(*) filter (where refusal is not null and claimed_growth_per_day is not null)
           from main.claim_growth"""
    )[2:] == (0, 0)
