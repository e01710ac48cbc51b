"""The bootstrap by account: bounds as numpy gives them with the same draws, and at their nominal
rate where answers clump by account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import duckdb
import numpy as np
import polars as pl
import pytest
from model_warehouse import PROJECT
from rendering import rendered

HOUR = 3_600_000_000
CHAIN = (
    "int_response_strata_days", "int_response_strata", "int_responder_cells",
    "int_response_cells", "int_response_groups", "int_response_group_cells",
    "int_response_bootstrap",
)  # fmt: skip
POISSON = np.array(
    [0.36787944117144233, 0.7357588823428847, 0.9196986029286058, 0.9810118431238462,
     0.9963401531726563, 0.9994058151824183, 0.9999167588507119]
)  # fmt: skip
"""Poisson distribution with mean 1, cumulated."""


def bootstrap(
    events: pl.DataFrame, responses: pl.DataFrame, replicates: int
) -> duckdb.DuckDBPyConnection:
    """The chain up to int_response_bootstrap over events (event_number, event_type, watched_us) and
    responses (event_number, account_id, account_kind, response_us)."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'; set threads = 1; create schema intermediate")
    con.register("events", events.to_arrow())
    con.register("responses", responses.to_arrow())
    con.execute(
        """create table intermediate.int_event_follow_ups as
           select event_number::varchar as event_id, event_number, event_type,
                  date '2020-01-01' as onset_date, watched_us, null::bigint as onset_width_us,
                  null::bigint as earliest_watched_us, null::bigint as removed_us
           from events"""
    )
    con.execute(
        """create table intermediate.int_responses as
           select event_number::varchar as event_id, 'weibo' as platform, account_id,
                  account_kind, 'county' as admin_level, null::varchar as region_code,
                  'exact' as link_level, response_us
           from responses"""
    )
    for name in CHAIN:
        path = PROJECT / "models" / "intermediate" / "responses" / f"{name}.sql"
        query = rendered(
            path, "duckdb", "intermediate.{}".format,
            {"OBSERVATORY_BOOTSTRAP_REPLICATES": str(replicates)},
        )  # fmt: skip
        con.execute(f"create table intermediate.{name} as {query}")
    return con


def times_drawn(cluster: str, replicates: int) -> np.ndarray:
    """How often each replicate draws a cluster."""
    chances = [
        int(hashlib.md5(f"20111126:{n}:{cluster}".encode()).hexdigest()[:8], 16) / 2**32
        for n in range(1, replicates + 1)
    ]
    return np.searchsorted(POISSON, chances, side="right")


def weighted_rate(
    times: np.ndarray, answered: np.ndarray, weights: np.ndarray, horizon: int
) -> np.ndarray:
    """1 - S(horizon) of every replicate; weights: replicates x observations."""
    survival = np.ones(len(weights))
    for at in np.unique(times[answered & (times <= horizon)]):
        at_risk = weights[:, times >= at].sum(axis=1)
        events = weights[:, answered & (times == at)].sum(axis=1)
        survival *= 1 - np.divide(events, at_risk, out=np.zeros(len(weights)), where=at_risk > 0)
    return 1 - survival


def expected(
    events: pl.DataFrame, responses: pl.DataFrame, replicates: int
) -> tuple[int, list[float]]:
    """Accounts and bounds of the events of one stratum and the responses of one group."""
    first = responses.sort("response_us", "account_id", nulls_last=True).unique(
        "event_number", keep="first", maintain_order=True
    )
    joined = events.join(first, on="event_number", how="left")
    joined = joined.filter((pl.col("response_us") >= 0) | pl.col("response_us").is_null())
    answered = joined["response_us"].is_not_null().to_numpy()
    times = joined["response_us"].fill_null(joined["watched_us"]).to_numpy()
    clusters = [
        f"weibo:{account}" if account is not None else f"event:{number}"
        for number, account in joined.select("event_number", "account_id").rows()
    ]
    weights = np.array([times_drawn(cluster, replicates) for cluster in clusters]).T
    drawn = weights[weights.sum(axis=1) > 0]
    bounds = []
    for hours in (24, 72):
        rates = np.sort(weighted_rate(times, answered, drawn, hours * HOUR))
        bounds += [float(rates[int(np.ceil(share * len(rates))) - 1]) for share in (0.025, 0.975)]
    return joined["account_id"].drop_nulls().n_unique(), bounds


@pytest.fixture(scope="module")
def mixed() -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two types of events, unequal watching, ties, proactive posts, answers of two kinds of
    accounts, some after 72 h, and answers without an account."""
    rng = np.random.default_rng(5)
    count = 160
    short = rng.random(count) < 0.3
    watched = np.where(short, rng.integers(0, 80, count), 336) * HOUR
    events = pl.DataFrame(
        {"event_number": np.arange(count), "event_type": rng.choice(["article", "rumor"], count),
         "watched_us": watched}
    )  # fmt: skip
    answers = []
    for number in range(count):
        for _ in range(rng.integers(0, 3)):
            account = None if rng.random() < 0.1 else f"a{rng.integers(0, 25)}"
            at = int(rng.choice([-5, 0, 3, 24, 30, 72, 100])) * HOUR
            if at <= watched[number]:
                kind = "organ" if account is None or int(account[1:]) < 18 else "state_media"
                answers.append((number, account, kind, at))
    responses = pl.DataFrame(
        answers, schema=["event_number", "account_id", "account_kind", "response_us"], orient="row"
    )
    return events, responses


def test_bounds_are_those_of_numpy(mixed: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    events, responses = mixed
    con = bootstrap(events, responses, 100)
    found = con.execute(
        """select strata.event_type, groups.account_kind, bootstrap.* exclude (curve_id)
           from intermediate.int_response_bootstrap as bootstrap
           inner join intermediate.int_response_strata as strata
               on bootstrap.curve_id // 1000000 = strata.stratum_id
           inner join intermediate.int_response_groups as groups
               on bootstrap.curve_id % 1000000 = groups.group_id"""
    ).fetchall()
    assert {row[:2] for row in found} >= {("all", "all"), ("all", "organ"), ("rumor", "organ")}
    for event_type, kind, accounts, *bounds in found:
        own = events.filter((pl.col("event_type") == event_type) | pl.lit(event_type == "all"))
        spoken = responses.filter((pl.col("account_kind") == kind) | pl.lit(kind == "all"))
        its_accounts, its_bounds = expected(own, spoken, 100)
        assert accounts == its_accounts
        assert bounds == pytest.approx(its_bounds, abs=1e-9), (event_type, kind)


def test_fewer_than_ten_accounts_have_no_bounds(mixed: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    events, responses = mixed
    few = responses.filter(pl.col("account_id").is_in([f"a{n}" for n in range(9)]))
    con = bootstrap(events, few, 100)
    assert con.sql("from intermediate.int_response_bootstrap").fetchall() == []


def test_without_replicates_nothing_is_drawn(mixed: tuple[pl.DataFrame, pl.DataFrame]) -> None:
    con = bootstrap(*mixed, 0)
    assert con.sql("from intermediate.int_response_bootstrap").fetchall() == []


WORLDS = 200


@pytest.fixture(scope="module")
def clumped() -> Iterator[tuple[float, pl.DataFrame]]:
    """Worlds in which an account answers several events alike: some 40 accounts of 1 to 9 events
    each, half of them within a day, and some 160 events that nobody answers. The true share
    answered within 24 h; of each world the bounds and how many were answered by then."""
    rng = np.random.default_rng(2011)
    numbers, types, answers = [], [], []
    for world in range(WORLDS):
        for account in range(rng.poisson(40)):
            hours = rng.choice([6, 48])
            for _ in range(rng.integers(1, 10)):
                answers.append((len(numbers), f"{world}.{account}", "organ", int(hours) * HOUR))
                numbers.append(len(numbers))
                types.append(f"w{world:03d}")
        for _ in range(rng.poisson(160)):
            numbers.append(len(numbers))
            types.append(f"w{world:03d}")
    events = pl.DataFrame(
        {"event_number": numbers, "event_type": types, "watched_us": [336 * HOUR] * len(numbers)}
    )
    responses = pl.DataFrame(
        answers, schema=["event_number", "account_id", "account_kind", "response_us"], orient="row"
    )
    con = bootstrap(events, responses, 200)
    found = con.sql(
        """select strata.event_type, strata.events, bootstrap.*
           from intermediate.int_response_bootstrap as bootstrap
           inner join intermediate.int_response_strata as strata
               on bootstrap.curve_id // 1000000 = strata.stratum_id
           where strata.event_type <> 'all'"""
    ).pl()
    fast = responses.filter(pl.col("response_us") == 6 * HOUR).join(events, on="event_number")
    counts = fast.group_by("event_type").len("fast")
    truth = 40 * 5 / 2 / (40 * 5 + 160)
    yield truth, found.join(counts, on="event_type")
    con.close()


def test_intervals_hold_the_truth_at_their_nominal_rate(
    clumped: tuple[float, pl.DataFrame],
) -> None:
    truth, worlds = clumped
    assert worlds.height == WORLDS
    held = worlds.filter(pl.col("rate_24h_cluster_lo") <= truth,
                         pl.col("rate_24h_cluster_hi") >= truth).height  # fmt: skip
    print(f"cluster bootstrap: {held} of {WORLDS}")
    assert 180 <= held <= 198


def test_intervals_that_take_no_notice_of_accounts_hold_it_less_often(
    clumped: tuple[float, pl.DataFrame],
) -> None:
    truth, worlds = clumped
    share = worlds["fast"] / worlds["events"]
    width = 1.96 * (share * (1 - share) / worlds["events"]).sqrt()
    held = int(((share - width <= truth) & (truth <= share + width)).sum())
    print(f"binomial: {held} of {WORLDS}")
    assert held < 150
