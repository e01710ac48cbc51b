"""What a table says, as one number that no order changes: to compare two warehouses.

Each row becomes one text that no other row has: its columns in the table's order, each `N` where
it is NULL, else the length of its value, a colon and the value; a list is the text of its elements
written the same way, an instant its microseconds since 1970. The row's hash is the MD5 of that
text, two numbers of 64 bits; the table's is how many rows there are and the exact sum of either
number. Sums forget the order but not how often a row stands there, as XOR would.

Equal hashes mean equal tables: that other rows give the same three numbers by chance has odds of
one in 2^128. MD5 keeps nobody from making such rows on purpose, and nobody here has reason to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.schemas.columns import ColumnType
from orchestration.schemas.tables import CORE_TABLES, PROVENANCE, Table


@dataclass(frozen=True)
class ContentHash:
    """One table: how many rows, and the sums of the halves of their hashes."""

    rows: int
    lower: int
    upper: int

    def __str__(self) -> str:
        return f"{self.rows}-{self.upper:x}-{self.lower:x}"


def content_hashes(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[Table] = CORE_TABLES,
    *,
    provenance: bool = True,
) -> dict[str, ContentHash]:
    """Full name of each table to its hash.

    provenance: also which file and record every row is from. Without it, the same records in
    other files, or under another source, give the same hash.
    """
    return {table.full_name: _hash(connection, table, provenance) for table in tables}


def _hash(connection: duckdb.DuckDBPyConnection, table: Table, provenance: bool) -> ContentHash:
    columns = [c for c in table.columns if provenance or c.name not in PROVENANCE]
    row = " || ".join(_encoded(f'"{column.name}"', column.type) for column in columns)
    found = connection.execute(
        f"""select count(*), coalesce(sum(md5_number_lower(content)::hugeint), 0),
                   coalesce(sum(md5_number_upper(content)::hugeint), 0)
            from (select {row} as content from {table.full_name})"""
    ).fetchone()
    assert found is not None
    return ContentHash(*(int(value) for value in found))


def _encoded(value: str, kind: ColumnType) -> str:
    """SQL: a value as text from which it can be read back."""
    if kind == "text_list":
        element = _told("element", "element")
        text = f"array_to_string(list_transform({value}, lambda element: {element}), '')"
    elif kind == "instant":
        text = f"epoch_us({value})::varchar"
    else:
        text = f"{value}::varchar"
    return _told(value, text)


def _told(value: str, text: str) -> str:
    return f"(case when {value} is null then 'N' else length({text}) || ':' || {text} end)"
