"""Tests of the tests: every singular test passes on the small world and fails once it is spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import duckdb
import pytest
from model_warehouse import PROJECT, Warehouse

SINGULAR = PROJECT / "tests" / "singular"
ONE_EVENT = "event_id = (select min(event_id) from main.{table})"

SPOILT = {
    "assert_account_days__accounts_are_listed": """
        insert into main.account_days by name
        select * replace ('of nobody' as account_id) from main.account_days limit 1""",
    "assert_account_growth__all_is_sum_of_parts": """
        update intermediate.int_growth_counts set seen_so_far = seen_so_far + 1
        where platform = 'all' and account_kind = 'all' and admin_level = 'all'
          and region_code = 'all'""",
    "assert_account_growth__frame_is_conserved": """
        update main.account_growth set births = births + 1 where not is_suppressed""",
    "assert_account_growth__nobody_is_singled_out": """
        insert into main.account_growth by name
        select * replace ('officer' as account_kind, 3 as accounts_seen)
        from main.account_growth where not is_suppressed limit 1""",
    "assert_account_growth__ratios_are_shares": """
        update main.account_growth set coverage_ratio = 2""",
    "assert_accounts__officers_are_nameless": """
        update main.accounts set account_kind = 'officer', screen_name = 'a name'
        where account_id = (select min(account_id) from main.accounts)""",
    "assert_codes__are_known": "update main.events set event_type = 'gossip'",
    "assert_coverage_days__sum_the_slots": """
        update quality.coverage_days set arrived_count = expected_count + 1""",
    "assert_event_articles__belong_to_events": "update main.event_articles set is_first = false",
    "assert_event_links__ends_exist": "delete from intermediate.int_post_versions_chosen",
    "assert_event_responses__every_event_has_one": f"""
        delete from main.event_responses where {ONE_EVENT.format(table="event_responses")}""",
    "assert_event_responses__outcome_is_consistent": """
        update main.event_responses set response_hours = 400 where not is_censored""",
    "assert_intervals__are_ordered": "update main.accounts set followers_lo = followers_hi + 1",
    "assert_posts__accounts_are_known": "delete from main.accounts",
    "assert_reported_claims__are_complete": """
        delete from main.reported_claims where figure_id = 'C01'""",
    "assert_response_curves__belong_to_timing": """
        update main.response_timing set responded = responded + 1""",
    "assert_response_curves__readings_agree": "update main.response_curves set incidence = 2",
    "assert_response_curves__survival_falls": """
        update main.response_curves set survival_hi = survival - 0.1""",
    "assert_response_timing__all_counts_every_event": f"""
        delete from main.event_responses where {ONE_EVENT.format(table="event_responses")}""",
    "assert_response_timing__events_add_up": """
        update main.response_timing set events = events + 1""",
    "assert_response_timing__rates_are_monotone": """
        update main.response_timing set rate_1h = 1, rate_5h = 0.5""",
    "assert_silence_ledger__agrees_with_rebuttals": """
        update main.rebuttals set outcome = 'rebutted'""",
    "assert_sightings__are_ordered": """
        update main.accounts set first_seen_at = last_seen_at + interval 1 day""",
}
"""Singular test to a change of the small world that it must notice."""

SPOILT_TOO = [
    ("assert_account_growth__nobody_is_singled_out", """
        update main.account_growth set followers_lo = 4321 where account_kind = 'officer'"""),
    ("assert_account_growth__nobody_is_singled_out", """
        update main.account_growth set followers_lo = followers_lo + 4321
        where account_kind = 'all' and not is_suppressed"""),
    ("assert_account_growth__nobody_is_singled_out", """
        update main.account_growth set is_suppressed = false"""),
    ("assert_event_responses__outcome_is_consistent", """
        update main.event_responses
        set responded_at = onset_hi_at - interval 73 hours, response_hours = -73,
            response_hours_hi = null, is_proactive = true, follow_up_hours = 0
        where event_type = 'rumor' and not is_censored"""),
    ("assert_event_responses__outcome_is_consistent", """
        update main.event_responses
        set responded_at = onset_hi_at - interval 1 hour, response_hours = -1,
            response_hours_hi = -1, is_proactive = true, follow_up_hours = 0
        where event_type = 'inquiry' and not is_censored"""),
]  # fmt: skip
"""Further changes that a singular test must notice."""

SOUND = {
    "assert_event_responses__outcome_is_consistent": """
        update main.events set onset_lo_at = onset_hi_at - interval 192 hours
        where event_type = 'hot_topic';
        update main.event_responses
        set responded_at = onset_hi_at - interval 156 hours, response_hours = -156,
            response_hours_hi = 36, is_proactive = true, follow_up_hours = 0
        where event_type = 'hot_topic' and not is_censored""",
}
"""Singular test to a change that it must not mind: a hole of eight days in the lists."""


@pytest.fixture(scope="module")
def copy(
    world: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("spoilt") / world.path.name
    shutil.copyfile(world.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def _found(connection: duckdb.DuckDBPyConnection, world: Warehouse, name: str) -> int:
    """Rows against a test, by the SQL that dbt made of it."""
    (path,) = (world.target / "compiled").rglob(f"{name}.sql")
    return len(connection.execute(path.read_text(encoding="utf-8")).fetchall())


def test_every_singular_test_has_a_case_that_fails() -> None:
    tests = {path.stem for path in SINGULAR.glob("*.sql")}
    assert tests == set(SPOILT), f"add a case to SPOILT for {sorted(tests - set(SPOILT))}"


@pytest.mark.parametrize(("name", "change"), [*sorted(SPOILT.items()), *SPOILT_TOO])
def test_what_is_spoilt_is_noticed(
    copy: duckdb.DuckDBPyConnection, world: Warehouse, name: str, change: str
) -> None:
    assert _found(copy, world, name) == 0
    copy.execute("begin")
    try:
        copy.execute(change)
        assert _found(copy, world, name) > 0
    finally:
        copy.execute("rollback")


@pytest.mark.parametrize("name", sorted(SOUND))
def test_what_is_sound_is_not_minded(
    copy: duckdb.DuckDBPyConnection, world: Warehouse, name: str
) -> None:
    copy.execute("begin")
    try:
        copy.execute(SOUND[name])
        touched = "event_type = 'hot_topic' and response_hours = -156"
        (count,) = copy.execute(
            f"select count(*) from main.event_responses where {touched}"
        ).fetchall()[0]
        assert count > 0
        assert _found(copy, world, name) == 0
    finally:
        copy.execute("rollback")
