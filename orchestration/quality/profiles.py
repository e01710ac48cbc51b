"""Profiles: what a build changed, as small tables of aggregates computed in SQL.

The big core tables are profiled only on the local days this build touched, so that the cost
follows the new data and not the history; marts that grow with history likewise, small marts
whole. Nothing here judges: that is `expectations.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import polars as pl

from orchestration.clock import CLOCK_SKEW, SHANGHAI
from orchestration.schemas.tables import CORE_TABLES, TABLES, Table
from orchestration.spans import Span, spans
from orchestration.warehouse.statements import count_rows, quote

DAYS_PROFILED = 62
"""The newest days of a build that are looked at one by one: two months cover every regular
delivery; the days of a longer backfill are still covered by keys, contracts and conservation."""
CADENCE_DAYS = 14
"""Window before the newest data in which a source shows how often it delivers."""
JUDGED_RECORDS = 100
"""Records from which a share of refusals says something of a source. One that was refused to its
last record is judged however small it is: nothing of it reached anybody."""
USUAL_DAYS = 28
"""Days before a delivery whose level counts as usual."""
GROWING_MARTS = {"main.account_days": ("core.account_snapshots", "observed_date")}
"""Marts as long as the history: the core table whose touched days they follow, and their day."""


@dataclass(frozen=True)
class LastGood:
    """The build that readers have now, attached as a catalog."""

    catalog: str
    build_id: str


@contextmanager
def last_good(connection: duckdb.DuckDBPyConnection, published: Path) -> Iterator[LastGood | None]:
    """The published file beside the work file, read-only; None before the first publication."""
    if not published.exists():
        yield None
        return
    connection.execute(f"attach {quote(str(published))} as good (read_only)")
    try:
        row = connection.execute(
            "select max(build_id) from good.meta.builds where outcome = 'published'"
        ).fetchone()
        yield LastGood("good", row[0]) if row and row[0] else None
    finally:
        connection.execute("detach good")


def unread(catalog: str = "work") -> str:
    """SQL condition: rows of this build ($1) or of one that readers never got. What was refused
    last night is judged again tonight, however quiet the night is."""
    return (
        f"(build_id = $1 or build_id not in "
        f"(select build_id from {catalog}.meta.builds where outcome = 'published'))"
    )


def touched_spans(
    connection: duckdb.DuckDBPyConnection, build_id: str, table_name: str, catalog: str = "work"
) -> list[Span]:
    """The newest touched days of a table as unbroken spans, so that each is one cheap range."""
    days = [
        row[0]
        for row in connection.execute(
            f"""select distinct observed_date from {catalog}.meta.touched_days
                where {unread(catalog)} and table_name = $2
                order by observed_date desc limit {DAYS_PROFILED}""",
            [build_id, table_name],
        ).fetchall()
    ]
    return spans(days)


def profile_days(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    touched: Sequence[Span],
    now: datetime,
    catalog: str = "work",
) -> pl.DataFrame:
    """One row per source and local day of a core table, over touched days.

    rows, distinct_keys, null_keys, reversed_intervals, future_instants, and for every count
    `<stem>_zero_share` and `<stem>_null_share` (0-1; NULL where nothing was observed).
    """
    moment = table.moment
    query = " union all ".join(
        f"""select source_name, timezone('Asia/Shanghai', {moment})::date as observed_date,
                   {", ".join(_day_aggregates(table, now))}
            from {catalog}.{table.full_name} where {_within(moment, span)} group by all"""
        for span in touched
    )
    if not query:
        return pl.DataFrame(schema={"source_name": pl.String(), "observed_date": pl.Date()})
    return connection.sql(f"select * from ({query}) order by observed_date, source_name").pl()


def _day_aggregates(table: Table, now: datetime) -> list[str]:
    keys = ", ".join(table.key)
    null_key = " or ".join(f"{name} is null" for name in table.key)
    limit = f"timestamptz {quote((now + CLOCK_SKEW).isoformat())}"
    future = " or ".join(f"{name} > {limit}" for name in past_instants(table)) or "false"
    wrong = " or ".join(f"{stem}_lo > {stem}_hi" for stem in counts(table)) or "false"
    return [
        "count(*) as rows",
        f"count(distinct hash({keys})) as distinct_keys",
        f"count(*) filter (where {null_key}) as null_keys",
        f"count(*) filter (where {wrong}) as reversed_intervals",
        f"count(*) filter (where {future}) as future_instants",
        *(f"avg(({stem}_lo = 0)::int) as {stem}_zero_share" for stem in counts(table)),
        *(f"avg(({stem}_lo is null)::int) as {stem}_null_share" for stem in counts(table)),
    ]


def counts(table: Table) -> list[str]:
    """Stems of the interval counts of a table: likes, followers, heat …"""
    return [c.name[:-3] for c in table.columns if c.type == "int" and c.name.endswith("_lo")]


def past_instants(table: Table) -> list[str]:
    """Columns that no observation can put into the future."""
    return [column.name for column in table.columns if column.type == "instant"]


def _within(moment: str, span: Span) -> str:
    first, last = (local_midnight(day) for day in (span[0], span[1] + timedelta(days=1)))
    return f"{moment} >= timestamptz {quote(first)} and {moment} < timestamptz {quote(last)}"


def local_midnight(day: date) -> str:
    """The instant at which a local day begins, in UTC, as ISO 8601."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC).isoformat()


def usual_shares(
    connection: duckdb.DuckDBPyConnection, table: Table, good: LastGood, now: datetime
) -> pl.DataFrame:
    """One row per source: the zero shares of the days that the last good build touched.

    Limited to its newest week, weighted by rows; empty where that build touched nothing.
    """
    touched = touched_spans(connection, good.build_id, table.full_name, good.catalog)
    recent = spans(_newest_days(touched, 7))
    profile = profile_days(connection, table, recent, now, good.catalog)
    if profile.is_empty():
        return profile
    return profile.group_by("source_name").agg(
        ((pl.col(f"{stem}_zero_share") * pl.col("rows")).sum() / pl.col("rows").sum()).alias(
            f"{stem}_zero_share_usual"
        )
        for stem in counts(table)
    )


def _newest_days(touched: Sequence[Span], wanted: int) -> list[date]:
    days = [
        first + timedelta(days=offset)
        for first, last in touched
        for offset in range((last - first).days + 1)
    ]
    return sorted(days)[-wanted:]


def vanished_counts(
    connection: duckdb.DuckDBPyConnection, table: Table, touched: Sequence[Span], build_id: str
) -> pl.DataFrame:
    """One row per new file and count that its source usually has (9 of 10 rows of the four weeks
    before, same format): path, column_name, is_gone (1 where no row of the file has it).

    Only files of 20 rows or more are judged. Left out are counts that the source's declaration
    lists as `without_counts`.
    """
    stems = counts(table)
    around = spans(
        [first - timedelta(days=back) for first, last in touched for back in range(USUAL_DAYS + 1)]
        + [
            first + timedelta(days=on)
            for first, last in touched
            for on in range((last - first).days + 1)
        ]
    )
    if not stems or not around:
        return pl.DataFrame(schema=_VANISHED)
    days = " or ".join(f"({_within(table.moment, span)})" for span in around)
    observed = connection.sql(
        f"""with files as (
              select file_id, path, source_name, format, {unread()} as is_new
              from work.quality.file_ledger
            )
            select files.source_name, files.format, files.is_new,
                   case when files.is_new then files.path end as path, count(*) as rows,
                   {", ".join(f"count({stem}_lo) as {stem}" for stem in stems)}
            from work.{table.full_name} as seen join files using (file_id)
            where {days} group by all""",
        params=[build_id],
    ).pl()
    return _vanished(observed, stems, _given_up(connection))


JUDGED_ROWS = 20
USUALLY_OBSERVED = 0.9
_VANISHED = {"path": pl.String(), "column_name": pl.String(), "is_gone": pl.Int64()}


def _vanished(
    observed: pl.DataFrame, stems: Sequence[str], given_up: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    keys = ["source_name", "format"]
    usual = observed.filter(~pl.col("is_new")).group_by(keys).agg(pl.col("rows", *stems).sum())
    judged = observed.filter(pl.col("is_new") & (pl.col("rows") >= JUDGED_ROWS)).join(
        usual.filter(pl.col("rows") >= JUDGED_ROWS), on=keys, suffix=_USUAL
    )
    found = [
        (row["path"], stem, int(row[stem] == 0))
        for row in judged.sort("path").iter_rows(named=True)
        for stem in stems
        if row[stem + _USUAL] >= USUALLY_OBSERVED * row["rows" + _USUAL]
        and stem not in given_up.get(row["source_name"], ())
    ]
    return pl.DataFrame(found, schema=_VANISHED, orient="row")


_USUAL = "_usual"


def _given_up(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Source to the counts that its declaration says it has no longer."""
    rows = connection.execute("select source_name, declaration from work.meta.sources").fetchall()
    return {name: json.loads(text or "{}").get("without_counts", []) for name, text in rows}


def new_columns(connection: duckdb.DuckDBPyConnection, build_id: str) -> pl.DataFrame:
    """One row per column that a source already known had for the first time in this build:
    source_name, column_name, first_sight (file:line), is_new (1)."""
    return connection.sql(
        f"""select source_name, column_name, path || ':' || line_number as first_sight,
                   1::bigint as is_new
            from (from work.quality.schema_drift where {unread()})
            semi join (from work.quality.file_ledger where not {unread()})
              using (source_name, format)
            order by all""",
        params=[build_id],
    ).pl()


def table_rows(
    connection: duckdb.DuckDBPyConnection, build_id: str, good: LastGood | None
) -> pl.DataFrame:
    """One row per core table: rows now, rows in the last good build, files read again since."""
    reread = 0
    if good is not None:
        row = connection.execute(
            f"""select count(*) from work.quality.file_ledger as now
                join {good.catalog}.quality.file_ledger as before using (file_id)
                where now.build_id = $1 and before.build_id <> $1""",
            [build_id],
        ).fetchone()
        reread = row[0] if row else 0
    rows = []
    for table in CORE_TABLES:
        now = count_rows(connection, f"work.{table.full_name}")
        before = count_rows(connection, f"{good.catalog}.{table.full_name}") if good else None
        rows.append((table.full_name, now, before, reread))
    return pl.DataFrame(
        rows,
        schema={"table_name": pl.String(), "rows": pl.Int64(), "rows_before": pl.Int64(),
                "files_reread": pl.Int64()},
        orient="row",
    )  # fmt: skip


def source_intake(connection: duckdb.DuckDBPyConnection, build_id: str) -> pl.DataFrame:
    """One row per source of this build: files, records_in, refused, refused_share (NULL of a source
    that delivered too few records to be judged by a share of them, unless all were refused)."""
    return connection.sql(
        f"""select source_name, count(*) as files, sum(records_in)::bigint as records_in,
                  sum(records_quarantined)::bigint as refused,
                  case when sum(records_in) >= {JUDGED_RECORDS}
                         or (sum(records_in) > 0 and sum(records_quarantined) = sum(records_in))
                       then sum(records_quarantined) / sum(records_in) end as refused_share
           from work.quality.file_ledger where {unread()}
           group by source_name order by source_name""",
        params=[build_id],
    ).pl()


def source_volumes(connection: duckdb.DuckDBPyConnection, build_id: str) -> pl.DataFrame:
    """One row per source and day this build delivered: records a file against the usual level.

    Per file and not per day, because a night may run before a day's last file is there; files
    that did not come at all are seen by quality.coverage_days. usual_records is the median of
    the days with deliveries among the 28 before, NULL with fewer than 5 of them. Files that
    span days are backfills and left out.
    """
    return connection.sql(
        f"""with days as (
              select source_name, observed_to as observed_date, count(*) as files,
                     sum(records_in) / count(*) as records_per_file,
                     bool_or({unread()}) as is_of_this_build
              from work.quality.file_ledger
              where observed_from = observed_to and records_in > 0
              group by all
            ), usual as (
              select this.source_name, this.observed_date,
                     median(earlier.records_per_file) as usual_records
              from days as this join days as earlier
                on earlier.source_name = this.source_name
                and earlier.observed_date >= this.observed_date - {USUAL_DAYS}
                and earlier.observed_date < this.observed_date
              where this.is_of_this_build
              group by all having count(*) >= 5
            )
            select days.source_name, days.observed_date, days.files, days.records_per_file,
                   usual.usual_records, days.records_per_file / usual.usual_records as volume_ratio
            from days left join usual using (source_name, observed_date)
            where days.is_of_this_build
            order by days.observed_date desc, days.source_name limit 1000""",
        params=[build_id],
    ).pl()


def source_freshness(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per source: its newest day, whether it delivers daily (on most days of the two
    weeks before its newest), and by how many days it lags behind the newest daily source."""
    return connection.sql(
        f"""with days as (
              select distinct source_name, observed_to as day from work.quality.file_ledger
              where observed_to is not null
            ), latest as (
              select source_name, max(day) as newest_date from days group by source_name
            ), rhythm as (
              select latest.source_name, latest.newest_date,
                     count(days.day) >= {CADENCE_DAYS // 2} as is_daily
              from latest join days
                on days.source_name = latest.source_name
                and days.day > latest.newest_date - {CADENCE_DAYS}
              group by all
            )
            select source_name, newest_date, is_daily,
                   ((select max(newest_date) from rhythm where is_daily)
                    - newest_date)::bigint as days_behind
            from rhythm order by source_name"""
    ).pl()


def profile_mart(
    connection: duckdb.DuckDBPyConnection, table: Table, touched: Sequence[Span]
) -> pl.DataFrame:
    """One row about a mart: rows, null_keys, reversed_intervals, shares_outside (values of rates,
    ratios, survivals and probabilities outside 0-1). `touched` bounds marts that grow."""
    null_key = " or ".join(f"{name} is null" for name in required_keys(table))
    wrong = " or ".join(f"{stem}_lo > {stem}_hi" for stem in counts(table)) or "false"
    outside = " or ".join(f"{name} not between 0 and 1" for name in shares(table)) or "false"
    return connection.sql(
        f"""select count(*) as rows,
                   count(*) filter (where {null_key}) as null_keys,
                   count(*) filter (where {wrong}) as reversed_intervals,
                   count(*) filter (where {outside}) as shares_outside
            from work.{table.full_name} where {_mart_days(table, touched)}"""
    ).pl()


def required_keys(table: Table) -> list[str]:
    """Key columns that are never NULL."""
    return [name for name in table.key if name in table.required]


def shares(table: Table) -> list[str]:
    """Columns that are shares: 0-1 or NULL."""
    return [
        c.name
        for c in table.columns
        if c.type == "float"
        and (
            c.name.startswith(("rate_", "survival")) or c.name.endswith(("_ratio", "_probability"))
        )
    ]


def _mart_days(table: Table, touched: Sequence[Span]) -> str:
    if table.full_name not in GROWING_MARTS:
        return "true"
    day = GROWING_MARTS[table.full_name][1]
    ranges = [f"{day} between date '{first}' and date '{last}'" for first, last in touched]
    return " or ".join(ranges) or "false"


def codes(connection: duckdb.DuckDBPyConnection, column: str) -> pl.DataFrame:
    """One row per value of a code in main.accounts, with the number of accounts."""
    return connection.sql(
        f"select {column} as code, count(*) as accounts from work.main.accounts group by all "
        "order by code"
    ).pl()


def unclear_shares(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per platform: its accounts, and the share of those whose kind is unclear (0-1)."""
    return connection.sql(
        """select platform, count(*) as accounts,
                  avg((account_kind = 'unclear')::int) as unclear_share
           from work.main.accounts group by all order by platform"""
    ).pl()


def posts_met(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, touched: Sequence[Span]
) -> pl.DataFrame:
    """One row per source of a table's rows on touched days that name a post in a column: posts, and
    how many of them are loaded under the same id."""
    days = " or ".join(f"({_within('observed_at', span)})" for span in touched) or "false"
    return connection.sql(
        f"""with named as (
                select distinct source_name, platform, {column} as post_id from work.{table}
                where {column} is not null and ({days})
            ),
            loaded as (
                select distinct platform, post_id from work.core.posts
                semi join named using (platform, post_id)
            )
            select source_name, count(*) as posts, count(loaded.post_id) as posts_loaded
            from named left join loaded using (platform, post_id)
            group by all order by source_name"""
    ).pl()


def follower_collapses(
    connection: duckdb.DuckDBPyConnection, touched: Sequence[Span]
) -> pl.DataFrame:
    """One row: account days among the touched ones, and those that lost over 90 % at once."""
    table = TABLES["main.account_days"]
    return connection.sql(
        f"""select count(*) as account_days,
                   count(*) filter (where followers_hi < 0.1 * (followers_lo - followers_delta_lo)
                            and followers_lo - followers_delta_lo >= 1000) as collapses
            from work.main.account_days where {_mart_days(table, touched)}"""
    ).pl()


def told_ceilings(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per curve with a ceiling: accounts reached above it or above its interval; highest
    first, negative where there is room."""
    return connection.sql(
        """select platform, account_kind, diffusion_model,
                  accounts_after - least(ceiling, ceiling_hi) as accounts_above
           from work.main.diffusion_fits where ceiling is not null
           order by accounts_above desc, platform, account_kind, diffusion_model"""
    ).pl()


def recent_gaps(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per source with days without a delivery in the week before the newest day; on that
    day itself a source that collects later in the day has yet to come."""
    return connection.sql(
        """select source_name,
                  count(*) filter (where is_gap and observed_date < newest) as gap_days,
                  max(observed_date) as newest_date
           from work.quality.coverage_days,
                (select max(observed_date) as newest from work.quality.coverage_days) as days
           where observed_date > newest - 7
           group by all order by source_name"""
    ).pl()
