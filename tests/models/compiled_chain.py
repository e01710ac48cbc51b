"""Compiled SQL of single models, run in an empty database: what dbt would run, without dbt."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from model_warehouse import Warehouse

Queries = list[tuple[str, str]]


def compiled_queries(world: Warehouse, chain: Iterable[tuple[str, str]]) -> Queries:
    """(relation, SQL) of each (schema, model), as the world's build compiled them."""
    compiled = world.target / "compiled" / "observatory" / "models"
    queries = []
    for schema, name in chain:
        # Unit tests compile into folders named after their YAML file.
        (path,) = (
            found
            for found in compiled.rglob(f"{name}.sql")
            if not any(part.endswith(".yml") for part in found.parts)
        )
        queries.append((f"{schema}.{name}", path.read_text()))
    return queries


def empty_database(world: Warehouse) -> duckdb.DuckDBPyConnection:
    """A database in memory under the name that the compiled SQL uses."""
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'; set threads = 1")
    con.execute(f"attach ':memory:' as {world.path.stem}; use {world.path.stem}")
    for schema in ("intermediate", "seeds", "core"):
        con.execute(f"create schema {schema}")
    return con


def run(con: duckdb.DuckDBPyConnection, queries: Queries) -> None:
    """Make every table of the chain anew."""
    for name, query in queries:
        con.execute(f"create or replace table {name} as {query}")
