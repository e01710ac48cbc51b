"""What statements to DuckDB are made of: literals, counts, and rows that Polars hands over."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl


@contextmanager
def rows_of(connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame) -> Iterator[str]:
    """The rows of a frame as what stands behind `from`; only while the context lasts.

    They are a file where the connection keeps its own temporary ones. DuckDB could look at them in
    memory, but by way of pyarrow's datasets, which import pandas: half a second of every process
    that hands over a single row.
    """
    row = connection.execute("select current_setting('temp_directory')").fetchone()
    assert row is not None
    place = Path(row[0])
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place, prefix="rows_") as folder:
        path = Path(folder) / "rows.parquet"
        frame.write_parquet(path, compression="uncompressed", statistics=False)
        yield f"read_parquet({quote(str(path))})"


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    """Add the rows of a frame to a table, column by name. table: as it stands in SQL."""
    with rows_of(connection, frame) as rows:
        connection.execute(f"insert into {table} by name select * from {rows}")


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table, `schema.table` or with its catalog; the name is the schema's own."""
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0


def quote(text: str) -> str:
    """A text as an SQL string literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"
