"""A warehouse for tests of the dbt project: created from orchestration.schemas, filled with rows
given as dictionaries, built by the dbt beside this interpreter.

Nothing here knows what a model computes; expectations stand in the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.defs.dbt_project import dbt_environment, ensure_manifest, hand_on_parse
from orchestration.schemas.render import create_table_sql
from orchestration.schemas.tables import CORE_TABLES, RUN_TABLES, TABLES

WAREHOUSE = "observatory.duckdb"
PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
SHANGHAI = timedelta(hours=8)

Row = Mapping[str, Any]


def instant(text: str) -> datetime:
    """`2020-01-01 12:00` as a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local_day(at: datetime) -> date:
    """Asia/Shanghai day of an instant."""
    return (at.astimezone(UTC) + SHANGHAI).date()


@dataclass(frozen=True)
class DbtResult:
    ok: bool
    output: str

    def lines(self, word: str) -> list[str]:
        return [line for line in self.output.splitlines() if word in line]


class DbtServer:
    """dbt of this interpreter in one process, with one target folder, for many warehouses."""

    def __init__(self, target: Path) -> None:
        self.target = target
        ensure_manifest()
        hand_on_parse(target)
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dbt_server.py")), str(target)],
            env={**os.environ, **dbt_environment(target / WAREHOUSE, "parsed")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        parsed = self._answer()
        assert parsed.ok, parsed.output

    def run(self, arguments: Iterable[str], environment: Mapping[str, str]) -> DbtResult:
        request = {"arguments": list(arguments), "environment": dict(environment)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> DbtResult:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process of dbt has ended"
        return DbtResult(**json.loads(line))


class Warehouse:
    """One DuckDB file and the dbt that builds it. The name of the file is part of what dbt parses,
    so it is the same for all."""

    def __init__(self, path: Path, server: DbtServer) -> None:
        assert path.name in (WAREHOUSE, "unused.duckdb"), path
        self.path = path
        self.server = server
        self.target = server.target
        with self.connect() as con:
            for schema in ("core", "quality", "meta"):
                con.execute(f"create schema {schema}")
            for table in (*CORE_TABLES, *RUN_TABLES):
                con.execute(create_table_sql(table))

    def connect(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(str(self.path))
        con.execute("set TimeZone = 'UTC'")
        return con

    def insert(self, table_name: str, rows: Iterable[Row]) -> None:
        """Append rows; provenance that a row leaves out is filled in."""
        columns = TABLES[table_name].column_names
        defaults = {"file_id": "f0", "file_sha256": "sha0", "source_name": "source"}
        values = []
        for number, row in enumerate(rows, start=1):
            unknown = set(row) - set(columns)
            if unknown:
                raise KeyError(f"{table_name} has no columns {sorted(unknown)}")
            filled = {**defaults, "record_number": number, **row}
            values.append([filled.get(name) for name in columns])
        if values:
            # A row at a time costs a hundred times as much as whole columns.
            named = zip(columns, zip(*values, strict=True), strict=True)
            listed = pa.table({name: pa.array(column) for name, column in named})
            with self.connect() as con:
                con.register("listed", listed)
                con.execute(f"insert into {table_name} select * from listed")
                if table_name.startswith("core.") and "observed_at" in columns:
                    con.execute(
                        f"""insert into quality.file_days
                            select distinct file_id, source_name,
                                   timezone('Asia/Shanghai', observed_at)::date
                            from {table_name} where observed_at is not null
                            except from quality.file_days"""
                    )

    def load(self, build_id: str, tables: Mapping[str, Iterable[Row]]) -> None:
        """Insert as the load stage does: with the touched local days of the build."""
        touched: set[tuple[str, date]] = set()
        for table_name, rows in tables.items():
            listed = list(rows)
            self.insert(table_name, listed)
            touched |= {
                (table_name, local_day(row["observed_at"]))
                for row in listed
                if "observed_at" in row
            }
        self.insert(
            "meta.touched_days",
            (
                {"build_id": build_id, "table_name": name, "observed_date": day}
                for name, day in sorted(touched)
            ),
        )

    def dbt(self, *arguments: str, build_id: str = "unbuilt") -> DbtResult:
        return self.server.run(arguments, dbt_environment(self.path, build_id))

    def build_models(self, build_id: str, *arguments: str) -> None:
        """Seeds and models without tests; what went wrong is in the assertion."""
        result = self.dbt(
            "build", "--exclude-resource-type", "test", "unit_test", *arguments, build_id=build_id
        )
        assert result.ok, result.output[-6000:]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.connect() as con:
            return con.execute(query).fetchall()

    def one(self, query: str) -> tuple[Any, ...]:
        rows = self.rows(query)
        assert len(rows) == 1, rows
        return rows[0]

    def contents(self) -> dict[str, list[str]]:
        """Every published model and every incremental table as sorted text, without build_id and
        without what a build notes about itself."""
        found = {}
        with self.connect() as con:
            names = con.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_type = 'BASE TABLE' and (table_schema = 'main' "
                "or table_schema = 'intermediate' and table_name not in "
                "('int_touched_days', 'int_days_anew', 'int_account_marks', "
                "'int_growth_periods_anew', 'int_growth_groups_anew', "
                # Rows that came to nothing stay here; what follows from them is compared.
                "'int_growth_leaves', 'int_growth_classes') "
                "or table_name in ('event_links', 'coverage_slots', 'coverage_days')) order by all"
            ).fetchall()
            for schema, name in names:
                relation = con.sql(f"select * from {schema}.{name}")
                kept = [c for c in relation.columns if c != "build_id"]
                found[f"{schema}.{name}"] = sorted(
                    map(repr, relation.project(", ".join(kept)).fetchall())
                )
        return found


def difference(left: dict[str, list[str]], right: dict[str, list[str]]) -> dict[str, Any]:
    """What two warehouses disagree about: table to (only left, only right), a few rows each."""
    differing = {}
    for name in sorted(set(left) | set(right)):
        one, other = left.get(name, []), right.get(name, [])
        if one != other:
            differing[name] = (
                sorted(set(one) - set(other))[:3],
                sorted(set(other) - set(one))[:3],
                len(one),
                len(other),
            )
    return differing
