"""Figures that articles report, in the warehouse: quality.claim_candidates.

Each delivery is read once under one version of the rules (quality.article_readings). The same
figure in several versions of an article is one candidate, from the version with the least rank, so
that the order of arrival makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import polars as pl

from orchestration.claims import RULE_VERSION
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import (
    ARTICLES,
    CLAIM_CANDIDATES,
    FILE_LEDGER,
    PROVENANCE,
    QUARANTINE,
)
from orchestration.warehouse.article_readings import frame_of, unread_articles
from orchestration.warehouse.statements import count_rows, quote, rows_of

ARTICLES_AT_ONCE = 2_000
_READ = ("article_id", "outlet", "url", "published_at", "text", *PROVENANCE)
UNREAD = {
    "unforeseen_error": "The rules that look for figures broke on this article, which is their "
    "fault and not the article's: please report it. The next run tries again.",
    "too_many_numbers": "So many numbers stand in this article that only its beginning was looked "
    "through for figures.",
}


def read_new_articles(
    connection: duckdb.DuckDBPyConnection, progress: Callable[[str], None] = lambda message: None
) -> None:
    """Read every delivery of articles that these rules have not read, in one transaction."""
    with unread_articles(connection, "claims", RULE_VERSION):
        # Candidates of older rules are found anew, or were none. Reviews keep their own cells.
        connection.execute(
            f"delete from {CLAIM_CANDIDATES.full_name} where rule_version <> {RULE_VERSION}"
        )
        if count_rows(connection, "unread_files"):
            found, unread = _candidates_of_unread(connection)
            _note_unread(connection, unread)
            if found.height:
                _merge(connection, found)
                progress(f"{found.height} figures about microblogs found in new articles")


def _candidates_of_unread(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Candidates, and articles that could not be read to their end."""
    # Imported here, as the patterns of the rules are dear to compile.
    from orchestration.claims.candidates import UNREAD_SCHEMA, candidate_rows

    reader = connection.execute(
        f"""select {", ".join(_READ)}
            from {ARTICLES.full_name} semi join unread_files using (file_id)
            where text is not null"""
    ).to_arrow_reader(ARTICLES_AT_ONCE)
    read = [candidate_rows(frame_of(batch)) for batch in reader]
    none = pl.DataFrame(schema=polars_schema(CLAIM_CANDIDATES)), pl.DataFrame(schema=UNREAD_SCHEMA)
    found, unread = zip(none, *read, strict=True)
    return pl.concat(found), pl.concat(unread)


def _note_unread(connection: duckdb.DuckDBPyConnection, unread: pl.DataFrame) -> None:
    """Say in quarantine which articles were not read to their end. What broke is tried again."""
    reasons = " or ".join(f"starts_with(reason, {quote(reason)})" for reason in UNREAD)
    connection.execute(
        f"""delete from {QUARANTINE.full_name}
            where file_id in (select file_id from unread_files) and ({reasons})
              and table_name = {quote(CLAIM_CANDIDATES.full_name)}"""
    )
    if unread.is_empty():
        return
    advice = pl.col("reason").str.split(":").list.first().replace_strict(UNREAD)
    with rows_of(connection, unread.with_columns(detail=advice)) as articles:
        connection.execute(
            f"""insert into {QUARANTINE.full_name} by name
                select file_id, unread.file_sha256, path, source_name, 'field' as extent,
                       0 as records, record_number,
                       {quote(CLAIM_CANDIDATES.full_name)} as table_name,
                       'quote' as column_name, reason, detail, build_id
                from {articles} as unread
                join (select file_id, path, build_id from {FILE_LEDGER.full_name})
                  using (file_id)"""
        )
        connection.execute(
            f"""delete from unread_files where file_id in (
                  select file_id from {articles} where starts_with(reason, 'unforeseen_error'))"""
        )


def _merge(connection: duckdb.DuckDBPyConnection, found: pl.DataFrame) -> None:
    rank = ("file_sha256", "record_number", "file_id")
    names = CLAIM_CANDIDATES.column_names
    first = found.sort(rank).unique("candidate_id", keep="first", maintain_order=True)
    earlier = f"({', '.join(f's.{n}' for n in rank)}) < ({', '.join(f't.{n}' for n in rank)})"
    with rows_of(connection, first) as candidates:
        connection.execute(
            f"""merge into {CLAIM_CANDIDATES.full_name} as t using {candidates} as s
                on t.candidate_id = s.candidate_id
                when matched and {earlier} then update set
                  {", ".join(f"{n} = s.{n}" for n in names if n != "candidate_id")}
                when not matched then insert ({", ".join(names)})
                  values ({", ".join(f"s.{n}" for n in names)})"""
        )
