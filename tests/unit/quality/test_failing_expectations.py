"""Tests of the tests: every rule of Great Expectations fails on rows that break it, from the
warehouse through its profile to the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from orchestration.quality import expectations
from orchestration.quality.expectations import FRAMES, REPORTED_FIGURES, RULES, Rule, Subject
from orchestration.quality.profiles import LastGood
from orchestration.schemas.render import create_table_sql
from orchestration.schemas.tables import MARTS, TABLES
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_work

NOW = datetime(2026, 9, 1, tzinfo=UTC)
_SNAPSHOTS = (
    "core.account_snapshots (platform, account_id, observed_at, followers_lo, followers_hi, "
    "source_name, file_id, file_sha256, record_number)"
)


def _snapshots(number: int, low: str, high: str, *, file: str = "f", catalog: str = "work") -> str:
    """That many accounts with these followers on the day that the build touched."""
    return (
        f"insert into {catalog}.{_SNAPSHOTS} select 'weibo', n::varchar, "
        f"timestamptz '2026-08-31 04:00:00+00', {low}, {high}, 's', '{file}', 'h', n "
        f"from range({number}) as t(n)"
    )


def _ledger(
    days: str, records: int, *, build: str = "b1", source: str = "s", refused: int = 0
) -> str:
    """One file for each of these days of August."""
    return (
        "insert into quality.file_ledger (file_id, path, source_name, format, records_in, "
        "records_loaded, records_duplicate, records_quarantined, observed_from, observed_to, "
        f"build_id) select '{source}' || n, 'p', '{source}', 'x', {records}, {records - refused}, "
        f"0, {refused}, date '2026-08-01' + n::int - 1, date '2026-08-01' + n::int - 1, '{build}' "
        f"from range({days}) as t(n)"
    )


def _account(kind: str = "organ", level: str = "county") -> str:
    return (
        "insert into main.accounts (platform, account_id, account_kind, admin_level) "
        f"values ('weibo', '1', '{kind}', '{level}')"
    )


CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "keys_are_present": ("main.events", ("insert into main.events (title) values ('x')",)),
    "instants_are_past": (
        "core.account_snapshots",
        (_snapshots(1, "1", "1"), "update core.account_snapshots set registered_at = '2027-01-01'"),
    ),
    "rows_are_kept": ("core.account_snapshots", (_snapshots(1, "1", "1", catalog="good"),)),
    "observations_agree": (
        "core.account_snapshots",
        (_snapshots(1, "1", "1"), _snapshots(1, "2", "2")),
    ),
    "intervals_are_ordered": ("core.account_snapshots", (_snapshots(1, "9", "3"),)),
    "counts_do_not_vanish": (
        "core.account_snapshots",
        (
            _ledger("1, 2", 20), _ledger("2, 3", 20, build="b2"),
            _snapshots(20, "1", "1", file="s1"), _snapshots(20, "null", "null", file="s2"),
        ),
    ),
    "zeros_are_usual": (
        "core.account_snapshots",
        (
            "insert into good.meta.touched_days values "
            "('b1', 'core.account_snapshots', '2026-08-31')",
            _snapshots(20, "1", "1", catalog="good"), _snapshots(20, "n % 2", "n % 2"),
        ),
    ),
    "counts_are_observed": ("core.account_snapshots", (_snapshots(20, "0", "0"),)),
    "shares_are_shares": (
        "main.response_timing", ("insert into main.response_timing (rate_1h) values (2)",),
    ),
    "records_are_rarely_refused": (
        "quality.file_ledger", (_ledger("1, 2", 100, build="b2", refused=30),),
    ),
    "columns_are_known": (
        "quality.schema_drift",
        (
            _ledger("1, 2", 1),
            "insert into quality.schema_drift (source_name, format, column_name, path, build_id) "
            "values ('s', 'x', 'colour', 'p', 'b2')",
        ),
    ),
    "volume_is_usual": (
        "quality.file_ledger", (_ledger("1, 7", 100), _ledger("7, 8", 10, build="b2")),
    ),
    "sources_are_fresh": (
        "quality.file_ledger",
        (_ledger("1, 21", 5, source="a"), _ledger("1, 18", 5, source="b")),
    ),
    "days_are_covered": (
        "quality.coverage_days",
        (
            "insert into quality.coverage_days (source_name, observed_date, is_gap) "
            "values ('s', '2026-08-31', true), ('s', '2026-09-01', false)",
        ),
    ),
    "kinds_are_known": ("main.accounts", (_account(kind="emperor"),)),
    "levels_are_known": ("main.accounts", (_account(level="palace"),)),
    "kinds_are_clear": ("main.accounts", (_account(kind="unclear"),)),
    "comments_find_their_posts": (
        "core.comments",
        (
            "insert into meta.touched_days values ('b2', 'core.comments', '2026-08-31')",
            "insert into core.comments by name select 'weibo' as platform, 'p:c' as comment_id, "
            "'p:1' as post_id, timestamptz '2026-08-31 04:00:00+00' as observed_at, "
            "'s' as source_name, 'f' as file_id, 'h' as file_sha256, 1 as record_number",
        ),
    ),
    "rulings_find_their_posts": (
        "core.rulings",
        (
            "insert into meta.touched_days values ('b2', 'core.rulings', '2026-08-31')",
            "insert into core.rulings by name select 'weibo' as platform, 'p:1' as ruling_id, "
            "timestamptz '2026-08-31 04:00:00+00' as observed_at, "
            "'s' as source_name, 'f' as file_id, 'h' as file_sha256, 1 as record_number",
        ),
    ),
    "followers_do_not_collapse": (
        "main.account_days",
        (
            "insert into main.account_days (observed_date, followers_lo, followers_hi, "
            "followers_delta_lo) values ('2026-08-31', 10, 10, -5000)",
        ),
    ),
    "ceilings_are_not_passed": (
        "main.diffusion_fits",
        (
            "insert into main.diffusion_fits by name select 'weibo' as platform, "
            "'organ' as account_kind, 'all' as admin_level, 'all' as region_code, "
            "diffusion_model, 1284 as accounts_after, ceiling, ceiling_hi from (values "
            "('logistic', null, null), ('gompertz', 1300, 1283.5)) "
            "as t(diffusion_model, ceiling, ceiling_hi)",
        ),
    ),
    "figures_are_complete": (
        "main.reported_claims", ("delete from main.reported_claims where figure_id = '0'",),
    ),
}  # fmt: skip
"""Check to the table it is about, and statements after which it must fail."""


@pytest.fixture
def subject(make_settings: Callable[..., Settings]) -> Iterator[Subject]:
    """A build over a warehouse in which nothing is wrong, beside the last good one."""
    with open_work(make_settings().root.warehouse) as work:
        work.execute("attach ':memory:' as good")
        for catalog in ("work", "good"):
            for schema in ("core", "quality", "meta"):
                work.execute(f"create schema if not exists {catalog}.{schema}")
            for name, table in TABLES.items():
                statement = create_table_sql(table).replace(" not null", "")
                if (catalog == "work") is (table in MARTS):
                    work.execute(statement.replace(f" {name} ", f" {catalog}.{name} ", 1))
            work.execute(
                f"insert into {catalog}.meta.builds (build_id, outcome) values ('b1', 'published')"
            )
        work.execute(
            "insert into meta.touched_days values ('b2', 'core.account_snapshots', '2026-08-31')"
        )
        work.execute(
            "insert into main.reported_claims (figure_id) "
            f"select n::varchar from range({REPORTED_FIGURES}) as t(n)"
        )
        yield Subject(work, "b2", NOW, LastGood("good", "b1"))


def _verdict(subject: Subject, rule: Rule) -> bool | Exception:
    frame = FRAMES[rule.frame](subject)
    return frame.is_empty() or expectations._judge({rule.frame: frame})[rule]


def test_every_rule_has_a_case_that_fails() -> None:
    rules = {rule.check.check_name for rule in RULES}
    assert rules == set(CASES), f"add a case to CASES for {sorted(rules - set(CASES))}"


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_breaks_a_rule_fails_it(subject: Subject, name: str) -> None:
    table, statements = CASES[name]
    (rule,) = (r for r in RULES if (r.check.check_name, r.check.table_name) == (name, table))
    assert _verdict(subject, rule) is True
    for statement in statements:
        subject.connection.execute(statement)
    assert _verdict(subject, rule) is False
