"""Figures that articles report, in the warehouse: quality.claim_candidates.

Each delivery is read once under one version of the rules (quality.article_readings). The same
figure in several versions of an article is one candidate, from the version with the least rank, so
that the order of arrival makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import polars as pl

from orchestration.claims.candidates import RULE_VERSION, candidate_rows
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import ARTICLES, CLAIM_CANDIDATES
from orchestration.warehouse.article_readings import frame_of, unread_articles
from orchestration.warehouse.connect import quote

ARTICLES_AT_ONCE = 2_000
SUBJECT = r"micro-?\s?blog|weibo|微博|围脖"
"""What an article must hold to be read at all; the rules ask again."""


def read_new_articles(
    connection: duckdb.DuckDBPyConnection, progress: Callable[[str], None] = lambda message: None
) -> None:
    """Read every delivery of articles that these rules have not read, in one transaction."""
    with unread_articles(connection, "claims", RULE_VERSION):
        # Candidates of older rules are found anew, or were none. Reviews keep their own cells.
        connection.execute(
            f"delete from {CLAIM_CANDIDATES.full_name} where rule_version <> {RULE_VERSION}"
        )
        found = _candidates_of_unread(connection)
        if found.height:
            _merge(connection, found)
            progress(f"{found.height} figures about microblogs found in new articles")


def _candidates_of_unread(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    reader = connection.execute(
        f"""select article_id, outlet, url, published_at, text, source_name, file_id, file_sha256,
                   record_number
            from {ARTICLES.full_name} semi join unread_files using (file_id)
            where regexp_matches(text, {quote(SUBJECT)}, 'i')"""
    ).to_arrow_reader(ARTICLES_AT_ONCE)
    frames = [candidate_rows(frame_of(batch)) for batch in reader]
    return pl.concat([pl.DataFrame(schema=polars_schema(CLAIM_CANDIDATES)), *frames])


def _merge(connection: duckdb.DuckDBPyConnection, found: pl.DataFrame) -> None:
    rank = ("file_sha256", "record_number", "file_id")
    names = CLAIM_CANDIDATES.column_names
    first = found.sort(rank).unique("candidate_id", keep="first", maintain_order=True)
    connection.register("found_candidates", first.to_arrow())
    earlier = f"({', '.join(f's.{n}' for n in rank)}) < ({', '.join(f't.{n}' for n in rank)})"
    connection.execute(
        f"""merge into {CLAIM_CANDIDATES.full_name} as t using found_candidates as s
            on t.candidate_id = s.candidate_id
            when matched and {earlier} then update set
              {", ".join(f"{n} = s.{n}" for n in names if n != "candidate_id")}
            when not matched then insert ({", ".join(names)})
              values ({", ".join(f"s.{n}" for n in names)})"""
    )
    connection.unregister("found_candidates")
