"""Rules of core.account_snapshots: who is in scope, of which kind, on what evidence."""

from __future__ import annotations

import polars as pl

from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import ROW, Finished, ensure
from orchestration.cleaning.times import INSTANT

VERIFIED_GOVERNMENT = "1"
"""Weibo's verified_type of a government account (3 is media)."""
VERIFIED_PERSON = "0"
PERSONS = ("-1", "0", "10", "200", "220", "400")
"""verified_type of people: not verified, verified by name, and the ranks of well-known users."""
OFFICER_REASON = r"民警|警官|警察|交警|刑警|特警|辅警|派出所|公安(?:局|厅|部|分局)"
"""A verified person whose reason names a police post is an officer."""


def finish_account_snapshots(rows: pl.DataFrame, door: Door) -> Finished:
    """Decide scope and kind, admit officials, take names off officers and ordinary people.

    Evidence: `listed` in a registry, `declared` by the source, or `verified` by the platform.
    """
    rows = ensure(
        rows, screen_name=pl.String, account_kind=pl.String, admin_level=pl.String,
        region_code=pl.String, scope_evidence=pl.String, verified_type=pl.String,
        registered_at=INSTANT, registered_at_precision=pl.String, account_state=pl.String,
        account_url=pl.String, _verified_reason=pl.String,
    )  # fmt: skip
    rows = rows.filter(pl.col("account_id").is_not_null())
    is_government = (pl.col("verified_type") == VERIFIED_GOVERNMENT).fill_null(False)
    is_officer = (
        (pl.col("verified_type") == VERIFIED_PERSON)
        & pl.col("_verified_reason").str.contains(OFFICER_REASON)
    ).fill_null(False)
    rows = rows.with_columns(
        kind_rule=pl.when(pl.col("account_kind").is_not_null())
        .then(pl.coalesce("scope_evidence", pl.lit("given")))
        .when(is_officer).then(pl.lit("reason_names_police_post"))
        .when(is_government).then(pl.lit("verified_type_1")),
        scope_evidence=pl.coalesce(
            "scope_evidence", pl.when(is_government | is_officer).then(pl.lit("verified"))
        ),
        account_kind=pl.when(is_officer).then(pl.lit("officer"))
        .when(pl.col("account_kind").is_not_null()).then("account_kind")
        .when(is_government).then(pl.lit("organ"))
        .when(pl.col("scope_evidence").is_not_null()).then(pl.lit("unclear")),
        account_state=pl.col("account_state").fill_null("present"),
    )  # fmt: skip
    rows = _with_known_kind(rows, door)
    return Finished(
        door.close(
            rows,
            identities=("account_id",),
            personal=("screen_name", "account_url", "region_code"),
            private=("registered_at", "registered_at_precision", "verified_type"),
        )
    )


def _with_known_kind(rows: pl.DataFrame, door: Door) -> pl.DataFrame:
    """Admit the officials of this batch, then mark every row with what the door knows."""
    officials = rows.filter(pl.col("scope_evidence").is_not_null())
    if officials.height:
        pseudonym = door.pseudonyms(officials["platform"], officials["account_id"])
        is_officer = officials["account_kind"] == "officer"
        door.admit(
            officials.with_columns(
                pseudonym.zip_with(is_officer, officials["account_id"]).alias("account_id")
            )
        )
    return rows.with_columns(_kind=door.kinds(rows["platform"], rows["account_id"]))


def declared_authors(
    posts: pl.DataFrame, kind: str, level: str, region: str | None
) -> pl.DataFrame:
    """Account rows for the authors of posts whose source declares what they are."""
    return (
        posts.filter(pl.col("account_id").is_not_null())
        .sort(ROW)
        .unique(["platform", "account_id", "observed_at"], keep="first", maintain_order=True)
        .select(
            ROW, "platform", "account_id", "observed_at", "observed_at_source",
            scope_evidence=pl.lit("declared"), account_kind=pl.lit(kind),
            admin_level=pl.lit(level), region_code=pl.lit(region, dtype=pl.String),
        )
    )  # fmt: skip
