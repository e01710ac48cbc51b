"""account_growth recovers a world whose truth it never saw: 5,000 accounts over two years, crawled
weekly with outages, failed fetches, rounded counts, purges and false zeros.

What a weekly crawler can know is bounded: a loss is confirmed by the second absence, so it is
dated one crawl after the death and one more for every failure in between, and an account that
came back before the second absence was never lost. The expectations below are worked out from the
truth in plain Python under that bound.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import growth_simulator as simulator
import polars as pl
import pytest
from growth_simulator import OUTAGES, WEEKS, Account, local_day
from model_warehouse import DbtServer, Warehouse

pytestmark = pytest.mark.slow

WHOLE = (
    "platform = 'weibo' and account_kind = 'all' and admin_level = 'all' and region_code = 'all'"
)
CRAWLED = [week for week in range(WEEKS) if week not in OUTAGES]


@pytest.fixture(scope="module")
def people() -> list[Account]:
    return simulator.population()


@pytest.fixture(scope="module")
def snapshots(people: list[Account]) -> tuple[pl.DataFrame, pl.DataFrame]:
    return simulator.crawl(people)


@pytest.fixture(scope="module")
def grown(
    tmp_path_factory: pytest.TempPathFactory,
    dbt: DbtServer,
    snapshots: tuple[pl.DataFrame, pl.DataFrame],
) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("simulated") / "observatory.duckdb", dbt)
    accounts, posts = snapshots
    with warehouse.connect() as con:
        con.register("seen_accounts", accounts.to_arrow())
        con.register("seen_posts", posts.to_arrow())
        con.execute("insert into core.account_snapshots by name select * from seen_accounts")
        con.execute("insert into core.posts by name select * from seen_posts")
        con.execute(
            """insert into quality.file_days
               select distinct file_id, source_name,
                   cast(timezone('Asia/Shanghai', observed_at) as date)
               from core.account_snapshots"""
        )
    result = warehouse.dbt(
        "build", "--select", "+account_growth",
        "--exclude", "test_type:generic", "test_type:unit", "assert_codes__are_known",
        "assert_intervals__are_ordered", "assert_event_links__ends_exist",
        "assert_accounts__officers_are_nameless", "assert_account_days__accounts_are_listed",
        build_id="b1",
    )  # fmt: skip
    assert result.ok, result.output[-6000:]
    return warehouse


def first_crawl_from(week: int) -> int:
    return next(w for w in CRAWLED if w >= week)


def joined_week(account: Account) -> int:
    """Week of the first crawl that found it; WEEKS where none did."""
    nights = (w for w in CRAWLED if w >= account.joins and account.is_alive(w))
    return next(nights, WEEKS)


def flows(warehouse: Warehouse, column: str) -> dict:
    return dict(
        warehouse.rows(
            f"""select period_start + 6, {column} from main.account_growth
                where period = 'week' and {WHOLE} and {column} is not null"""
        )
    )


def test_births_and_frame_additions_are_exact(people: list[Account], grown: Warehouse) -> None:
    """Registered since the last crawl that worked: born. Registered before it: only noticed."""
    births: Counter = Counter()
    additions: Counter = Counter()
    for account in people:
        week = joined_week(account)
        if week == WEEKS:
            continue
        before = [w for w in CRAWLED if w < week]
        last_look = (
            simulator.night(before[-1]) + simulator.timedelta(seconds=2999) if before else None
        )
        is_born = last_look is not None and account.registered_at > last_look
        (births if is_born else additions)[local_day(week)] += 1
    assert sum(births.values()) > 900
    assert sum(v for d, v in additions.items() if d != local_day(0)) > 900
    found = {day: n for day, n in flows(grown, "births").items() if n}
    # Registered within the second or so between two accounts of one crawl, none can be.
    assert found == dict(births)
    assert {d: n for d, n in flows(grown, "frame_additions").items() if n} == dict(additions)


def certain_and_possible_losses(people: list[Account]) -> tuple[int, int, int, int]:
    """Deaths long enough to be certainly confirmed, deaths that may be; the same of revivals."""
    sure = maybe = sure_back = maybe_back = 0
    for account in people:
        if account.dies is None:
            continue
        end = account.revives if account.revives is not None else WEEKS
        nights = [w for w in CRAWLED if account.dies <= w < end]
        if len(nights) < 2:
            continue
        maybe += 1
        # Six chances for two fetches to work at 97 % each: practically certain.
        if len(nights) >= 6:
            sure += 1
        if account.revives is not None:
            left = [w for w in CRAWLED if w >= account.revives]
            maybe_back += bool(left)
            sure_back += len(left) >= 4 and len(nights) >= 6
    return sure, maybe, sure_back, maybe_back


def test_losses_and_returns_are_within_their_bounds(
    people: list[Account], grown: Warehouse
) -> None:
    sure, maybe, sure_back, maybe_back = certain_and_possible_losses(people)
    losses = sum(flows(grown, "losses").values())
    returns = sum(flows(grown, "returns").values())
    assert sure > 500
    assert sure <= losses <= maybe, (sure, losses, maybe)
    assert sure_back <= returns <= maybe_back, (sure_back, returns, maybe_back)


def test_no_loss_is_dated_before_the_death_or_three_crawls_after(
    people: list[Account], grown: Warehouse
) -> None:
    found = dict(
        grown.rows(
            """select account_id, min(change_date) from intermediate.int_account_changes
               where change = 'lost' group by account_id"""
        )
    )
    deaths = {a.account_id: a for a in people if a.dies is not None}
    assert set(found) <= set(deaths), "somebody was lost who never died"
    delays = Counter()
    for account_id, day in found.items():
        dies = deaths[account_id].dies
        assert dies is not None
        nights = [w for w in CRAWLED if w >= dies]
        delays[[local_day(w) for w in nights].index(day)] += 1
    assert min(delays) == 1, "one absence is no loss"
    assert delays[1] > 0.9 * sum(delays.values()), delays
    assert max(delays) <= 4, delays


def test_an_outage_is_a_gap_and_not_a_loss(grown: Warehouse) -> None:
    rows = grown.rows(
        f"""select period_start + 6, coverage_ratio, births, losses, accounts_checked,
                accounts_seen,
                lag(accounts_seen) over (order by period_start)
            from main.account_growth where period = 'week' and {WHOLE}"""
    )
    gaps = {row[0]: row for row in rows if row[1] == 0}
    assert set(gaps) == {local_day(week) for week in OUTAGES}
    for _, _, births, losses, checked, seen, before in gaps.values():
        assert (births, losses, checked) == (None, None, 0)
        assert seen == before
    after = dict(
        grown.rows(
            f"""select period_start + 6, elapsed_days from main.account_growth
                where period = 'week' and {WHOLE} and elapsed_days is not null"""
        )
    )
    assert [after[local_day(week)] for week in (19, 62, 30)] == [21, 14, 7]


def test_corrections_move_accounts_between_levels(people: list[Account], grown: Warehouse) -> None:
    """Each reclassification leaves one level and enters the next, unless it is lost then."""
    sure: dict = defaultdict(int)
    unsure = 0
    for account in people:
        week = account.reclassified
        if week is None or week >= WEEKS:
            continue
        seen = first_crawl_from(week) if week <= CRAWLED[-1] else None
        if seen is None or seen <= joined_week(account):
            continue
        if account.dies is not None and account.dies <= seen:
            unsure += 1
            continue
        sure[account.level_in(WEEKS)] += 1
        sure[account.level] -= 1
    found = dict(
        grown.rows(
            """select admin_level, cast(sum(corrections) as bigint) from main.account_growth
               where period = 'week' and platform = 'weibo' and account_kind = 'all'
                   and admin_level <> 'all' and region_code = 'all' group by 1"""
        )
    )
    assert sum(abs(n) for n in sure.values()) > 0
    assert sum(found.values()) == 0
    for level, count in found.items():
        assert abs(count - sure[level]) <= unsure, (level, count, sure[level], unsure)
    assert sum(flows(grown, "corrections").values()) == 0


def test_the_frame_is_what_is_alive(people: list[Account], grown: Warehouse) -> None:
    """accounts_seen lags the truth by unconfirmed deaths and by nothing else."""
    seen = flows(grown, "accounts_seen")
    for week in CRAWLED:
        joined = [a for a in people if joined_week(a) <= week]
        alive = sum(a.is_alive(week) for a in joined)
        recent = sum(
            (not a.is_alive(week) and a.is_alive(max(0, week - 5))) or not a.is_alive(week - 1)
            for a in joined
            if a.dies is not None and a.dies <= week
        )
        assert alive - recent <= seen[local_day(week)] <= alive + recent, week
        assert recent < 0.02 * max(len(joined), 1) + sum(not a.is_alive(week) for a in joined)


def test_registered_accounts_and_their_growth_are_exact(
    people: list[Account], grown: Warehouse
) -> None:
    days = [
        (a.registered_at + simulator.timedelta(hours=8)).date()
        for a in people
        if a.joins <= CRAWLED[-1]
    ]
    rows = grown.rows(
        f"""select period_start, accounts_registered, growth_per_day, doubling_days
            from main.account_growth where period = 'month' and {WHOLE} order by 1"""
    )
    ends = grown.rows(
        "select period_end_date, elapsed_days from intermediate.int_growth_periods "
        "where period = 'month' order by 1"
    )
    for (start, count, growth, doubling), (end, elapsed) in zip(rows, ends, strict=True):
        truth = sum(day <= end for day in days)
        before = sum(day < start for day in days)
        assert count == truth
        assert growth == pytest.approx(math.log(truth / before) / elapsed, abs=1e-11)
        if growth > 0:
            assert doubling == pytest.approx(math.log(2) / growth, rel=1e-6)
        else:
            assert doubling is None


def test_activity_is_that_of_the_truth(
    grown: Warehouse, snapshots: tuple[pl.DataFrame, pl.DataFrame]
) -> None:
    accounts, posts = snapshots
    week = 80
    end = local_day(week)
    shanghai = pl.col("posted_at").dt.offset_by("8h").dt.date()
    ago = posts.select("account_id", (pl.lit(end) - shanghai).dt.total_days().alias("ago"))
    checked = accounts.filter(
        (pl.col("file_id") == f"f{week}") & (pl.col("account_state") != "fetch_failed")
    )
    found = grown.one(
        f"""select accounts_checked, accounts_active_7d, accounts_active_14d, accounts_active_30d,
                accounts_active_90d, active_14d_ratio
            from main.account_growth where period = 'week' and {WHOLE}
                and period_start + 6 = date '{end}'"""
    )
    truth = [
        ago.filter(pl.col("ago").is_between(0, window - 1))
        .join(checked, on="account_id", how="semi")["account_id"]
        .n_unique()
        for window in (7, 14, 30, 90)
    ]
    assert found == (checked.height, *truth, truth[1] / checked.height)


Counts = dict[str, list[tuple]]


@pytest.fixture(scope="module")
def counts(grown: Warehouse) -> Counts:
    """By account, in order: week, bounds, suspect, the trusted bounds before, their week."""
    week_of = {local_day(week): week for week in CRAWLED}
    found: Counts = defaultdict(list)
    for account_id, day, *values, before in grown.rows(
        """select account_id, observed_date, followers_lo, followers_hi, is_suspect,
               previous_followers_lo, previous_followers_hi, previous_date
           from intermediate.int_follower_counts order by account_id, observed_date"""
    ):
        found[account_id].append((week_of[day], *values, week_of.get(before)))
    return found


def is_missed(account: Account, row: tuple) -> bool:
    """The displayed interval does not hold the truth: the crawl showed something false."""
    week, lo, hi = row[:3]
    return not lo <= account.followers[week] <= (hi if hi is not None else math.inf)


def test_false_counts_are_suspect_and_true_ones_are_not(
    people: list[Account], counts: Counts
) -> None:
    """What is shown false is flagged, unless nothing true stands beside it to compare with."""
    false = flagged = wrongly_flagged = 0
    for account in people:
        rows = counts.get(account.account_id, [])
        missed = [is_missed(account, row) for row in rows]
        false += sum(missed)
        for n, row in enumerate(rows):
            flagged += row[3] and missed[n]
            wrongly_flagged += row[3] and not missed[n]
            if missed[n] and not row[3]:
                assert n == 0 or missed[n - 1] or (n + 1 < len(rows) and missed[n + 1])
    assert sum(len(rows) for rows in counts.values()) > 300_000
    assert false > 1000, false
    assert flagged > 0.97 * false, (flagged, false)
    assert wrongly_flagged < 0.01 * false, (wrongly_flagged, false)


def test_follower_changes_hold_the_truth(people: list[Account], counts: Counts) -> None:
    """[lo2 - hi1, hi2 - lo1] holds the true change between the two days, however far apart."""
    states: Counter = Counter()
    for account in people:
        rows = counts.get(account.account_id, [])
        missed = {row[0] for row in rows if is_missed(account, row)}
        for week, lo, hi, suspect, before_lo, before_hi, before in rows:
            if suspect or before is None:
                continue
            if week in missed or before in missed:
                continue
            change = account.followers[week] - account.followers[before]
            delta_lo = lo - before_hi if before_hi is not None else -math.inf
            delta_hi = hi - before_lo if hi is not None else math.inf
            assert delta_lo <= change <= delta_hi
            states["grew" if delta_lo > 0 else "fell" if delta_hi < 0 else "not resolvable"] += 1
    assert len(states) == 3, states
    assert min(states.values()) > 1000, states


def test_purges_are_flagged_and_only_the_false_one_is_left_out(grown: Warehouse) -> None:
    rows = {
        day: (purge, suspect, checked, state)
        for day, purge, suspect, checked, state in grown.rows(
            f"""select period_start + 6, is_purge_suspect, accounts_suspect, accounts_checked,
                    followers_delta_state
                from main.account_growth where period = 'week' and {WHOLE}"""
        )
    }
    assert rows[local_day(simulator.PURGE_WEEK)][0]
    assert rows[local_day(simulator.PURGE_WEEK)][1] < 0.01 * rows[local_day(40)][2]
    false = rows[local_day(simulator.FALSE_PURGE_WEEK)]
    assert false[0]
    assert 0.35 < false[1] / false[2] < 0.55
    others = set(rows) - {local_day(simulator.PURGE_WEEK), local_day(simulator.FALSE_PURGE_WEEK)}
    assert not any(rows[day][0] for day in others)


def test_officers_of_small_groups_are_withheld_and_the_rest_is_not(grown: Warehouse) -> None:
    shown, withheld = grown.one(
        """select count(*) filter (where not is_suppressed), count(*) filter (where is_suppressed)
           from main.account_growth where account_kind = 'officer' and period = 'week'"""
    )
    assert shown > withheld
    assert grown.one(
        "select count(*) from main.account_growth where account_kind = 'organ' and is_suppressed"
    ) == (0,)
