"""From a published row back to the raw file, record and bytes it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb

from orchestration.schemas.tables import TABLES
from orchestration.settings import Settings
from orchestration.sources import formats
from orchestration.sources.archive import Archive
from orchestration.sources.extract import read_declarations
from orchestration.sources.formats.base import Head
from orchestration.sources.mapping import mapped_format
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Located, ReadOptions

ROWS_SHOWN = 5

ORIGINS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "main.accounts": (("core.account_snapshots", ("platform", "account_id")),),
    "main.account_days": (("core.account_snapshots", ("platform", "account_id")),),
    "main.posts": (("core.posts", ("platform", "post_id")),),
    "main.event_responses": (("core.posts", ("platform", "post_id")),),
    "main.event_articles": (("core.articles", ("article_id",)),),
    "core.event_links": (("core.posts", ("platform", "post_id")),),
    "main.events": (
        ("core.hot_topic_slots", ("topic_key",)),
        ("core.articles", ("title",)),
        ("core.rulings", ("claim_text=title",)),
    ),
}
"""Derived table to the cleaned tables its rows rest on, and the columns that lead there."""


class TraceError(LookupError):
    """The row cannot be found or followed; the message says what can be asked."""


@dataclass(frozen=True)
class Origin:
    """One raw record behind a row."""

    table: str
    key: dict[str, object]
    file: RawFile | None
    file_sha256: str
    record_number: int | None
    located: Located | None


def trace(
    connection: duckdb.DuckDBPyConnection, settings: Settings, table_name: str, key: str
) -> list[Origin]:
    """The raw records behind a row of a published table, at most ROWS_SHOWN.

    key: the value of the table's identifying column, or `column=value,column=value`.
    Raises TraceError when nothing matches.
    """
    table = TABLES.get(table_name) or TABLES.get(f"main.{table_name}")
    if table is None:
        raise TraceError(f"{table_name!r} is not a published table; try one of: {_names()}")
    conditions = _conditions(table.full_name, key)
    rows = _matching(connection, table.full_name, conditions)
    if not rows:
        raise TraceError(f"{table.full_name} has no row with {key!r}")
    if "file_id" in table.column_names:
        return [_origin(settings, table.full_name, row) for row in rows]
    if table.full_name not in ORIGINS:
        raise TraceError(
            f"rows of {table.full_name} aggregate many records; trace one of theirs: "
            f"{', '.join(ORIGINS)}"
        )
    origins: list[Origin] = []
    for row in rows:
        origins += _follow(connection, settings, table.full_name, row)
    return origins[:ROWS_SHOWN]


def _follow(
    connection: duckdb.DuckDBPyConnection, settings: Settings, name: str, row: Mapping[str, object]
) -> Iterator[Origin]:
    for core_name, columns in ORIGINS[name]:
        conditions = {}
        for column in columns:
            theirs, _, ours = column.partition("=")
            conditions[theirs] = row.get(ours or theirs)
        if all(value is not None for value in conditions.values()):
            for found in _matching(connection, core_name, conditions):
                yield _origin(settings, core_name, found)


def _conditions(table_name: str, key: str) -> dict[str, object]:
    table = TABLES[table_name]
    if "=" in key:
        pairs = dict(part.split("=", 1) for part in key.split(",") if "=" in part)
        unknown = [name for name in pairs if name not in table.column_names]
        if unknown:
            raise TraceError(
                f"{table_name} has no column {unknown[0]!r}; it has: "
                f"{', '.join(table.column_names)}"
            )
        return dict(pairs)
    identifying = [name for name in table.key if name.endswith("_id")] or list(table.key)
    return {identifying[-1]: key}


def _matching(
    connection: duckdb.DuckDBPyConnection, table_name: str, conditions: Mapping[str, object]
) -> list[dict[str, object]]:
    """Rows by equality; values travel as parameters, column names are the schema's own."""
    where = " and ".join(
        f"cast({name} as varchar) = ${number}" for number, name in enumerate(conditions, start=1)
    )
    cursor = connection.execute(
        f"select * from {table_name} where {where} limit {ROWS_SHOWN}",
        [str(value) for value in conditions.values()],
    )
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _origin(settings: Settings, table_name: str, row: Mapping[str, object]) -> Origin:
    table = TABLES[table_name]
    file = _delivery(settings, str(row["file_id"]))
    number = row.get("record_number")
    record_number = int(str(number)) if number is not None else None
    located = None
    if file is not None and record_number is not None:
        located = _locate(settings, file, record_number)
    return Origin(
        table_name,
        {name: row.get(name) for name in table.key},
        file,
        str(row["file_sha256"]),
        record_number,
        located,
    )


def _delivery(settings: Settings, file_id: str) -> RawFile | None:
    for file in Archive(settings.root.archive).deliveries():
        if file.file_id == file_id:
            return file
    return None


def _locate(settings: Settings, file: RawFile, record_number: int) -> Located | None:
    declaration = read_declarations(settings).for_source(file.source_name)
    if declaration.format == "mapped":
        file_format = mapped_format(declaration)
    elif declaration.format is not None:
        file_format = formats.formats()[declaration.format]
    else:
        candidates = formats.sniff(Head(file.inner_path, file.head()))
        if not candidates:
            return None
        file_format = candidates[0][0]
    return file_format.reader.locate(file, record_number, ReadOptions(declaration.encoding))


def _names() -> str:
    return ", ".join(TABLES)
