"""What one child process does: load the given files into a DuckDB file, one way of several.

    python -m benchmarks.contenders NAME ROWS TARGET FILE…

Every rival counts what it loaded and fails when it is not ROWS: a fast load that drops records is
none. None of them archives, keeps a ledger, checks ids, hides people or finds duplicates.
"""

from __future__ import annotations

import csv
import importlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

Load = Callable[[Path, Sequence[str]], None]

_TABLE = "rows"
_PANDAS_ROWS = 100_000
_ARROW_BLOCK = 8 << 20


# -- bare DuckDB ----------------------------------------------------------------------------------
def duckdb_json(target: Path, files: Sequence[str]) -> None:
    """`read_json` as it comes."""
    _create(target, f"read_json({_listed(files)})")


def duckdb_csv(target: Path, files: Sequence[str]) -> None:
    """`read_csv` as it comes."""
    _create(target, f"read_csv({_listed(files)})")


def duckdb_ragged_csv(target: Path, files: Sequence[str]) -> None:
    """The only way `read_csv` takes rows that are shorter than their header and have line breaks
    inside quotes: one thread, text only, missing cells as NULL."""
    options = "header=true, all_varchar=true, null_padding=true, parallel=false"
    _create(target, f"read_csv({_listed(files)}, {options})")


def _create(target: Path, source: str) -> None:
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"create table {_TABLE} as select * from {source}")


def _listed(files: Sequence[str]) -> str:
    return "[" + ", ".join("'" + file.replace("'", "''") + "'" for file in files) + "]"


# -- pandas ---------------------------------------------------------------------------------------
def pandas_json(target: Path, files: Sequence[str]) -> None:
    """`read_json(lines=True)` in chunks, each inserted; ids stay text."""
    pandas: Any = importlib.import_module("pandas")
    for file in files:
        with pandas.read_json(
            file, lines=True, chunksize=_PANDAS_ROWS, dtype=False, convert_dates=False
        ) as chunks:
            _append(target, chunks)


def pandas_csv(target: Path, files: Sequence[str]) -> None:
    """`read_csv` in chunks, each inserted, everything text as in the ragged file."""
    pandas: Any = importlib.import_module("pandas")
    for file in files:
        with pandas.read_csv(file, chunksize=_PANDAS_ROWS, dtype=str) as chunks:
            _append(target, chunks)


def pandas_typed_csv(target: Path, files: Sequence[str]) -> None:
    """`read_csv` in chunks with pandas' own types."""
    pandas: Any = importlib.import_module("pandas")
    for file in files:
        with pandas.read_csv(file, chunksize=_PANDAS_ROWS) as chunks:
            _append(target, chunks)


def _append(target: Path, chunks: Iterator[Any]) -> None:
    with duckdb.connect(str(target)) as connection:
        for chunk in chunks:
            connection.register("chunk", chunk)
            connection.execute(f"create table if not exists {_TABLE} as from chunk limit 0")
            connection.execute(f"insert into {_TABLE} by name from chunk")
            connection.unregister("chunk")


# -- dlt ------------------------------------------------------------------------------------------
def dlt_arrow_json(target: Path, files: Sequence[str]) -> None:
    """dlt fed record batches of pyarrow's JSON reader."""
    arrow: Any = importlib.import_module("pyarrow.json")
    options = arrow.ReadOptions(block_size=_ARROW_BLOCK)
    _run_dlt(target, (batch for file in files for batch in arrow.open_json(file, options)))


def dlt_arrow_csv(target: Path, files: Sequence[str]) -> None:
    """dlt fed record batches of pyarrow's CSV reader."""
    arrow: Any = importlib.import_module("pyarrow.csv")
    options = arrow.ReadOptions(block_size=_ARROW_BLOCK)
    _run_dlt(target, (batch for file in files for batch in arrow.open_csv(file, options)))


def dlt_dicts_json(target: Path, files: Sequence[str]) -> None:
    """dlt fed one dict a line, as its documentation begins."""

    def records() -> Iterator[dict[str, Any]]:
        for file in files:
            with Path(file).open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)

    _run_dlt(target, records())


def dlt_dicts_csv(target: Path, files: Sequence[str]) -> None:
    """dlt fed one dict a row; cells that a short row lacks are None."""

    def records() -> Iterator[dict[str | Any, str | Any]]:
        for file in files:
            with Path(file).open(encoding="utf-8-sig", newline="") as lines:
                yield from csv.DictReader(lines)

    _run_dlt(target, records())


def _run_dlt(target: Path, records: Iterator[Any]) -> None:
    dlt: Any = importlib.import_module("dlt")
    pipeline = dlt.pipeline(
        pipeline_name="bench",
        pipelines_dir=str(target.parent / "dlt"),
        destination=dlt.destinations.duckdb(str(target)),
        dataset_name="main",
    )
    pipeline.run(dlt.resource(records, name=_TABLE), loader_file_format="parquet")
    pipeline.last_trace.last_load_info.raise_on_failed_jobs()


# -- the observatory ------------------------------------------------------------------------------
def observatory(target: Path, files: Sequence[str]) -> None:
    """Archive, clean, lake, core tables, ledger: all of extract and ingest on a data root.

    target: the data root, with its inbox and sources.yaml. files: none; they are in the inbox.
    """
    from orchestration.settings import Settings
    from orchestration.sources.extract import extract, read_declarations
    from orchestration.warehouse import builds, ingest
    from orchestration.warehouse.connect import open_work

    assert not files
    settings = Settings.from_environment({"OBSERVATORY_HOME": str(target)})
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, False)
        done = ingest.ingest(connection, settings, declarations, build)
    accounted = done.records_loaded + done.records_duplicate
    assert done.records_in == accounted, done
    assert done.records_in == int(sys.argv[2]), done


CONTENDERS: dict[str, Load] = {
    load.__name__: load
    for load in (
        duckdb_json, duckdb_csv, duckdb_ragged_csv, pandas_json, pandas_csv, pandas_typed_csv,
        dlt_arrow_json, dlt_arrow_csv, dlt_dicts_json, dlt_dicts_csv, observatory,
    )
}  # fmt: skip


def main() -> None:
    """Load, then count."""
    name, rows, target, *files = sys.argv[1:]
    CONTENDERS[name](Path(target), files)
    if name == observatory.__name__:
        return
    with duckdb.connect(target, read_only=True) as connection:
        found = connection.execute(f"select count(*) from {_TABLE}").fetchone()
    assert found == (int(rows),), f"{name} loaded {found}, the files hold {rows}"


if __name__ == "__main__":
    main()
