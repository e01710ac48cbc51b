"""The engine's own rules: what no mapping can do without, whatever its format forgot."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from orchestration.cleaning import engine
from orchestration.cleaning import fields as f
from orchestration.cleaning.people import Door
from orchestration.schemas import tables

NOW = datetime(2024, 8, 20, 12, tzinfo=UTC)


def clean(table: tables.Table, raw: pl.DataFrame, *fields: f.Field) -> engine.Cleaned:
    provenance = raw.with_columns(
        pl.lit(NOW).dt.cast_time_unit("us").alias(f.OBSERVED_AT),
        pl.lit("declared").alias(f.OBSERVED_AT_SOURCE),
        record_number=pl.int_range(1, raw.height + 1, dtype=pl.Int64),
        source_name=pl.lit("s"), file_id=pl.lit("f"), file_sha256=pl.lit("0" * 64),
    )  # fmt: skip
    mapping = f.TableMapping(table, (*fields, *f.observed()))
    context = f.Context("s", "weibo", "Asia/Shanghai", NOW)
    return engine.clean_batch(provenance, (mapping,), context, Door("0" * 64))


def test_a_row_without_its_key_is_refused_though_no_field_asks_for_it() -> None:
    """The warehouse refuses such a row, and with it everything else of the night."""
    raw = pl.DataFrame({"uid": ["1", "2"], "p": ["weibo", None]})
    cleaned = clean(
        tables.ACCOUNT_SNAPSHOTS, raw, f.text("platform", "p"), f.ident("account_id", "uid"),
        f.const("scope_evidence", "listed"), f.const("account_kind", "organ"),
    )  # fmt: skip
    assert cleaned.tables["account_snapshots"]["account_id"].to_list() == ["1"]
    assert cleaned.problems.select("_row", "reason", "extent", "column_name").rows() == [
        (1, "missing_key:platform", "record", "platform")
    ]
    assert cleaned.people["platform"].null_count() == 0
