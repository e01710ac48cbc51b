"""Asset specs and metadata rendered from the one definition of tables and columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from orchestration.defs.lineage import Lineage
from orchestration.defs.resources import OWNERS
from orchestration.quality.results import shortened
from orchestration.schemas.render import DUCKDB_TYPES, column_comment, table_comment
from orchestration.schemas.tables import Table

ROWS_SHOWN = 50
NO_ASSET = "no other asset"


def asset_key(table_name: str) -> dg.AssetKey:
    """`schema.table` as an asset key `schema/table`."""
    return dg.AssetKey(table_name.split("."))


def table_spec(table: Table, *, group: str, kinds: set[str], **more: Any) -> dg.AssetSpec:
    """The asset of a table that Python writes."""
    return dg.AssetSpec(
        key=asset_key(table.full_name),
        description=table_comment(table),
        group_name=group,
        kinds=kinds,
        owners=OWNERS,
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": table.full_name,
        },
        **more,
    )


def column_schema(table: Table) -> dg.TableSchema:
    """Columns of a table as the UI shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=DUCKDB_TYPES[column.type].lower(),
                description=column_comment(column.name),
                constraints=dg.TableColumnConstraints(nullable=column.name not in table.required),
                tags={"key": ""} if column.name in table.key else {},
            )
            for column in table.columns
        ]
    )


def traced(lineage: Lineage) -> dict[str, Any]:
    """Metadata that say what every column is made of: once as Dagster defines it, which its open
    UI keeps to itself, and once as a table that people can read there."""
    rows = (
        {"column": column, "made_of": ", ".join(".".join(p) for p in parents) or NO_ASSET}
        for column, parents in lineage.items()
    )
    return {
        "dagster/column_lineage": as_lineage(lineage),
        "made_of": as_table(rows, ("column", "made_of")),
    }


def as_lineage(lineage: Lineage) -> dg.TableColumnLineage:
    """Columns and the columns of other assets that they are made of."""
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(asset_key(table), parent) for table, parent in parents]
            for column, parents in lineage.items()
        }
    )


def as_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> dg.TableMetadataValue:
    """Rows as table metadata, which the UI shows as text: never Markdown, for names and messages
    come from outside. At most ROWS_SHOWN rows."""
    records = [
        dg.TableRecord({name: _cell(row.get(name)) for name in columns})
        for _, row in zip(range(ROWS_SHOWN), rows, strict=False)
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name=name) for name in columns])
    return dg.MetadataValue.table(records, schema)


def _cell(value: Any) -> str | int | float | bool | None:
    if value is None or isinstance(value, bool | int | float):
        return value
    return shortened(str(value), 200)
