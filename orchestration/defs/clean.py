"""Clean and load: archived files become typed rows of core.*, with ledger and quarantine."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from orchestration.defs.extract import ARCHIVE_FILES
from orchestration.defs.origins import cleaned_lineage
from orchestration.defs.resources import POOL, ObservatoryResource
from orchestration.defs.specs import as_table, asset_key, table_spec, traced
from orchestration.schemas.tables import (
    ACCOUNT_OVERRIDES,
    ACCOUNT_SCOPE,
    ARTICLE_ANCHORS,
    ARTICLE_PAIRS,
    ARTICLE_READINGS,
    ARTICLE_STORIES,
    ARTICLE_TEXTS,
    CLAIM_CANDIDATES,
    CLAIM_REVIEWS,
    COLUMN_DICTIONARY,
    CORE_TABLES,
    FILE_DAYS,
    FILE_LEDGER,
    OUTLET_LINES,
    QUARANTINE,
    REPAIR_RULES,
    REPAIRS,
    SCHEMA_DRIFT,
    SOURCES,
    TOUCHED_BUCKETS,
    TOUCHED_DAYS,
    Table,
)
from orchestration.sources.extract import read_declarations
from orchestration.warehouse.builds import current_build
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.ingest import Ingested, ingest
from orchestration.warehouse.statements import count_rows

CLEANED = (
    *CORE_TABLES, FILE_LEDGER, FILE_DAYS, QUARANTINE, REPAIRS, REPAIR_RULES, SCHEMA_DRIFT,
    ACCOUNT_SCOPE, ACCOUNT_OVERRIDES, CLAIM_CANDIDATES, CLAIM_REVIEWS,
    ARTICLE_READINGS, ARTICLE_ANCHORS, ARTICLE_PAIRS, ARTICLE_STORIES, OUTLET_LINES, ARTICLE_TEXTS,
    SOURCES, TOUCHED_DAYS, TOUCHED_BUCKETS, COLUMN_DICTIONARY,
)  # fmt: skip

Metadata = dict[str, Any]


@dg.multi_asset(
    name="cleaned_tables",
    specs=[
        table_spec(table, group="clean", kinds={"polars", "duckdb"}, deps=[ARCHIVE_FILES])
        for table in CLEANED
    ],
    pool=POOL,
)
def cleaned_tables(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource
) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Bring every archived file that the ledger does not know into the warehouse."""
    settings = observatory.settings()
    with observatory.step(context, "clean") as say:
        declarations = read_declarations(settings)
        with open_work(settings.root.warehouse) as connection:
            build = current_build(connection)
            done = ingest(connection, settings, declarations, build, say)
            say(
                f"{done.files} files, {done.records_in} records: {done.records_loaded} loaded, "
                f"{done.records_duplicate} duplicates, {done.records_quarantined} quarantined"
            )
            metadata = {table.full_name: _metadata(connection, table, done) for table in CLEANED}
            metadata[FILE_LEDGER.full_name].update(_intake(done))
            metadata[QUARANTINE.full_name].update(_reasons(connection, build.build_id))
    for name, found in metadata.items():
        yield dg.MaterializeResult(asset_key=asset_key(name), metadata=found)


def _metadata(connection: duckdb.DuckDBPyConnection, table: Table, done: Ingested) -> Metadata:
    found: Metadata = {
        "dagster/row_count": dg.MetadataValue.int(count_rows(connection, table.full_name)),
    }
    if table.schema == "core":
        found["rows_added"] = dg.MetadataValue.int(done.rows_added.get(table.full_name, 0))
    return found | traced(cleaned_lineage(table))


def _intake(done: Ingested) -> Metadata:
    return {
        "files": dg.MetadataValue.int(done.files),
        "records_in": dg.MetadataValue.int(done.records_in),
        "records_loaded": dg.MetadataValue.int(done.records_loaded),
        "records_duplicate": dg.MetadataValue.int(done.records_duplicate),
        "records_quarantined": dg.MetadataValue.int(done.records_quarantined),
    }


def _reasons(connection: duckdb.DuckDBPyConnection, build_id: str) -> Metadata:
    """Why records were refused, by source: reasons and counts, never the records themselves."""
    rows = connection.execute(
        """select source_name, reason, count(*) as problems, sum(records)::bigint as records,
                  min(path) as first_path
           from quality.quarantine where build_id = $1
           group by all order by problems desc, source_name, reason""",
        [build_id],
    ).fetchall()
    columns = ("source_name", "reason", "problems", "records", "first_path")
    return {
        "problems": dg.MetadataValue.int(sum(row[2] for row in rows)),
        "reasons": as_table((dict(zip(columns, row, strict=True)) for row in rows), columns),
    }
