"""Every tool's answer becomes one row, and a check that could not run has failed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from orchestration.paths import DBT_PROJECT
from orchestration.quality.audit import CHECKS
from orchestration.quality.results import (
    Check,
    blocking,
    dbt_demand,
    dbt_results,
    read_results,
    shortened,
    write_results,
)
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_work

CHECK = Check("keys_are_present", "great_expectations", "core.posts", "error", "no NULL")
WARNING = Check("volume_is_usual", "great_expectations", "core.posts", "warn", "usual")


def _node(name: str, kind: str = "test", **more: object) -> dict[str, object]:
    return {
        "name": name, "resource_type": kind, "schema": "main", "config": {},
        "depends_on": {"nodes": ["model.o.accounts"]}, **more,
    }  # fmt: skip


MANIFEST = {
    "sources": {},
    "nodes": {
        "model.o.accounts": _node("accounts", "model"),
        "model.o.posts": _node("posts", "model"),
        "test.o.attached": _node("attached", attached_node="model.o.accounts"),
        "test.o.gentle": _node("gentle", config={"severity": "warn"}),
        "test.o.named": _node(
            "assert_posts__accounts_are_known",
            depends_on={"nodes": ["model.o.accounts", "model.o.posts"]},
        ),
        "test.o.left_out": _node("left_out"),
        "test.o.broken": _node("broken"),
    },
}


def _outcome(name: str, status: str, failures: int | None = None, message: str = "") -> dict:
    return {"unique_id": name, "status": status, "failures": failures, "message": message}


def _answers(tmp_path: Path, *outcomes: dict) -> dict[str, object]:
    path = tmp_path / "run_results.json"
    path.write_text(json.dumps({"results": list(outcomes)}))
    return {answer.check_name: answer for answer in dbt_results(path, MANIFEST)}


def test_dbt_tests_become_results_of_the_table_they_are_about(tmp_path: Path) -> None:
    found = _answers(
        tmp_path,
        _outcome("test.o.attached", "pass", 0),
        _outcome("test.o.gentle", "warn", 3),
        _outcome("test.o.named", "fail", 2),
        _outcome("model.o.accounts", "success"),
        _outcome("unit_test.o.accounts.x", "pass", 0),
    )
    assert {name: (a.table_name, a.severity, a.passed) for name, a in found.items()} == {
        "attached": ("main.accounts", "error", True),
        "gentle": ("main.accounts", "warn", False),
        "assert_posts__accounts_are_known": ("main.posts", "error", False),
    }
    assert found["gentle"].observed == "3 rows against it"


def test_a_dbt_test_that_was_skipped_or_broke_has_not_passed(tmp_path: Path) -> None:
    found = _answers(
        tmp_path,
        _outcome("test.o.left_out", "skipped"),
        _outcome("test.o.broken", "error", None, "Binder Error:\n  no such column"),
    )
    assert [answer.passed for answer in found.values()] == [False, False]
    assert found["broken"].observed == "error: Binder Error: no such column"
    assert "not built" in found["left_out"].observed


def test_results_of_one_tool_are_replaced_and_those_of_others_kept(
    make_settings: Callable[..., Settings],
) -> None:
    counted = Check("records_are_conserved", "conservation", "quality.file_ledger", "error", "even")
    with open_work(make_settings().root.warehouse) as connection:
        write_results(connection, "b1", "conservation", [counted.answer(True, "even")])
        write_results(connection, "b1", "great_expectations", [CHECK.answer(False, "3")])
        write_results(connection, "b1", "great_expectations", [CHECK.answer(True, "0")])
        write_results(connection, "b2", "great_expectations", [CHECK.answer(False, "9")])
        found = read_results(connection, "b1")
    assert [(r.tool, r.passed, r.observed) for r in found] == [
        ("conservation", True, "even"),
        ("great_expectations", True, "0"),
    ]


def test_only_a_failed_error_blocks() -> None:
    answers = [CHECK.answer(True, ""), WARNING.answer(False, ""), CHECK.answer(False, "3")]
    assert blocking(answers) == [answers[2]]


def test_a_check_that_could_not_run_failed_and_says_why() -> None:
    answer = CHECK.could_not_run(IndexError("list index out of range"))
    assert not answer.passed
    assert answer.observed == "the check could not run: IndexError: list index out of range"


def test_texts_are_cut_to_one_line() -> None:
    assert shortened("a\n b\tc") == "a b c"
    assert len(shortened("x" * 900)) == 500


def test_what_is_demanded_begins_like_a_sentence() -> None:
    demands = {check.check_name: check.expected for check in CHECKS}
    demands |= {
        path.stem: dbt_demand({"name": path.stem, "raw_code": path.read_text(encoding="utf-8")})
        for path in (DBT_PROJECT / "tests" / "singular").glob("*.sql")
    }
    arguments = {"columns": ["a"], "expression": "a < b"}
    for path in (DBT_PROJECT / "tests" / "generic").glob("*.sql"):
        test = {"name": path.stem, "kwargs": arguments}
        demands[path.stem] = dbt_demand({"name": path.stem, "test_metadata": test})
    assert len(demands) > 40
    assert {name: text for name, text in demands.items() if not re.match(r"[A-Z0-9]", text)} == {}
