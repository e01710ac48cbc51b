"""Tests of the tests: every generic test passes on good rows and fails on one bad row each.

A throw-away project borrows the generic tests and runs them over rows written in its models.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from model_warehouse import PROJECT

GOOD = "select 1 as id, 'a' as part, 5 as amount union all select 1, 'b', null"
BAD = {
    "unique_key_twice": f"{GOOD} union all select 1, 'a', 6",
    "unique_key_null": f"{GOOD} union all select 2, null, 6",
    "filled_not": f"{GOOD} union all select 3, null, 6",
    "holds_false": f"{GOOD} union all select 3, 'c', -1",
}
TESTS = {
    "unique_key": {"unique_key": {"arguments": {"columns": ["id", "part"]}}},
    "filled": {"filled": {"arguments": {"columns": ["id", "part"]}}},
    "holds": {"holds": {"arguments": {"expression": "amount >= 0"}}},
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Status of each test by model and test name."""
    root = tmp_path_factory.mktemp("generic")
    (root / "models").mkdir()
    shutil.copytree(PROJECT / "tests" / "generic", root / "tests" / "generic")
    (root / "dbt_project.yml").write_text(
        "name: borrowed\nversion: '1.0'\nprofile: observatory\nflags:\n"
        "  send_anonymous_usage_stats: false\n"
        "  require_generic_test_arguments_property: true\n"
    )
    models = []
    for name, sql in {"good": GOOD, **BAD}.items():
        (root / "models" / f"{name}.sql").write_text(sql)
        kinds = TESTS if name == "good" else {k: v for k, v in TESTS.items() if name.startswith(k)}
        models.append({"name": name, "data_tests": list(kinds.values())})
    (root / "models" / "_models.yml").write_text(json.dumps({"version": 2, "models": models}))
    subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "build", "--project-dir", str(root),
         "--profiles-dir", str(PROJECT)],
        env={**os.environ, "OBSERVATORY_WAREHOUSE": str(root / "rows.duckdb")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    results = json.loads((root / "target" / "run_results.json").read_text())["results"]
    manifest = json.loads((root / "target" / "manifest.json").read_text())["nodes"]
    found = {}
    for result in results:
        node = manifest[result["unique_id"]]
        if node["resource_type"] == "test":
            model = node["attached_node"].split(".")[-1]
            found[f"{model}:{node['test_metadata']['name']}"] = result["status"]
    return found


def test_every_generic_test_is_tested() -> None:
    assert {path.stem for path in (PROJECT / "tests" / "generic").glob("*.sql")} == set(TESTS)


def test_good_rows_pass(outcomes: dict[str, str]) -> None:
    assert {outcomes[f"good:{name}"] for name in TESTS} == {"pass"}


@pytest.mark.parametrize("name", sorted(BAD))
def test_one_bad_row_fails(outcomes: dict[str, str], name: str) -> None:
    (test,) = [kind for kind in TESTS if name.startswith(kind)]
    assert outcomes[f"{name}:{test}"] == "fail"
