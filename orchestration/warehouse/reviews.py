"""What people reviewed, in the warehouse: accounts with the protection of officers, and figures.

Each table is renewed whole from its file, whenever the file says something else. Accounts of
officers stand in it under their pseudonym, like everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import polars as pl

from orchestration.claims.dates import printed_date
from orchestration.claims.people import (
    is_bodys_account,
    is_of_one_person,
    is_own_figure,
    without_people,
)
from orchestration.claims.speakers import kind_of, outlet_of
from orchestration.cleaning.people import PSEUDONYM_PREFIX, Door
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import ACCOUNT_OVERRIDES, ACCOUNT_SCOPE, CLAIM_REVIEWS, Table
from orchestration.sources.declarations import Declarations, Override


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
    rows = [_without_people(row) for row in declarations.claim_reviews if not _is_own(row)]
    return pl.DataFrame(rows, schema=polars_schema(CLAIM_REVIEWS))


def _is_own(row: Mapping[str, Any]) -> bool:
    """Whether a figure is of one person's account, whatever its cells say of sector and actor."""
    if row["actor_scope"] == "officer" and (row["sector"] or "").startswith("@"):
        return True
    return is_own_figure(row["metric"] or "", row["quote"] or "")


def _without_people(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a reviewed figure may be published: no words that a person typed freely.

    publisher and outlet stand only where they name a body or an outlet, the sentence with people
    hidden, dates only as dates; the note stays in the file. A sentence that tells of one person's
    account is not published, nor is the name of an account that may be theirs.
    """
    publisher, quote, sector = row["publisher"], row["quote"], row["sector"]
    kind = row["speaker_kind"]
    if publisher:
        speaker = kind_of(publisher)
        is_named = speaker.kind in ("body", "outlet")
        publisher, kind = speaker.name, kind if is_named else speaker.kind
    if sector and sector.startswith("@") and not is_bodys_account(sector):
        sector = None
    if quote and is_of_one_person(quote):
        quote = None
    return {
        **row,
        "publisher": publisher, "speaker_kind": kind,
        "sector": sector if _is_sector(sector) else None,
        "outlet": outlet_of(row["outlet"]) if row["outlet"] else None,
        "as_of_text": printed_date(row["as_of_text"]) if row["as_of_text"] else None,
        "published_text": _only_digits(row["published_text"]),
        "source_url": _only_address(row["source_url"]),
        "quote": without_people(quote) if quote else None,
        "note": None,
    }  # fmt: skip


def _is_sector(text: str | None) -> bool:
    """police, all, or the name of one account."""
    return text in ("police", "all") or bool(text and re.fullmatch(r"@[\w\u4e00-\u9fff-]+", text))


def _only_digits(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"[\d年月日./: +TZ-]+", text) else None


def _only_address(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"https?://\S+", text) else None


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
        connection.register("reviewed_rows", frame.to_arrow())
        connection.execute(f"insert into {table.full_name} by name select * from reviewed_rows")
        connection.unregister("reviewed_rows")
    connection.execute("commit")
