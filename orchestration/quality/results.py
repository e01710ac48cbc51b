"""One check, one answer: the rows of quality.check_results, whatever tool they come from."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import CHECK_RESULTS
from orchestration.warehouse.statements import insert_rows

Severity = Literal["error", "warn"]
Tool = Literal["great_expectations", "dbt", "conservation"]

TEXT_LIMIT = 500
_PASSED = ("pass", "success")


@dataclass(frozen=True)
class Check:
    """What is demanded of one table; `error` blocks publishing, `warn` reports."""

    check_name: str
    tool: Tool
    table_name: str
    severity: Severity
    expected: str

    def answer(self, passed: bool, observed: str) -> CheckResult:
        """The result of this check; texts are cut, because they go into tables and pages."""
        return CheckResult(
            self.check_name, self.tool, self.table_name, self.severity, passed,
            shortened(observed), self.expected,
        )  # fmt: skip

    def could_not_run(self, error: BaseException) -> CheckResult:
        """A check that could not run has failed, and says that it did not look at the data."""
        return self.answer(False, f"the check could not run: {type(error).__name__}: {error}")


@dataclass(frozen=True)
class CheckResult:
    """One row of quality.check_results, without the build it belongs to."""

    check_name: str
    tool: Tool
    table_name: str
    severity: Severity
    passed: bool
    observed: str
    expected: str

    @property
    def blocks(self) -> bool:
        """Whether this answer alone keeps the build from its readers."""
        return self.severity == "error" and not self.passed

    def sentence(self) -> str:
        """The result as people read it in a log or an alert."""
        state = "passed" if self.passed else f"failed ({self.severity})"
        return f"{self.table_name}: {self.check_name} {state}: {self.observed}"


def shortened(text: str, limit: int = TEXT_LIMIT) -> str:
    """A text on one line, cut where it is longer than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def write_results(
    connection: duckdb.DuckDBPyConnection,
    build_id: str,
    tool: Tool,
    results: Sequence[CheckResult],
) -> None:
    """Replace what `tool` said about a build; an audit that runs twice leaves one set of rows."""
    frame = pl.DataFrame(
        [{"build_id": build_id, **asdict(result)} for result in results],
        schema=polars_schema(CHECK_RESULTS),
    )
    connection.execute("begin")
    try:
        connection.execute(
            "delete from quality.check_results where build_id = $1 and tool = $2", [build_id, tool]
        )
        insert_rows(connection, CHECK_RESULTS.full_name, frame)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def read_results(connection: duckdb.DuckDBPyConnection, build_id: str) -> list[CheckResult]:
    """Everything that was said about a build, in a fixed order."""
    rows = connection.execute(
        """select check_name, tool, table_name, severity, passed, observed, expected
           from quality.check_results where build_id = $1
           order by tool, table_name, check_name""",
        [build_id],
    ).fetchall()
    return [CheckResult(*row) for row in rows]


def blocking(results: Iterable[CheckResult]) -> list[CheckResult]:
    """The answers that keep a build from its readers."""
    return [result for result in results if result.blocks]


def dbt_results(run_results: Path, manifest: Mapping[str, Any]) -> list[CheckResult]:
    """The data tests of one dbt invocation. Unit tests say nothing about data and are left out.

    A test that was skipped, because what it tests was not built, has not passed.
    """
    document = json.loads(run_results.read_text(encoding="utf-8"))
    answers = []
    for outcome in document["results"]:
        node = manifest["nodes"].get(outcome["unique_id"])
        if node is None or node["resource_type"] != "test":
            continue
        answers.append(_dbt_answer(node, outcome, manifest))
    return sorted(answers, key=lambda answer: (answer.table_name, answer.check_name))


def _dbt_answer(
    node: Mapping[str, Any], outcome: Mapping[str, Any], manifest: Mapping[str, Any]
) -> CheckResult:
    severity: Severity = (
        "warn" if str(node["config"].get("severity", "error")).lower() == "warn" else "error"
    )
    check = Check(node["name"], "dbt", _dbt_table(node, manifest), severity, dbt_demand(node))
    passed = outcome["status"] in _PASSED
    return check.answer(passed, _dbt_observation(outcome))


def _dbt_observation(outcome: Mapping[str, Any]) -> str:
    failures, message = outcome.get("failures"), outcome.get("message") or ""
    if outcome["status"] in _PASSED:
        return "0 rows against it"
    if outcome["status"] == "skipped":
        return "skipped, because what it tests was not built"
    return f"{failures} rows against it" if failures else f"{outcome['status']}: {message}"


def dbt_demand(node: Mapping[str, Any]) -> str:
    """What a dbt test demands, in words: its description, its opening comment, or its arguments."""
    if node.get("description"):
        return shortened(node["description"])
    opening = itertools.takewhile(
        lambda line: line.startswith("--"), str(node.get("raw_code") or "").splitlines()
    )
    if comment := " ".join(line.lstrip("- ") for line in opening):
        return shortened(comment)
    test = node.get("test_metadata") or {}
    arguments = test.get("kwargs", {})
    wording = {
        "filled": "Never NULL: {columns}",
        "unique_key": "One row for every {columns}",
        "holds": "In every row: {expression}",
    }.get(str(test.get("name")), f"No row of {node['name']}")
    columns = ", ".join(arguments.get("columns", ()))
    return shortened(wording.format_map({**arguments, "columns": columns}))


def _dbt_table(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    target = tested_node(node, manifest)
    return f"{target['schema']}.{target['name']}" if target else str(node["name"])


def tested_node(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a dbt test is about: what it is attached to, what its meta or its name says
    (`assert_<model>__<rule>`), or what it reads first."""
    parents = node["depends_on"]["nodes"]
    target = node.get("attached_node") or _named_model(node, manifest) or next(iter(parents), None)
    found: Mapping[str, Any] | None = manifest["nodes"].get(target)
    return found or manifest["sources"].get(target)


def _named_model(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str | None:
    declared = node["config"].get("meta", {}).get("dagster", {}).get("ref", {}).get("name")
    name = declared or str(node["name"]).removeprefix("assert_").split("__")[0]
    for parent in node["depends_on"]["nodes"]:
        found = manifest["nodes"].get(parent)
        if found and found["name"] == name:
            return str(parent)
    return None
