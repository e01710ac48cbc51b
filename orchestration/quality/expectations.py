"""Great Expectations over the profiles of a build: distribution, volume, freshness, drift.

A rule is one expectation about one column of a small frame. The library is imported only when
there is something to judge (some CPU seconds), sees only frames of aggregates, runs in a context
that leaves nothing behind, and never gets to write values anywhere: what was found is worded
here. Rules about single values belong in `cleaning/`, keys and formulas in dbt.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from orchestration.quality import profiles
from orchestration.quality.profiles import LastGood
from orchestration.quality.results import Check, CheckResult, Severity
from orchestration.schemas.tables import CORE_TABLES, MARTS, TABLES, Table
from orchestration.sources.declarations import ACCOUNT_KINDS, ADMIN_LEVELS

REPORTED_FIGURES = 64
"""Rows of the seed dbt_project/seeds/reported_figures.csv: a published figure is never lost."""
RARELY_REFUSED = 0.05
VOLUME_RANGE = (0.2, 5.0)
"""Records of a file against the source's median: beyond, a crawl was cut or ran twice."""
ZERO_DRIFT = 0.3
"""A share of zeros that moves by more than this against the last good build is not the public's
mood: a field was renamed, or the collector was logged out."""
DAYS_BEHIND = 1
MOSTLY_CLEAR = 0.5
"""Beyond this share of unclear accounts, groups by kind tell of the collection, not the world."""


@dataclass(frozen=True)
class Rule:
    """One expectation about one column of one frame.

    frame: name of the profile it judges. kind: the expectation. NULL is never judged: not
    observed is no error.
    """

    check: Check
    frame: str
    kind: str
    column: str
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    where: tuple[str, ...] = field(default=("source_name", "observed_date"))


def _rule(
    name: str,
    table: str,
    severity: Severity,
    expected: str,
    frame: str,
    column: str,
    **limits: Any,
) -> Rule:
    kind = "in_set" if "allowed" in limits else "between"
    check = Check(name, "great_expectations", table, severity, expected)
    return Rule(check, frame, kind, column, **limits)


def _core_rules(table: Table) -> list[Rule]:
    name = table.full_name
    rules = [
        _rule("keys_are_present", name, "error", "No NULL in a key column", name, "null_keys",
              high=0),
        _rule("instants_are_past", name, "error", "No instant later than the clock allows", name,
              "future_instants", high=0),
        _rule("rows_are_kept", name, "error",
              "No fewer rows than in the last good build, unless files were read again", "tables",
              f"lost:{name}", high=0),
    ]  # fmt: skip
    if table.seen is None:
        rules.append(
            _rule("observations_agree", name, "warn",
                  "A source gives one set of values for a key; others are kept beside it, and "
                  "models choose by a fixed rule", name, "conflicts", high=0)
        )  # fmt: skip
    stems = profiles.counts(table)
    if not stems:
        return rules
    rules += [
        _rule("intervals_are_ordered", name, "error", "Every lower bound <= its upper bound", name,
              "reversed_intervals", high=0),
        _rule("counts_do_not_vanish", name, "error",
              "No count that a source usually has is missing from a whole new file of it; where "
              "it is gone for good, `without_counts:` in sources.yaml says so",
              f"vanished:{name}", "is_gone", high=0, where=("path", "column_name")),
    ]  # fmt: skip
    if table.name in JUDGED_FOR_ZEROS:
        rules += [
            _rule("zeros_are_usual", name, "warn",
                  f"Share of zeros within {ZERO_DRIFT:.0%} points of the last good build's", name,
                  "zero_drift", high=ZERO_DRIFT),
            _rule("counts_are_observed", name, "warn",
                  "No source-day of 20 or more rows on which a count is zero throughout", name,
                  "all_zero", high=0),
        ]  # fmt: skip
    return rules


JUDGED_FOR_ZEROS = ("account_snapshots", "post_metric_snapshots")
ALL_ZERO_ROWS = 20


def _mart_rules(table: Table) -> list[Rule]:
    name = table.full_name
    rules = [
        _rule("keys_are_present", name, "error", "No NULL in a required key column", name,
              "null_keys", high=0, where=())
    ]  # fmt: skip
    if profiles.counts(table):
        rules.append(
            _rule("intervals_are_ordered", name, "error", "Every lower bound <= its upper bound",
                  name, "reversed_intervals", high=0, where=())
        )  # fmt: skip
    if profiles.shares(table):
        rules.append(
            _rule("shares_are_shares", name, "error", "Rates, ratios and survivals within 0-1",
                  name, "shares_outside", high=0, where=())
        )  # fmt: skip
    return rules


def _one_of(codes: Sequence[str]) -> str:
    return f"One of {', '.join(codes)}"


def _single_rules() -> list[Rule]:
    ledger, accounts = "quality.file_ledger", "main.accounts"
    by_source = ("source_name",)
    low, high = VOLUME_RANGE
    return [
        _rule("records_are_rarely_refused", ledger, "warn",
              f"At most {RARELY_REFUSED:.0%} of a source's records refused; judged from "
              f"{profiles.JUDGED_RECORDS} records on, and where all were refused", "intake",
              "refused_share", high=RARELY_REFUSED, where=by_source),
        _rule("columns_are_known", "quality.schema_drift", "warn",
              "No column in a known source that was not there before; its values are not loaded",
              "unread", "is_new", high=0, where=("source_name", "column_name", "first_sight")),
        _rule("volume_is_usual", ledger, "warn",
              f"Records a file between {low} and {high} times the source's median", "volumes",
              "volume_ratio", low=low, high=high),
        _rule("sources_are_fresh", ledger, "warn",
              f"Every daily source at most {DAYS_BEHIND} day behind the newest data", "freshness",
              "days_behind_daily", high=DAYS_BEHIND, where=("source_name", "newest_date")),
        _rule("days_are_covered", "quality.coverage_days", "warn",
              "No day without a delivery in the last week", "gaps", "gap_days", high=0,
              where=by_source),
        _rule("kinds_are_known", accounts, "error", _one_of(ACCOUNT_KINDS), "kinds", "code",
              allowed=ACCOUNT_KINDS, where=()),
        _rule("levels_are_known", accounts, "error", _one_of(ADMIN_LEVELS), "levels", "code",
              allowed=ADMIN_LEVELS, where=()),
        _rule("kinds_are_clear", accounts, "warn",
              f"At most {MOSTLY_CLEAR:.0%} of a platform's accounts of unclear kind", "unclear",
              "unclear_share", high=MOSTLY_CLEAR, where=("platform",)),
        _rule("comments_find_their_posts", "core.comments", "warn",
              "Of a source's comments some stand under a post that is loaded", "commented",
              "posts_loaded", low=1, where=("source_name", "posts")),
        _rule("rulings_find_their_posts", "core.rulings", "warn",
              "Of a source's rulings some are about a post that is loaded", "ruled",
              "posts_loaded", low=1, where=("source_name", "posts")),
        _rule("followers_do_not_collapse", "main.account_days", "warn",
              "No account of 1000 or more followers that lost over 90 % at once", "collapses",
              "collapses", high=0, where=()),
        _rule("ceilings_are_not_passed", "main.diffusion_fits", "error",
              "No ceiling, nor the upper end of its interval, below the accounts there already are",
              "ceilings", "accounts_above", high=0,
              where=("platform", "account_kind", "diffusion_model")),
        _rule("figures_are_complete", "main.reported_claims", "error",
              f"At least the {REPORTED_FIGURES} rows of the shipped ledger", "main.reported_claims",
              "rows", low=REPORTED_FIGURES, where=()),
    ]  # fmt: skip


ROWS_OF_POSTS = ("main.posts", "main.post_engagement")
PROFILED_MARTS = tuple(table for table in MARTS if table.full_name not in ROWS_OF_POSTS)
"""Rows of posts are those of the whole history; dbt tests their keys and their contracts."""

RULES: tuple[Rule, ...] = (
    *(rule for table in CORE_TABLES for rule in _core_rules(table)),
    *(rule for table in PROFILED_MARTS for rule in _mart_rules(table)),
    *_single_rules(),
)


@dataclass(frozen=True)
class Subject:
    """What is judged: the build, the instant it is judged at, and what readers have now."""

    connection: duckdb.DuckDBPyConnection
    build_id: str
    now: datetime
    good: LastGood | None


def _core_frame(table: Table, subject: Subject) -> pl.DataFrame:
    connection = subject.connection
    touched = profiles.touched_spans(connection, subject.build_id, table.full_name)
    frame = profiles.profile_days(connection, table, touched, subject.now)
    if table.seen is None and not frame.is_empty():
        frame = frame.with_columns(conflicts=pl.col("rows") - pl.col("distinct_keys"))
    if frame.is_empty() or table.name not in JUDGED_FOR_ZEROS:
        return frame
    zeros = [pl.col(f"{stem}_zero_share") for stem in profiles.counts(table)]
    frame = frame.with_columns(
        all_zero=pl.when(pl.col("rows") >= ALL_ZERO_ROWS).then(
            pl.max_horizontal([(share == 1).cast(pl.Int64) for share in zeros])
        )
    )
    return _with_drift(subject, table, frame)


def _vanished_frame(table: Table, subject: Subject) -> pl.DataFrame:
    connection = subject.connection
    touched = profiles.touched_spans(connection, subject.build_id, table.full_name)
    return profiles.vanished_counts(connection, table, touched, subject.build_id)


def _with_drift(subject: Subject, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """zero_drift: the largest move of any count's share of zeros; NULL without a comparison."""
    none = pl.lit(None, dtype=pl.Float64).alias("zero_drift")
    if subject.good is None:
        return frame.with_columns(none)
    usual = profiles.usual_shares(subject.connection, table, subject.good, subject.now)
    if usual.is_empty():
        return frame.with_columns(none)
    moves = [
        (pl.col(f"{stem}_zero_share") - pl.col(f"{stem}_zero_share_usual")).abs()
        for stem in profiles.counts(table)
    ]
    return frame.join(usual, on="source_name", how="left").with_columns(
        zero_drift=pl.when(pl.col("rows") >= ALL_ZERO_ROWS).then(pl.max_horizontal(moves))
    )


def _tables_frame(subject: Subject) -> pl.DataFrame:
    """One row; `lost:<table>` is how many rows a core table lost without files read again."""
    rows = profiles.table_rows(subject.connection, subject.build_id, subject.good)
    lost = rows.select(
        "table_name",
        lost=pl.when(pl.col("files_reread") == 0).then(
            (pl.col("rows_before") - pl.col("rows")).clip(lower_bound=0)
        ),
    )
    return pl.DataFrame(
        {f"lost:{name}": [value] for name, value in lost.iter_rows()},
        schema={f"lost:{name}": pl.Int64() for name in lost["table_name"]},
    )


def _mart_frame(table: Table, subject: Subject) -> pl.DataFrame:
    follows = profiles.GROWING_MARTS.get(table.full_name)
    touched = (
        profiles.touched_spans(subject.connection, subject.build_id, follows[0]) if follows else []
    )
    return profiles.profile_mart(subject.connection, table, touched)


def _freshness_frame(subject: Subject) -> pl.DataFrame:
    frame = profiles.source_freshness(subject.connection)
    return frame.with_columns(
        days_behind_daily=pl.when(pl.col("is_daily")).then(pl.col("days_behind"))
    )


def _collapses_frame(subject: Subject) -> pl.DataFrame:
    touched = profiles.touched_spans(subject.connection, subject.build_id, "core.account_snapshots")
    return profiles.follower_collapses(subject.connection, touched)


def _posts_met_frame(table: str, column: str, subject: Subject) -> pl.DataFrame:
    touched = profiles.touched_spans(subject.connection, subject.build_id, table)
    return profiles.posts_met(subject.connection, table, column, touched)


FRAMES: Mapping[str, Callable[[Subject], pl.DataFrame]] = {
    **{table.full_name: partial(_core_frame, table) for table in CORE_TABLES},
    **{table.full_name: partial(_mart_frame, table) for table in PROFILED_MARTS},
    **{
        f"vanished:{table.full_name}": partial(_vanished_frame, table)
        for table in CORE_TABLES
        if profiles.counts(table)
    },
    "tables": _tables_frame,
    "unread": lambda s: profiles.new_columns(s.connection, s.build_id),
    "intake": lambda s: profiles.source_intake(s.connection, s.build_id),
    "volumes": lambda s: profiles.source_volumes(s.connection, s.build_id),
    "freshness": _freshness_frame,
    "gaps": lambda s: profiles.recent_gaps(s.connection),
    "kinds": lambda s: profiles.codes(s.connection, "account_kind"),
    "levels": lambda s: profiles.codes(s.connection, "admin_level"),
    "unclear": lambda s: profiles.unclear_shares(s.connection),
    "commented": partial(_posts_met_frame, "core.comments", "post_id"),
    "ruled": partial(_posts_met_frame, "core.rulings", "ruling_id"),
    "collapses": _collapses_frame,
    "ceilings": lambda s: profiles.told_ceilings(s.connection),
}
"""Profile by name. Each is computed once, and only when a rule asks for it."""


def expectation_results(
    connection: duckdb.DuckDBPyConnection, build_id: str, now: datetime, published: Path
) -> list[CheckResult]:
    """Judge a build; one result per rule, in the order of RULES. Never raises for the data."""
    with profiles.last_good(connection, published) as good:
        subject = Subject(connection, build_id, now, good)
        frames = {name: _profile(subject, name) for name in dict.fromkeys(r.frame for r in RULES)}
    judged = _judge({n: f for n, f in frames.items() if isinstance(f, pl.DataFrame)})
    return [_answer(rule, frames[rule.frame], judged) for rule in RULES]


def _profile(subject: Subject, name: str) -> pl.DataFrame | Exception:
    """The profile, or why it could not be made: every rule on it has then failed."""
    try:
        return FRAMES[name](subject)
    except Exception as error:
        return error


def _answer(
    rule: Rule, frame: pl.DataFrame | Exception, judged: Mapping[Rule, bool | Exception]
) -> CheckResult:
    if isinstance(frame, Exception):
        return rule.check.could_not_run(frame)
    if frame.is_empty():
        return rule.check.answer(True, "this build changed nothing of it")
    outcome = judged[rule]
    if isinstance(outcome, Exception):
        return rule.check.could_not_run(outcome)
    return rule.check.answer(outcome, describe(rule, frame))


def describe(rule: Rule, frame: pl.DataFrame) -> str:
    """What was found, in words: the values that break the rule first, else their range."""
    values = frame[rule.column].drop_nulls()
    if values.is_empty():
        return "nothing to compare"
    broken = frame.filter(_breaks(rule))
    if broken.is_empty():
        if rule.kind == "in_set":
            return f"{values.len()} values, all known"
        low, high = _number(values.min(), rule.column), _number(values.max(), rule.column)
        span = low if low == high else f"{low} to {high}"
        return span if frame.height == 1 else f"{span} in {values.len()} rows"
    shown = [_place(rule, row) for row in broken.head(3).iter_rows(named=True)]
    more = f" and {broken.height - 3} more" if broken.height > 3 else ""
    return f"{'; '.join(shown)}{more}"


def _place(rule: Rule, row: Mapping[str, Any]) -> str:
    place = " ".join(str(row[name]) for name in rule.where if name in row)
    value = _number(row[rule.column], rule.column)
    return f"{place}: {value}" if place else value


def _breaks(rule: Rule) -> pl.Expr:
    value = pl.col(rule.column)
    if rule.kind == "in_set":
        return ~value.is_in(rule.allowed) & value.is_not_null()
    broken = pl.lit(False)
    if rule.low is not None:
        broken = broken | (value < rule.low)
    if rule.high is not None:
        broken = broken | (value > rule.high)
    return broken & value.is_not_null()


def _number(value: object, column: str) -> str:
    if isinstance(value, float) and column.endswith(("_share", "_drift")):
        return f"{value:.1%}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _judge(frames: Mapping[str, pl.DataFrame]) -> dict[Rule, bool | Exception]:
    """Run every rule with something to judge through Great Expectations."""
    filled = {name: frame for name, frame in frames.items() if not frame.is_empty()}
    if not filled:
        return {}
    judged: dict[Rule, bool | Exception] = {}
    try:
        source = _quiet_source()
    except Exception as error:
        return dict.fromkeys(RULES, error)
    for name, frame in filled.items():
        rules = [rule for rule in RULES if rule.frame == name]
        try:
            judged.update(_validate(source, name, frame, rules))
        except Exception as error:
            judged.update(dict.fromkeys(rules, error))
    return judged


def _quiet_source() -> Any:
    """A pandas source of an ephemeral context: no folder, no telemetry, no progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("profiles")


def _validate(
    source: Any, name: str, frame: pl.DataFrame, rules: Sequence[Rule]
) -> dict[Rule, bool | Exception]:
    """One suite on one frame. An expectation that raised did not judge and has not passed."""
    import great_expectations as gx

    columns = list(dict.fromkeys(rule.column for rule in rules))
    batch = (
        source.add_dataframe_asset(name)
        .add_batch_definition_whole_dataframe("whole")
        .get_batch({"dataframe": frame.select(columns).to_pandas()})
    )
    suite = gx.ExpectationSuite(
        name=name, expectations=[_expectation(gx, rule, at) for at, rule in enumerate(rules)]
    )
    outcome = batch.validate(suite, result_format="BOOLEAN_ONLY")
    judged: dict[Rule, bool | Exception] = {
        rule: RuntimeError("the expectation gave no answer") for rule in rules
    }
    for result in outcome.results:
        rule = rules[result.expectation_config.meta["rule"]]
        judged[rule] = _exception_in(result.exception_info) or bool(result.success)
    return judged


def _expectation(gx: Any, rule: Rule, at: int) -> Any:
    meta = {"rule": at}
    if rule.kind == "in_set":
        return gx.expectations.ExpectColumnValuesToBeInSet(
            column=rule.column, value_set=list(rule.allowed), meta=meta
        )
    return gx.expectations.ExpectColumnValuesToBeBetween(
        column=rule.column, min_value=rule.low, max_value=rule.high, meta=meta
    )


def _exception_in(info: Mapping[str, Any] | None) -> Exception | None:
    """The exception that an expectation swallowed: one record, or one per metric."""
    if not info:
        return None
    records = [info] if "raised_exception" in info else list(info.values())
    for record in records:
        if record.get("raised_exception"):
            return RuntimeError(record.get("exception_message") or "unknown")
    return None


CHECKS: tuple[Check, ...] = tuple(rule.check for rule in RULES)
for _check in CHECKS:
    if _check.table_name not in TABLES:
        raise ValueError(f"{_check.check_name} is about {_check.table_name}, which does not exist")
