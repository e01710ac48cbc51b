"""Staged rows into core.*, with the ledger, in one transaction.

Rows of one month are merged at a time, so that a merge reads only the row groups of that month
(tables are kept in the order of their bucket and have no key index). Two rows with the same
values are one observation: the earliest sighting is kept, ties broken by content hash and
record number, so that the result does not depend on the order of loading. Rows with the same
key and different values are kept side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import (
    ACCOUNT_SCOPE,
    CORE_TABLES,
    FILE_DAYS,
    FILE_LEDGER,
    PROVENANCE,
    QUARANTINE,
    REPAIRS,
    TABLES,
    Table,
)
from orchestration.sources.intake import ReadFile
from orchestration.warehouse.connect import quote

_RANK = ("file_sha256", "record_number", "file_id")


def load_batch(
    connection: duckdb.DuckDBPyConnection,
    staged: Mapping[str, Path],
    files: Sequence[ReadFile],
    build_id: str,
    replaced: Sequence[str] = (),
) -> None:
    """Merge staged Parquet into the warehouse and enter the files in the ledger.

    staged: table name to a glob of Parquet files (core tables, quarantine, repairs).
    replaced: file ids whose earlier rows are withdrawn first, because they were read again.
    All or nothing: any error leaves the warehouse as it was.
    """
    connection.execute("begin")
    try:
        _withdraw(connection, replaced)
        connection.execute("create temp table record_seen (file_id varchar, record_number bigint)")
        connection.execute("create temp table record_new (file_id varchar, record_number bigint)")
        for table in CORE_TABLES:
            if table.name in staged:
                _merge(connection, table, staged[table.name], build_id)
        _note_days(connection, staged)
        _append(connection, QUARANTINE, staged, build_id)
        _append(connection, REPAIRS, staged, build_id)
        _widen_scope(connection, staged)
        ledger = _ledger_rows(connection, files, staged, build_id)
        connection.register("ledger_rows", ledger.to_arrow())
        connection.execute("insert into quality.file_ledger by name select * from ledger_rows")
        connection.unregister("ledger_rows")
        connection.execute("drop table record_seen")
        connection.execute("drop table record_new")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _merge(connection: duckdb.DuckDBPyConnection, table: Table, glob: Path, build_id: str) -> None:
    """Merge one table month by month."""
    source = f"read_parquet({quote(str(glob))})"
    connection.execute(f"insert into record_seen select file_id, record_number from {source}")
    _collapse(connection, table, source)
    for (month,) in connection.execute(
        f"select distinct date_trunc('month', {table.bucket}) from batch order by 1 nulls last"
    ).fetchall():
        values = [] if month is None else [month] * 3
        merged = connection.sql(_merge_sql(table, month is None), params=values).pl()
        _note_merged(connection, table, merged, build_id)
    connection.execute("drop table batch")


def _collapse(connection: duckdb.DuckDBPyConnection, table: Table, source: str) -> None:
    """One row per distinct observation of the batch, in the order the table is kept in."""
    keys = ", ".join(table.key)
    values = ", ".join(table.value_names)
    order = ", ".join(([table.seen] if table.seen else []) + list(_RANK))
    repeated = connection.execute(
        f"select count(*) from (select 1 from {source} group by {keys} having count(*) > 1 limit 1)"
    ).fetchone()
    if repeated and repeated[0]:
        query = f"""
            select * exclude (copy) from (
              select *, row_number() over (partition by {values} order by {order}) as copy
              from {source}
            ) where copy = 1"""
    else:
        query = f"select * from {source}"
    connection.execute(
        f"create temp table batch as select * from ({query}) order by {table.bucket} nulls last"
    )


def _merge_sql(table: Table, without_bucket: bool) -> str:
    bucket = table.bucket
    if without_bucket:
        of_month, in_target = f"{bucket} is null", f"t.{bucket} is null"
    else:
        of_month = f"date_trunc('month', {bucket}) = $1"
        in_target = f"t.{bucket} >= $2 and t.{bucket} < $3 + interval 1 month"
    required = set(table.required)
    same = " and ".join(
        f"t.{n} = s.{n}" if n in required else f"t.{n} is not distinct from s.{n}"
        for n in table.value_names
    )
    rank = ([table.seen] if table.seen else []) + list(_RANK)
    earlier = f"({', '.join(f's.{n}' for n in rank)}) < ({', '.join(f't.{n}' for n in rank)})"
    moved = ([table.seen] if table.seen else []) + list(PROVENANCE)
    names = ", ".join(table.column_names)
    return f"""
        merge into {table.full_name} as t
        using (select * from batch where {of_month}) as s
        on {in_target} and {same}
        when matched and {earlier} then update set {", ".join(f"{n} = s.{n}" for n in moved)}
        when not matched then insert ({names}) values ({
        ", ".join(f"s.{n}" for n in table.column_names)
    })
        returning merge_action, file_id, record_number, {_day_column(table)} as moment"""


def _day_column(table: Table) -> str:
    return "observed_at" if "observed_at" in table.column_names else str(table.bucket)


def _note_merged(
    connection: duckdb.DuckDBPyConnection, table: Table, merged: pl.DataFrame, build_id: str
) -> None:
    """Remember which records were new, and which local days changed: by a new row, or by a
    sighting that moved to an earlier one."""
    if merged.is_empty():
        return
    connection.register("merged_rows", merged.to_arrow())
    connection.execute(
        "insert into record_new select file_id, record_number from merged_rows "
        "where merge_action = 'INSERT'"
    )
    connection.execute(
        """insert into meta.touched_days
           select distinct $1, $2, timezone('Asia/Shanghai', moment)::date from merged_rows
           where moment is not null
           except select build_id, table_name, observed_date from meta.touched_days
                  where build_id = $1 and table_name = $2""",
        [build_id, table.full_name],
    )
    connection.unregister("merged_rows")


def _note_days(connection: duckdb.DuckDBPyConnection, staged: Mapping[str, Path]) -> None:
    """Remember on which local days each delivery observed anything, known before or not: a
    source that delivers what another one had is not a source that failed."""
    parts = [
        f"select file_id, source_name, {_day_column(table)} as moment "
        f"from read_parquet({quote(str(staged[table.name]))})"
        for table in CORE_TABLES
        if table.name in staged
    ]
    if parts:
        connection.execute(
            f"""insert into {FILE_DAYS.full_name} by name
                select distinct file_id, source_name,
                       timezone('Asia/Shanghai', moment)::date as observed_date
                from ({" union all ".join(parts)}) where moment is not null"""
        )


def _append(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: Mapping[str, Path], build_id: str
) -> None:
    if table.name not in staged:
        return
    glob = quote(str(staged[table.name]))
    connection.execute(
        f"insert into {table.full_name} by name select *, $1 as build_id from read_parquet({glob})",
        [build_id],
    )


def _widen_scope(connection: duckdb.DuckDBPyConnection, staged: Mapping[str, Path]) -> None:
    """Enter accounts that came into scope; an officer once found stays an officer."""
    if "account_snapshots" not in staged:
        return
    glob = quote(str(staged["account_snapshots"]))
    connection.execute(
        f"""merge into {ACCOUNT_SCOPE.full_name} as t
            using (
              select platform, account_id,
                     case when bool_or(account_kind = 'officer') then 'officer'
                          else min(account_kind) end as account_kind
              from read_parquet({glob}) where scope_evidence is not null
              group by platform, account_id
            ) as s
            on t.platform = s.platform and t.account_id = s.account_id
            when not matched then insert (platform, account_id, account_kind)
              values (s.platform, s.account_id, s.account_kind)"""
    )


def _ledger_rows(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[ReadFile],
    staged: Mapping[str, Path],
    build_id: str,
) -> pl.DataFrame:
    """Ledger rows. Loaded and duplicate are counted from rows, not derived from each other, so
    that records_in = loaded + duplicate + quarantined is a test of the whole way."""
    seen = _count_records(connection, "record_seen")
    new = _count_records(connection, "record_new")
    days = _observed_days(connection, staged)
    rows = []
    for read in files:
        file = read.file
        loaded = new.get(file.file_id, 0)
        first, last = days.get(file.file_id, (None, None))
        rows.append(
            {
                "file_id": file.file_id,
                "file_sha256": file.sha256,
                "path": read.path,
                "container_sha256": file.container_sha256,
                "source_name": read.source_name,
                "bytes": file.size,
                "format": read.format_id,
                "format_version": read.format_version,
                "encoding": read.encoding,
                "records_in": read.records_in,
                "records_loaded": loaded,
                "records_duplicate": seen.get(file.file_id, 0) - loaded,
                "records_quarantined": read.records_quarantined,
                "observed_from": first,
                "observed_to": last,
                "archived_at": file.archived_at,
                "build_id": build_id,
            }
        )
    return pl.DataFrame(rows, schema=polars_schema(FILE_LEDGER))


def _count_records(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    return dict(
        connection.execute(
            f"select file_id, count(distinct record_number) from {table} group by file_id"
        ).fetchall()
    )


def _observed_days(
    connection: duckdb.DuckDBPyConnection, staged: Mapping[str, Path]
) -> dict[str, tuple[object, object]]:
    parts = [
        f"select file_id, {_day_column(table)} as moment from "
        f"read_parquet({quote(str(staged[table.name]))})"
        for table in CORE_TABLES
        if table.name in staged
    ]
    if not parts:
        return {}
    rows = connection.execute(
        f"""select file_id, min(timezone('Asia/Shanghai', moment))::date,
                   max(timezone('Asia/Shanghai', moment))::date
            from ({" union all ".join(parts)}) group by file_id"""
    ).fetchall()
    return {file_id: (first, last) for file_id, first, last in rows}


def _withdraw(connection: duckdb.DuckDBPyConnection, file_ids: Sequence[str]) -> None:
    """Take out everything that files said, because they are read again."""
    if not file_ids:
        return
    for table in (*CORE_TABLES, QUARANTINE, REPAIRS, FILE_DAYS, FILE_LEDGER):
        connection.execute(
            f"delete from {table.full_name} where file_id in (select unnest($1))", [list(file_ids)]
        )


def scope(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Accounts known to be in scope, for the door."""
    return connection.sql(f"from {ACCOUNT_SCOPE.full_name}").pl()


def files_of_accounts(connection: duckdb.DuckDBPyConnection, accounts: pl.DataFrame) -> list[str]:
    """Files in which accounts (platform, account_id as pseudonym) passed as ordinary people."""
    if accounts.is_empty():
        return []
    connection.register("admitted", accounts.select("platform", "account_id").to_arrow())
    tables = [t for t in CORE_TABLES if "account_id" in t.column_names]
    query = " union ".join(
        f"select file_id from {t.full_name} semi join admitted using (platform, account_id)"
        for t in tables
    )
    query += """ union select file_id from (
        select file_id, platform, unnest(cited_account_ids) as account_id from core.rulings
      ) semi join admitted using (platform, account_id)"""
    found = [row[0] for row in connection.execute(query).fetchall()]
    connection.unregister("admitted")
    return found


def ledgered_files(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Identities of all deliveries already taken into account."""
    rows = connection.execute(f"select file_id from {TABLES['quality.file_ledger'].full_name}")
    return {row[0] for row in rows.fetchall()}
