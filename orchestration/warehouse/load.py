"""Staged rows into core.*, with the ledger, in one transaction.

Rows of one month are merged at a time, so that a merge reads only the row groups of that month
(tables are filled month by month and have no key index); a month of which the table has nothing
yet is only appended. Two rows with the same values are one observation: the earliest sighting is
kept, ties broken by content hash and record number, so that the result does not depend on the
order of loading. Rows with the same key and different values are kept side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import duckdb
import polars as pl

from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import (
    ACCOUNT_SCOPE,
    CORE_TABLES,
    FILE_DAYS,
    FILE_LEDGER,
    POST_PARENTS,
    PRIVATE_TABLES,
    PROVENANCE,
    QUARANTINE,
    REPAIRS,
    TABLES,
    Table,
)
from orchestration.sources.intake import ReadFile
from orchestration.warehouse.staging import Staged
from orchestration.warehouse.statements import insert_rows, quote, rows_of

_RANK = ("file_sha256", "record_number", "file_id")
_RECORD_BITS = 40
"""A record is counted as file number * 2^40 + record number: one integer is soon made distinct."""
MONTHS_APART = 3
"""So few months are looked for one by one, which costs less than to sort whole rows by month."""

Month = datetime | None


def load_batch(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    files: Sequence[ReadFile],
    build_id: str,
    replaced: Sequence[str] = (),
) -> None:
    """Merge staged rows into the warehouse and enter the files in the ledger.

    replaced: file ids whose earlier rows are withdrawn first, because they were read again.
    All or nothing: any error leaves the warehouse as it was.
    """
    # Rows keep their order, so that a second thread would mostly wait, which costs CPU as well.
    connection.execute("set threads = 1")
    connection.execute("begin")
    try:
        _withdraw(connection, replaced, build_id)
        _number_files(connection, files)
        new = [
            _merge(connection, table, staged, build_id)
            for table in CORE_TABLES
            if table.name in staged.core
        ]
        insert_rows(connection, FILE_DAYS.full_name, staged.days)
        _note_for_the_door(connection, staged)
        for table in (QUARANTINE, REPAIRS):
            _append(connection, table, staged, build_id)
        _widen_scope(connection, staged)
        ledger = _ledger_rows(files, staged.days, _loaded(new), build_id)
        insert_rows(connection, FILE_LEDGER.full_name, ledger)
        connection.execute("drop table batch_files")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    finally:
        connection.execute("reset threads")


def _number_files(connection: duckdb.DuckDBPyConnection, files: Sequence[ReadFile]) -> None:
    """Number the batch's files from 0, for counting records."""
    ids = pl.DataFrame({"file_id": [read.file.file_id for read in files]}).with_row_index("number")
    with rows_of(connection, ids) as given:
        connection.execute(f"create temp table batch_files as select * from {given}")


def _merge(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: Staged, build_id: str
) -> pl.Series:
    """Merge one table month by month; returns the records that brought a row not there before."""
    _collapse(connection, table, staged)
    months = [
        row[0]
        for row in connection.execute(
            f"select distinct date_trunc('month', {table.bucket}) from batch order by 1 nulls last"
        ).fetchall()
    ]
    fresh = [month for month in months if not _has_rows(connection, table, month)]
    new = [_append_months(connection, table, fresh, months, build_id)] if fresh else []
    new += [
        _merge_month(connection, table, month, build_id) for month in months if month not in fresh
    ]
    connection.execute(f"drop {'table' if _is_table(connection, 'batch') else 'view'} batch")
    return pl.concat(new) if new else pl.Series(dtype=pl.Int64)


def _is_table(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    row = connection.execute(
        f"select count(*) from duckdb_tables() where table_name = {quote(name)}"
    ).fetchone()
    return bool(row and row[0])


def _collapse(connection: duckdb.DuckDBPyConnection, table: Table, staged: Staged) -> None:
    """`batch`: one row per distinct observation. Almost always the staged rows are that already;
    where they may not be, those that share a key are compared."""
    source = f"read_parquet({quote(staged.parts(table))}, hive_partitioning = false)"
    keys, values = ", ".join(table.key), ", ".join(table.value_names)
    if table.name in staged.distinct:
        connection.execute(f"create temp view batch as select * from {source}")
        return
    order = ", ".join(([table.seen] if table.seen else []) + list(_RANK))
    connection.execute(
        f"""create temp table batch as
            with rows as (
              select *, count(*) over (partition by hash({keys})) > 1 as is_shared from {source}
            )
            select * exclude (is_shared) from rows where not is_shared
            union all
            select * exclude (is_shared, copy) from (
              select *, row_number() over (partition by {values} order by {order}) as copy
              from rows where is_shared
            ) where copy = 1"""
    )


def _has_rows(connection: duckdb.DuckDBPyConnection, table: Table, month: Month) -> bool:
    query = f"select 1 from {table.full_name} where {_is_of(month, table)} limit 1"
    return connection.execute(query).fetchone() is not None


def _is_of(month: Month, table: Table) -> str:
    """The condition for rows of a month; None: for those without a bucket."""
    if month is None:
        return f"{table.bucket} is null"
    start = f"timestamptz {quote(month.isoformat())}"
    return f"{table.bucket} >= {start} and {table.bucket} < {start} + interval 1 month"


def _append_months(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    fresh: Sequence[Month],
    months: Sequence[Month],
    build_id: str,
) -> pl.Series:
    """Append months of which the table has nothing, one after the other."""
    month = f"date_trunc('month', {table.bucket})"
    names = ", ".join(table.column_names)
    chosen = "batch"
    if len(fresh) < len(months):
        dated = ", ".join(f"timestamptz {quote(m.isoformat())}" for m in fresh if m is not None)
        conditions = ([f"{month} in ({dated})"] if dated else []) + (
            [f"{table.bucket} is null"] if None in fresh else []
        )
        chosen = f"(select * from batch where {' or '.join(conditions)})"
    is_in_order = table.bucket == table.moment  # staged day by day, and read in that order
    is_sorted = len(fresh) > 1 and not is_in_order
    insert = f"insert into {table.full_name} ({names}) select {names} from {chosen}"
    if is_sorted and len(fresh) <= MONTHS_APART:
        for one in fresh:
            connection.execute(f"{insert} where {_is_of(one, table)}")
    else:
        connection.execute(insert + (f" order by {month} nulls last" if is_sorted else ""))
    connection.execute(
        f"""insert into meta.touched_days
            select distinct {quote(build_id)}, {quote(table.full_name)},
                   timezone('Asia/Shanghai', hour)::date
            from (select distinct date_trunc('hour', {table.moment}) as hour from {chosen})
            where hour is not null
            except select build_id, table_name, observed_date from meta.touched_days"""
    )
    _touch_buckets(connection, table, f"select {table.bucket} as bucket from {chosen}", build_id)
    return _records(connection, f"select file_id, record_number from {chosen}")


def _records(connection: duckdb.DuckDBPyConnection, query: str) -> pl.Series:
    """Records of a query over (file_id, record_number), each as one integer."""
    found = connection.sql(
        f"select (number::bigint << {_RECORD_BITS}) + record_number as record "
        f"from ({query}) join batch_files using (file_id)"
    )
    return found.pl()["record"]


def _merge_month(
    connection: duckdb.DuckDBPyConnection, table: Table, month: Month, build_id: str
) -> pl.Series:
    values = [] if month is None else [month] * 3
    merged = connection.sql(_merge_sql(table, month is None), params=values).pl()
    if merged.is_empty():
        return pl.Series("record", dtype=pl.Int64)
    with rows_of(connection, merged) as rows:
        # A day changed by a new row, or by a sighting that moved to an earlier one.
        touch_days(connection, table, f"select moment from {rows}", build_id)
        _touch_buckets(connection, table, f"select bucket from {rows}", build_id)
        return _records(
            connection,
            f"select file_id, record_number from {rows} where merge_action = 'INSERT'",
        )


def _loaded(new: Sequence[pl.Series]) -> dict[int, int]:
    """Number of a file to how many of its records brought anything new."""
    if not new:
        return {}
    records = pl.concat(new).unique()
    counted = pl.DataFrame({"file": records // 2**_RECORD_BITS}).group_by("file").len()
    return dict(counted.iter_rows())


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
        returning merge_action, file_id, record_number, {table.moment} as moment,
                  {table.bucket} as bucket"""


def touch_days(
    connection: duckdb.DuckDBPyConnection, table: Table, moments: str, build_id: str
) -> None:
    """Enter the local days of a query over (moment)."""
    connection.execute(
        f"""insert into meta.touched_days
            select distinct $1, $2, timezone('Asia/Shanghai', moment)::date from ({moments})
            where moment is not null
            except select build_id, table_name, observed_date from meta.touched_days
                   where build_id = $1 and table_name = $2""",
        [build_id, table.full_name],
    )


def _touch_buckets(
    connection: duckdb.DuckDBPyConnection, table: Table, buckets: str, build_id: str
) -> None:
    """Enter the days of a query over (bucket). Rows never leave their bucket, while the day on
    which they were observed moves when an earlier sighting comes."""
    connection.execute(
        f"""insert into meta.touched_buckets
            select distinct {quote(build_id)}, {quote(table.full_name)},
                   date '1970-01-01' + day
            from (select distinct floor(epoch(bucket) / 86400)::integer as day from ({buckets}))
            except select build_id, table_name, bucket_date from meta.touched_buckets
                   where build_id = {quote(build_id)} and table_name = {quote(table.full_name)}"""
    )


def _append(
    connection: duckdb.DuckDBPyConnection, table: Table, staged: Staged, build_id: str
) -> None:
    if table.name not in staged.notes:
        return
    glob = quote(str(staged.notes[table.name]))
    connection.execute(
        f"insert into {table.full_name} by name "
        f"select *, {quote(build_id)} as build_id from read_parquet({glob})"
    )


def _note_for_the_door(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for table in PRIVATE_TABLES:
        if table.name in staged.notes:
            glob = quote(str(staged.notes[table.name]))
            connection.execute(
                f"insert into {table.full_name} by name select distinct * from read_parquet({glob})"
            )


def _widen_scope(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Enter accounts that came into scope; an officer once found stays an officer. Of other kinds
    the first by name stands, whatever came first.

    Whoever is in scope under a pseudonym may be one, and is protected like one.
    """
    accounts = TABLES["core.account_snapshots"]
    if accounts.name not in staged.core:
        return
    connection.execute(
        f"""merge into {ACCOUNT_SCOPE.full_name} as t
            using (
              select platform, account_id,
                     case when bool_or(account_kind = 'officer' or account_id like 'p:%')
                          then 'officer'
                          else min(account_kind) end as account_kind
              from read_parquet({quote(staged.parts(accounts))}, hive_partitioning = false)
              where scope_evidence is not null
              group by platform, account_id
            ) as s
            on t.platform = s.platform and t.account_id = s.account_id
            when matched and t.account_kind <> 'officer' and s.account_kind < t.account_kind
              then update set account_kind = s.account_kind
            when not matched then insert (platform, account_id, account_kind)
              values (s.platform, s.account_id, s.account_kind)"""
    )


def _ledger_rows(
    files: Sequence[ReadFile], days: pl.DataFrame, loaded: dict[int, int], build_id: str
) -> pl.DataFrame:
    """Ledger rows. What was used is counted where records are cleaned, what was loaded where rows
    are new, what was refused where it is refused: that records_in is their sum is a test of the
    whole way."""
    observed = {
        file_id: (first, last)
        for file_id, first, last in days.group_by("file_id")
        .agg(first=pl.col("observed_date").min(), last=pl.col("observed_date").max())
        .iter_rows()
    }
    rows = []
    for number, read in enumerate(files):
        file = read.file
        first, last = observed.get(file.file_id, (None, None))
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
                "records_loaded": loaded.get(number, 0),
                "records_duplicate": read.records_used - loaded.get(number, 0),
                "records_quarantined": read.records_quarantined,
                "observed_from": first,
                "observed_to": last,
                "archived_at": file.archived_at,
                "build_id": build_id,
            }
        )
    return pl.DataFrame(rows, schema=polars_schema(FILE_LEDGER))


def _withdraw(
    connection: duckdb.DuckDBPyConnection, file_ids: Sequence[str], build_id: str
) -> None:
    """Take out everything that files said, because they are read again.

    Their days are touched, since nothing may be left in the models of a day on which the file says
    nothing any more, or says it of somebody under a pseudonym.
    """
    if not file_ids:
        return
    connection.execute(
        "create temp table withdrawn as select unnest($1) as file_id", [list(file_ids)]
    )
    for table in CORE_TABLES:
        gone = f"from {table.full_name} semi join withdrawn using (file_id)"
        _touch_buckets(connection, table, f"select {table.bucket} as bucket {gone}", build_id)
        touch_days(connection, table, f"select {table.moment} as moment {gone}", build_id)
    for table in (*CORE_TABLES, QUARANTINE, REPAIRS, FILE_DAYS, *PRIVATE_TABLES, FILE_LEDGER):
        connection.execute(
            f"delete from {table.full_name} where file_id in (select file_id from withdrawn)"
        )
    connection.execute("drop table withdrawn")


def scope(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Accounts known to be in scope, for the door."""
    return connection.sql(f"from {ACCOUNT_SCOPE.full_name}").pl()


def files_of_accounts(connection: duckdb.DuckDBPyConnection, accounts: pl.DataFrame) -> list[str]:
    """Files in which accounts (platform, account_id as pseudonym) passed as ordinary people."""
    if accounts.is_empty():
        return []
    tables = [t for t in (*CORE_TABLES, POST_PARENTS) if "account_id" in t.column_names]
    query = "with admitted as (select * from {rows}) " + " union ".join(
        f"select file_id from {t.full_name} semi join admitted using (platform, account_id)"
        for t in tables
    )
    query += """ union select file_id from (
        select file_id, platform, unnest(cited_account_ids) as account_id from core.rulings
      ) semi join admitted using (platform, account_id)"""
    with rows_of(connection, accounts.select("platform", "account_id")) as rows:
        return [row[0] for row in connection.execute(query.format(rows=rows)).fetchall()]


def ledgered_files(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Identities of all deliveries already taken into account."""
    rows = connection.execute(f"select file_id from {TABLES['quality.file_ledger'].full_name}")
    return {row[0] for row in rows.fetchall()}
