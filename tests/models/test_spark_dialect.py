"""The second engine: every model, rendered with its spark__ macros, parses as Spark SQL and calls
nothing that only DuckDB has. What it computes there is for a run on a cluster to show.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from model_warehouse import PROJECT
from rendering import macros, rendered

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
DUCKDB_ONLY = (
    "epoch_us", "make_timestamp", "unnest(", "struct_pack", "string_agg", "json_object", "sha256(",
    "date_diff", "generate_series", "timestamptz", "exclude", "asof", "varchar",
)  # fmt: skip


def test_every_dispatched_macro_has_both_versions() -> None:
    text = macros("spark")
    for name in set(re.findall(r"macro (\w+?)__(\w+)", text)):
        other = {"duckdb": "spark", "spark": "duckdb"}[name[0]]
        assert f"macro {other}__{name[1]}(" in text, name


BOOTSTRAP = PROJECT / "models" / "intermediate" / "responses" / "int_response_bootstrap.sql"


@pytest.mark.parametrize(
    ("path", "replicates"),
    [*((path, "0") for path in MODELS), (BOOTSTRAP, "200")],
    ids=lambda given: given.stem if isinstance(given, Path) else given,
)
def test_model_is_spark_sql(path: Path, replicates: str) -> None:
    text = rendered(path, "spark", metadata={"OBSERVATORY_BOOTSTRAP_REPLICATES": replicates})
    lines = [line for line in text.splitlines() if not line.strip().startswith("--")]
    sql = "\n".join(lines)
    assert sqlglot.parse_one(sql, read="spark") is not None
    found = [word for word in DUCKDB_ONLY if word in sql.lower()]
    assert not found, found
