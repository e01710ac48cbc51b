"""The lake: cleaned rows as Parquet, one file per table and observed local day.

It is the boundary that no engine owns. A day's file is put in place by a rename or a link, so a
repeated or interrupted write changes nothing: rows of a delivery that is written again replace
what the day held of it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.schemas.tables import CORE_TABLES, Table
from orchestration.warehouse.connect import quote
from orchestration.warehouse.staging import Staged

FILE_NAME = "data_0.parquet"


def write_lake(lake: Path, staged: Staged, written: Sequence[str]) -> int:
    """Place staged rows in the lake; returns the number of day files written.

    written: ids of the files that the batch read; whatever the lake has of them is replaced.
    """
    placed = 0
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for table in CORE_TABLES:
            incoming = staged.core.get(table.name)
            days = sorted(incoming.glob("observed_date=*")) if incoming is not None else []
            for day in days:
                target = lake / table.name / day.name / FILE_NAME
                _place_day(connection, table, sorted(day.iterdir()), target, written)
            placed += len(days)
    return placed


def withdraw_from_lake(lake: Path, file_ids: Sequence[str]) -> None:
    """Take the rows of files out of every day they are in, because they are read again."""
    if not file_ids:
        return
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        for table in CORE_TABLES:
            for path in _holding(connection, lake / table.name, file_ids):
                _rewrite(connection, table, [], path, file_ids)


def _place_day(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    parts: list[Path],
    target: Path,
    written: Sequence[str],
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if len(parts) > 1 or target.exists():
        _rewrite(connection, table, parts, target, written)
        return
    temporary = target.with_suffix(".incoming")
    temporary.unlink(missing_ok=True)
    try:
        os.link(parts[0], temporary)
    except OSError:  # a file system without links
        shutil.copyfile(parts[0], temporary)
    temporary.replace(target)


def _rewrite(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    parts: Sequence[Path],
    target: Path,
    without: Sequence[str],
) -> None:
    """Write a day anew: the parts, and what it held of other files; a day without rows goes."""
    columns = ", ".join(table.column_names)
    queries = [f"select {columns} from {_parquet(part)}" for part in parts]
    if target.exists():
        gone = ", ".join(quote(file_id) for file_id in without)
        queries.append(f"select {columns} from {_parquet(target)} where file_id not in ({gone})")
    temporary = target.with_suffix(".incoming")
    written = connection.execute(
        f"copy ({' union all '.join(queries)}) to {quote(str(temporary))} "
        "(format parquet, compression zstd)"
    ).fetchone()
    if written and written[0]:
        temporary.replace(target)
    else:
        temporary.unlink(missing_ok=True)
        target.unlink(missing_ok=True)


def _holding(
    connection: duckdb.DuckDBPyConnection, folder: Path, file_ids: Sequence[str]
) -> list[Path]:
    """Day files of a table that hold rows of the files."""
    if not any(folder.glob(f"*/{FILE_NAME}")):
        return []  # a killed run may have taken the last day of a table out
    gone = ", ".join(quote(file_id) for file_id in file_ids)
    rows = connection.execute(
        f"""select distinct filename
            from read_parquet({quote(str(folder / "*" / FILE_NAME))}, filename = true,
                              hive_partitioning = false)
            where file_id in ({gone})"""
    ).fetchall()
    return sorted(Path(row[0]) for row in rows)


def _parquet(path: Path) -> str:
    return f"read_parquet({quote(str(path))}, hive_partitioning = false)"
