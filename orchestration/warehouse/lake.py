"""The lake: cleaned rows as Parquet, one folder per table and observed local day.

It is the boundary that no engine owns. Staged files are put in place by links, as they are, beside
what the day holds already. A repeated or interrupted write changes nothing: rows of a delivery
that is written again are taken out of the day's files first, each replaced by a rename.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.schemas.tables import CORE_TABLES, Table
from orchestration.warehouse.staging import Staged
from orchestration.warehouse.statements import quote

FILES = "data_*.parquet"
_INCOMING = ".incoming"


def write_lake(lake: Path, staged: Staged, written: Sequence[str]) -> int:
    """Place staged rows in the lake; returns the number of days touched.

    written: ids of the files that the batch read; whatever the lake has of them is replaced.
    """
    touched = 0
    with _without(written) as connection:
        for table in CORE_TABLES:
            incoming = staged.core.get(table.name)
            days = sorted(incoming.glob("observed_date=*")) if incoming is not None else []
            for day in days:
                _place_day(connection, table, sorted(day.iterdir()), lake / table.name / day.name)
            touched += len(days)
    return touched


def withdraw_from_lake(lake: Path, file_ids: Sequence[str]) -> None:
    """Take the rows of files out of every day they are in, because they are read again."""
    if not file_ids:
        return
    with _without(file_ids) as connection:
        for table in CORE_TABLES:
            _withdraw(connection, table, sorted((lake / table.name).glob(f"*/{FILES}")))


@contextmanager
def _without(file_ids: Sequence[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table `gone` of the files whose rows are taken out."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute(
            "create temp table gone as select distinct unnest($1::varchar[]) as file_id",
            [list(file_ids)],
        )
        yield connection


def _place_day(
    connection: duckdb.DuckDBPyConnection, table: Table, parts: Sequence[Path], day: Path
) -> None:
    """Put staged files beside what the day holds of other deliveries."""
    day.mkdir(parents=True, exist_ok=True)
    held = sorted(day.glob(FILES))
    if held:
        _withdraw(connection, table, held)
    first = 1 + max((_number(path) for path in held), default=-1)
    for number, part in enumerate(parts, start=first):
        temporary = day / _INCOMING
        temporary.unlink(missing_ok=True)
        try:
            os.link(part, temporary)
        except OSError:  # a file system without links
            shutil.copyfile(part, temporary)
        temporary.replace(day / f"data_{number}.parquet")


def _number(path: Path) -> int:
    return int(path.stem.removeprefix("data_"))


def _withdraw(connection: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[Path]) -> None:
    """Take the rows of the files in `gone` out of lake files; one without rows goes."""
    if not paths:
        return
    sources = ", ".join(quote(str(path)) for path in paths)
    holding = connection.execute(
        f"""select distinct filename
            from read_parquet([{sources}], filename = true, hive_partitioning = false)
            semi join gone using (file_id)"""
    ).fetchall()
    columns = ", ".join(table.column_names)
    for path in sorted(Path(row[0]) for row in holding):
        temporary = path.parent / _INCOMING
        kept = connection.execute(
            f"""copy (select {columns}
                      from read_parquet({quote(str(path))}, hive_partitioning = false)
                      anti join gone using (file_id))
                to {quote(str(temporary))} (format parquet, compression zstd)"""
        ).fetchone()
        if kept and kept[0]:
            temporary.replace(path)
        else:
            temporary.unlink(missing_ok=True)
            path.unlink()
