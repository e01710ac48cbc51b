"""Every rule passes what is good, fails what is bad, and an engine that breaks passes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from orchestration.quality import expectations
from orchestration.quality.expectations import RULES, Rule

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def _value(rule: Rule, good: bool) -> Any:
    if rule.kind == "in_set":
        return rule.allowed[0] if good else "emperor"
    if good:
        return rule.low if rule.low is not None else rule.high
    if rule.high is None:
        return (rule.low or 0) - 1
    return rule.high + 1


def _frames(good: bool) -> dict[str, pl.DataFrame]:
    frames: dict[str, dict[str, list[Any]]] = {}
    for rule in RULES:
        place = {"source_name": ["a", "b"], "observed_date": ["2026-08-30", "2026-08-31"]}
        frame = frames.setdefault(rule.frame, place)
        frame[rule.column] = [_value(rule, True), _value(rule, good)]
    return {name: pl.DataFrame(frame) for name, frame in frames.items()}


def test_every_rule_passes_good_values_and_fails_bad_ones() -> None:
    good, bad = _frames(True), _frames(False)
    assert {
        rule for rule, passed in expectations._judge(good).items() if passed is not True
    } == set()
    assert {
        rule for rule, passed in expectations._judge(bad).items() if passed is not False
    } == set()


def test_null_is_not_judged() -> None:
    rule = next(r for r in RULES if r.check.check_name == "zeros_are_usual")
    frames = {
        rule.frame: pl.DataFrame(
            {r.column: [None, 0] for r in RULES if r.frame == rule.frame}
            | {rule.column: [None, None]},
            schema_overrides={rule.column: pl.Float64},
        )
    }
    assert expectations._judge(frames)[rule] is True


def test_an_expectation_that_raises_has_failed() -> None:
    rule = next(r for r in RULES if r.frame == "intake")
    frames = {"intake": pl.DataFrame({r.column: ["text"] for r in RULES if r.frame == "intake"})}
    outcome = expectations._judge(frames)[rule]
    assert isinstance(outcome, Exception)
    assert not expectations._answer(rule, frames["intake"], {rule: outcome}).passed


def test_a_profile_that_cannot_be_made_fails_every_rule_on_it(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as work")
        results = expectations.expectation_results(connection, "b1", NOW, tmp_path / "none")
    assert len(results) == len(RULES)
    assert not any(result.passed for result in results)
    assert all("could not run" in result.observed for result in results)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ([0.01, 0.02], "1.0% to 2.0% in 2 rows"),
        ([0.01, 0.2], "b: 20.0%"),
        ([None, None], "nothing to compare"),
    ],
)
def test_what_was_found_is_said_in_words(share: list[float | None], words: str) -> None:
    rule = next(r for r in RULES if r.check.check_name == "records_are_rarely_refused")
    frame = pl.DataFrame({"source_name": ["a", "b"], "refused_share": share})
    frame = frame.with_columns(pl.col("refused_share").cast(pl.Float64))
    assert expectations.describe(rule, frame) == words


def test_no_two_checks_have_one_name_on_one_table() -> None:
    names = [(check.table_name, check.check_name) for check in expectations.CHECKS]
    assert len(names) == len(set(names))
