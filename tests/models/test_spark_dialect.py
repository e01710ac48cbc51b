"""The second engine: every model, rendered with its spark__ macros, parses as Spark SQL and calls
nothing that only DuckDB has. What it computes there is for a run on a cluster to show.
"""

from __future__ import annotations

import ast
import re
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import pytest
import sqlglot
from model_warehouse import PROJECT

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
DUCKDB_ONLY = (
    "epoch_us", "make_timestamp", "unnest(", "struct_pack", "string_agg", "json_object", "sha256(",
    "date_diff", "generate_series", "timestamptz", "exclude", "asof", "varchar",
)  # fmt: skip


class SparkTarget:
    type = "spark"


class SparkTypes:
    @staticmethod
    def type_string() -> str:
        return "string"


def macros() -> str:
    """All macros, with every dispatch resolved to Spark."""
    text = "\n".join(
        path.read_text()
        for path in sorted((PROJECT / "macros").glob("*.sql"))
        if path.stem != "generate_schema_name"
    )
    return re.sub(r"adapter\.dispatch\('(\w+)', 'observatory'\)", r"spark__\1", text)


_LIST = re.compile(r"{% macro (\w+)\(\) %}{{ return\((\[.*?\])\) }}{% endmacro %}")


def lists() -> dict[str, Any]:
    """Macros that give a list: outside of dbt, a macro gives text."""
    return {name: partial(ast.literal_eval, text) for name, text in _LIST.findall(macros())}


def rendered(path: Path) -> str:
    context: dict[str, Any] = {
        **lists(),
        "ref": lambda name: name,
        "source": lambda schema, name: f"{schema}.{name}",
        "config": lambda **_: "",
        "dbt_metadata_envs": {"OBSERVATORY_BUILD_ID": "b1"},
        "return": lambda value: value,
        "is_incremental": lambda: False,
        "target": SparkTarget,
        "dbt": SparkTypes,
        "this": "this_table",
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    return environment.from_string(_LIST.sub("", macros()) + path.read_text()).render(**context)


def test_every_dispatched_macro_has_both_versions() -> None:
    text = macros()
    for name in set(re.findall(r"macro (\w+?)__(\w+)", text)):
        other = {"duckdb": "spark", "spark": "duckdb"}[name[0]]
        assert f"macro {other}__{name[1]}(" in text, name


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_model_is_spark_sql(path: Path) -> None:
    lines = [line for line in rendered(path).splitlines() if not line.strip().startswith("--")]
    sql = "\n".join(lines)
    assert sqlglot.parse_one(sql, read="spark") is not None
    found = [word for word in DUCKDB_ONLY if word in sql.lower()]
    assert not found, found
