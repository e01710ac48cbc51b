"""The lake: cleaned rows as Parquet, one file per table and observed local day.

It is the boundary that no engine owns: every cleaned record stands here, repeated sightings
included; core.* keeps each observation once. A day's file is rewritten whole, with what it held
and what is new, and put in place by a rename, so a repeated or interrupted write changes
nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from orchestration.schemas.tables import CORE_TABLES, Table
from orchestration.warehouse.connect import quote

FILE_NAME = "data_0.parquet"
_UNDATED = "__HIVE_DEFAULT_PARTITION__"


def write_lake(
    lake: Path,
    staged: Mapping[str, Path],
    temporary: Path,
    withdrawn: Sequence[str] = (),
) -> int:
    """Merge staged rows into the lake; returns the number of day files written.

    withdrawn: file ids whose earlier rows are dropped from every day they are in.
    """
    written = 0
    for table in CORE_TABLES:
        source = staged.get(table.name)
        folder = lake / table.name
        if source is None and not (withdrawn and folder.exists()):
            continue
        incoming = temporary / f"lake-{table.name}"
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.parent.mkdir(parents=True, exist_ok=True)
        replaced = _write_days(table, folder, source, incoming, withdrawn)
        moved = _move_into_place(incoming, folder)
        for path in set(replaced) - set(moved):
            path.unlink()  # every row of that day was withdrawn
        written += len(moved)
        shutil.rmtree(incoming, ignore_errors=True)
    return written


def _write_days(
    table: Table, folder: Path, source: Path | None, incoming: Path, withdrawn: Sequence[str]
) -> list[Path]:
    """Write the days into `incoming`; returns the day files that they replace."""
    at = "observed_at" if "observed_at" in table.column_names else table.bucket
    day = f"timezone('Asia/Shanghai', {at})::date"
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = ", ".join(table.column_names)
        queries = []
        days: set[str] = set()
        if source is not None:
            staged = f"read_parquet({quote(str(source))})"
            queries.append(f"select {columns} from {staged}")
            days = {
                str(row[0]) if row[0] else _UNDATED
                for row in connection.execute(f"select distinct {day} from {staged}").fetchall()
            }
        existing = _existing_files(connection, folder, days, withdrawn)
        if existing:
            files = ", ".join(quote(str(path)) for path in existing)
            keep = f"select {columns} from read_parquet([{files}], hive_partitioning = false)"
            if withdrawn:
                gone = ", ".join(quote(file_id) for file_id in withdrawn)
                keep += f" where file_id not in ({gone})"
            queries.append(keep)
        if not queries:
            return []
        rows = " union ".join(queries) if existing else f"select distinct * from ({queries[0]})"
        connection.execute(
            f"""copy (
                  select *, {day} as observed_date from ({rows})
                  order by observed_date, file_sha256, record_number
                ) to {quote(str(incoming))}
                (format parquet, partition_by (observed_date), compression zstd)"""
        )
        return existing


def _existing_files(
    connection: duckdb.DuckDBPyConnection, folder: Path, days: set[str], withdrawn: Sequence[str]
) -> list[Path]:
    """Day files that will be rewritten: those of touched days, and those with withdrawn rows."""
    touched = [folder / f"observed_date={day}" / FILE_NAME for day in sorted(days)]
    found = [path for path in touched if path.exists()]
    if withdrawn and folder.exists():
        gone = ", ".join(quote(file_id) for file_id in withdrawn)
        pattern = quote(str(folder / "*" / FILE_NAME))
        holding = connection.execute(
            f"""select distinct filename from read_parquet({pattern}, filename = true,
                hive_partitioning = false) where file_id in ({gone})"""
        ).fetchall()
        found += [Path(row[0]) for row in holding if Path(row[0]) not in found]
    return found


def _move_into_place(incoming: Path, folder: Path) -> list[Path]:
    moved = []
    for part in sorted(incoming.glob("observed_date=*")):
        files = sorted(part.iterdir())
        if [file.name for file in files] != [FILE_NAME]:
            raise RuntimeError(f"{part} holds {len(files)} files where one was expected")
        target = folder / part.name
        target.mkdir(parents=True, exist_ok=True)
        os.replace(files[0], target / FILE_NAME)
        moved.append(target / FILE_NAME)
    return moved
