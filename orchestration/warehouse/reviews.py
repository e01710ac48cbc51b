"""What people reviewed, in the warehouse: accounts with the protection of officers, and figures.

Each table is renewed whole from its file, whenever the file says something else. Accounts of
officers stand in it under their pseudonym, like everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import duckdb
import polars as pl

from orchestration.cleaning.people import PSEUDONYM_PREFIX, Door
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import ACCOUNT_OVERRIDES, ACCOUNT_SCOPE, CLAIM_REVIEWS, Table
from orchestration.sources.declarations import Declarations, Override
from orchestration.warehouse.statements import insert_rows


def reviewed(door: Door, overrides: Sequence[Override]) -> pl.DataFrame:
    """The rows of quality.account_overrides for the accounts the door knows."""
    rows = pl.DataFrame(
        [asdict(override) for override in overrides], schema=polars_schema(ACCOUNT_OVERRIDES)
    )
    known = door.kinds(rows["platform"], rows["account_id"])
    is_officer = ((known == "officer") | (rows["account_kind"] == "officer")).fill_null(False)
    hidden = door.pseudonyms(rows["platform"], rows["account_id"])
    return rows.with_columns(hidden.zip_with(is_officer, rows["account_id"]).alias("account_id"))


def claims_reviewed(declarations: Declarations) -> pl.DataFrame:
    """The rows of quality.claim_reviews, as they go to the marts: without names of people, and
    without the figures of one person's own account."""
    if not declarations.claim_reviews:
        return pl.DataFrame(schema=polars_schema(CLAIM_REVIEWS))
    # Imported here, as the patterns of the rules are dear to compile.
    from orchestration.claims.publishable import publishable

    rows = [publishable(row) for row in declarations.claim_reviews]
    return pl.DataFrame([r for r in rows if r], schema=polars_schema(CLAIM_REVIEWS))


def differ(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, table: Table = ACCOUNT_OVERRIDES
) -> bool:
    """Whether the table does not hold exactly these rows."""
    held = connection.sql(f"from {table.full_name}").pl()
    order = list(table.key)
    held = held.select(rows.columns).cast(rows.schema)
    return not held.sort(order).equals(rows.sort(order))


def newly_hidden(door: Door, rows: pl.DataFrame) -> pl.DataFrame:
    """Accounts (platform, account_id as pseudonym, account_kind) in scope under their own ids that
    a review calls officers'."""
    own = door.scope.filter(~pl.col("account_id").str.starts_with(PSEUDONYM_PREFIX))
    own = own.with_columns(hidden=door.pseudonyms(own["platform"], own["account_id"]))
    officers = rows.filter(pl.col("account_kind") == "officer")
    return (
        officers.join(own, left_on=["platform", "account_id"], right_on=["platform", "hidden"],
                      how="semi")
        .join(door.scope, on=["platform", "account_id"], how="anti")
        .select(ACCOUNT_SCOPE.column_names)
    )  # fmt: skip


def write_reviewed(
    connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame, hidden: pl.DataFrame
) -> None:
    """Renew the table, and let the door know the officers found, in one transaction."""
    _renew(connection, ACCOUNT_OVERRIDES, (ACCOUNT_OVERRIDES, rows), (ACCOUNT_SCOPE, hidden))


def write_claim_reviews(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Renew the table."""
    _renew(connection, CLAIM_REVIEWS, (CLAIM_REVIEWS, rows))


def _renew(
    connection: duckdb.DuckDBPyConnection, emptied: Table, *given: tuple[Table, pl.DataFrame]
) -> None:
    connection.execute("begin")
    connection.execute(f"delete from {emptied.full_name}")
    for table, frame in given:
        insert_rows(connection, table.full_name, frame)
    connection.execute("commit")
