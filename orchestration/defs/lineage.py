"""Column lineage of the dbt models, read from their compiled SQL.

dagster-dbt can do it too, but opens the warehouse for it inside this process, where it stays
open. Lineage follows the code and not the data, so it is worked out once for every version of
the code and kept beside dbt's other output.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot.schema import MappingSchema

Columns = Mapping[str, Mapping[str, str]]
"""Table (`schema.table`) to its columns and their types."""
Lineage = dict[str, list[tuple[str, str]]]
"""Column to the columns it is made of: (`schema.table`, column)."""
DIALECT = "duckdb"


def lineage_of_models(
    compiled: Mapping[str, str],
    columns: Columns,
    cache: Path,
    version: str,
    warn: Callable[[str], None] = lambda message: None,
) -> dict[str, Lineage]:
    """Lineage of every model (`schema.table` to its compiled SQL).

    cache: file that keeps the answer for `version`. A model whose SQL cannot be followed is
    named through `warn` and has no lineage; that stops nothing.
    """
    kept = _read(cache)
    if kept.get("version") == version and set(compiled) <= set(kept.get("models", {})):
        return {name: kept["models"][name] for name in compiled}
    found, schema = {}, schema_of(columns)
    for name, sql in compiled.items():
        try:
            found[name] = column_lineage(sql, columns, schema)
        except Exception as error:
            warn(f"no column lineage of {name}: {type(error).__name__}: {error}")
            found[name] = {}
    _write(cache, {"version": version, "models": found})
    return found


def column_lineage(sql: str, columns: Columns, schema: MappingSchema) -> Lineage:
    """The columns of tables that each output column of a query is made of."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    query: Any = qualify(
        sqlglot.parse_one(sql, dialect=DIALECT), schema=schema, dialect=DIALECT,
        validate_qualify_columns=False,
    )  # fmt: skip
    scope = build_scope(query)
    found: Lineage = {}
    for column in query.named_selects:
        parents = set()
        traced = lineage(
            column, query, schema=schema, scope=scope, dialect=DIALECT, trim_selects=False,
            copy=False,
        )  # fmt: skip
        for node in traced.walk():
            table = node.expression.find(exp.Table) if not node.downstream else None
            if table is None:
                continue
            name = f"{table.db}.{table.name}"
            parent = exp.to_column(node.name).name
            if parent in columns.get(name, {}):
                parents.add((name, parent))
        found[column] = sorted(parents)
    return found


def schema_of(columns: Columns) -> MappingSchema:
    """The tables as sqlglot wants them; made once, because it normalises every name."""
    from sqlglot.schema import MappingSchema

    nested: dict[str, Any] = {}
    for name, types in columns.items():
        schema, table = name.split(".", 1)
        nested.setdefault(schema, {})[table] = dict(types)
    return MappingSchema(nested, dialect=DIALECT)


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
