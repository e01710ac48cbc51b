"""Opening the two DuckDB files: the private work file, and the published one.

The work file is opened by the run that holds the lock, one connection at a time, and closed
before dbt starts. The published file is only ever opened read-only and locked down.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.schemas.render import (
    DUCKDB_TYPES,
    comment_sql,
    create_table_sql,
    dictionary_frame,
    repair_rules_frame,
)
from orchestration.schemas.tables import CORE_TABLES, PRIVATE_TABLES, RUN_TABLES
from orchestration.warehouse.statements import insert_rows, quote

STORAGE_VERSION = "v1.4.0"
"""Files are written so that every DuckDB client since 1.4 can open them."""
SCHEMAS = ("core", "quality", "meta", "door", "staging", "intermediate")
MEMORY_LIMIT = "512MB"
OFFLINE: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@contextmanager
def open_work(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file; a new one has all tables before it has its name. Sessions are in UTC."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:", config={**OFFLINE, "memory_limit": MEMORY_LIMIT})
    try:
        connection.execute("set TimeZone = 'UTC'")
        folder = path.parent / "tmp"
        shutil.rmtree(folder, ignore_errors=True)  # what a process left that was killed
        connection.execute(f"set temp_directory = {quote(str(folder))}")
        connection.execute("set preserve_insertion_order = true")
        if not path.exists():
            _create(path)
        _attach(connection, path)
        yield connection
    finally:
        connection.close()


@contextmanager
def open_modelled(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The work file as dbt opened it, read-only: under its own name, by which its views call it."""
    connection = duckdb.connect(
        str(path), read_only=True, config={**OFFLINE, "memory_limit": MEMORY_LIMIT}
    )
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"attach {quote(str(path))} as work (storage_version '{STORAGE_VERSION}')")
    connection.execute("use work")


def _create(path: Path) -> None:
    """Make the file under another name: a process that ends here leaves no half of one."""
    unfinished = path.with_name(f".{path.name}.incoming")
    for left in (unfinished, _log_of(unfinished), _log_of(path)):
        left.unlink(missing_ok=True)
    with unfinished.open("wb") as file:
        file.write(_empty())
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


@cache
def _empty() -> bytes:
    """A work file without rows. Five hundred comments cost most of a second: once a process."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config=OFFLINE) as connection:
        made = Path(folder) / "work"
        _attach(connection, made)
        connection.execute("begin")
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        bring_up_to_date(connection)
        connection.execute("commit")
        connection.execute("checkpoint work")
        connection.execute("use memory")
        connection.execute("detach work")
        return made.read_bytes()


def _log_of(path: Path) -> Path:
    """DuckDB's write-ahead log of a file."""
    return path.with_name(f"{path.name}.wal")


def bring_up_to_date(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the work file the tables, columns, comments and dictionary that the code has now.

    A column that is new is added, NULL in older rows; nothing is ever dropped here.
    """
    existing = {
        (row[0], row[1])
        for row in connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where database_name = current_database()"
        ).fetchall()
    }
    connection.execute("create schema if not exists door")
    for table in PRIVATE_TABLES:
        connection.execute(create_table_sql(table))
    for table in (*CORE_TABLES, *RUN_TABLES):
        connection.execute(create_table_sql(table))
        for column in table.columns:
            is_known = (table.full_name, column.name) in existing
            if not is_known and any(name == table.full_name for name, _ in existing):
                connection.execute(
                    f"alter table {table.full_name} add column {column.name} "
                    f"{DUCKDB_TYPES[column.type]}"
                )
    for statement in comment_sql((*CORE_TABLES, *RUN_TABLES)):
        connection.execute(statement)
    for name, frame in (
        ("meta.columns", dictionary_frame()),
        ("quality.repair_rules", repair_rules_frame()),
    ):
        connection.execute(f"delete from {name}")
        insert_rows(connection, name, frame)


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, read-only: no writes, no files, no extensions, no settings."""
    connection = duckdb.connect(str(path), read_only=True, config=OFFLINE)
    try:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection
    finally:
        connection.close()
