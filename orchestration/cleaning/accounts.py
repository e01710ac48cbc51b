"""Rules of core.account_snapshots: who is in scope, of which kind, on what evidence."""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import identity
from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import ROW, Finished, ensure
from orchestration.cleaning.times import INSTANT


def finish_account_snapshots(rows: pl.DataFrame, door: Door) -> Finished:
    """Decide scope and kind, admit officials, take names off officers and ordinary people.

    Evidence: `listed` in a registry, `declared` by the source, or `verified` by the platform.
    """
    rows = ensure(
        rows, screen_name=pl.String, account_kind=pl.String, admin_level=pl.String,
        region_code=pl.String, scope_evidence=pl.String, verified_type=pl.String,
        registered_at=INSTANT, registered_at_precision=pl.String, account_state=pl.String,
        _registered_at_precision=pl.String,
        account_url=pl.String, _verified_reason=pl.String, _region_text=pl.String,
    )  # fmt: skip
    if rows["account_id"].has_nulls():
        rows = rows.filter(pl.col("account_id").is_not_null())
    is_official = (
        (pl.col("verified_type") == identity.GOVERNMENT)
        | (pl.col("kind_rule") == identity.KIND_RULES[0].id)
    ).fill_null(False)
    rows = identity.identify(rows).with_columns(
        scope_evidence=pl.coalesce("scope_evidence", pl.when(is_official).then(pl.lit("verified"))),
        account_state=pl.col("account_state").fill_null("present"),
        registered_at_precision=pl.when(pl.col("registered_at").is_not_null()).then(
            pl.coalesce("registered_at_precision", "_registered_at_precision")
        ),
    )
    rows = _with_known_kind(rows, door)
    rows = door.close(
        rows,
        identities=("account_id",),
        personal=(
            "screen_name", "account_url", "region_code", "region_rule", "region_match",
            "region_year",
        ),
        private=("registered_at", "registered_at_precision", "verified_type"),
    )  # fmt: skip
    return Finished(_without_names_in_evidence(rows))


def _without_names_in_evidence(rows: pl.DataFrame) -> pl.DataFrame:
    """Of an officer only the words of his post are shown, whatever a rule has matched."""
    is_person = pl.col("_kind").is_null() | (pl.col("_kind") == "officer")
    if not rows.select(is_person.any()).item():
        return rows
    return rows.with_columns(
        pl.when(~is_person | pl.col(name).str.contains(identity.OFFICER_WORDS)).then(name)
        for name in ("kind_match", "level_match")
    )


def _with_known_kind(rows: pl.DataFrame, door: Door) -> pl.DataFrame:
    """Admit the officials of this batch, then mark every row with what the door knows.

    Whoever may be an officer passes the door as one, whatever the kind in the row.
    """
    officials = (
        rows.lazy().filter(pl.col("scope_evidence").is_not_null())
        .select("platform", "account_id", "account_kind", "_is_withheld").unique().collect()
    )  # fmt: skip
    if officials.height:
        pseudonym = door.pseudonyms(officials["platform"], officials["account_id"])
        is_officer = officials["_is_withheld"]
        door.admit(
            officials.with_columns(
                pseudonym.zip_with(is_officer, officials["account_id"]).alias("account_id"),
                account_kind=pl.when("_is_withheld")
                .then(pl.lit("officer"))
                .otherwise("account_kind"),
            )
        )
    return rows.with_columns(_kind=door.kinds(rows["platform"], rows["account_id"]))


def declared_authors(
    posts: pl.DataFrame, kind: str, level: str, region: str | None
) -> pl.DataFrame:
    """Account rows for the authors of posts whose source declares what they are."""
    return (
        posts.lazy()
        .select(ROW, "platform", "account_id", "observed_at", "observed_at_source")
        .filter(pl.col("account_id").is_not_null())
        .sort(ROW)
        .unique(["platform", "account_id", "observed_at"], keep="first", maintain_order=True)
        .select(
            ROW, "platform", "account_id", "observed_at", "observed_at_source",
            scope_evidence=pl.lit("declared"), account_kind=pl.lit(kind),
            admin_level=pl.lit(level), region_code=pl.lit(region, dtype=pl.String),
        )
        .collect()
    )  # fmt: skip
