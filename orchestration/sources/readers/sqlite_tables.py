"""SQLite databases: known tables of one file as records, read only and in bounded memory.

Records are numbered through all tables in a fixed order, within a table by rowid, so a number
means the same row every time. A table's column `name` is the raw column `table.name`.

The archived file is opened read-only and immutable: nothing is written beside it, and no
write-ahead log is looked for, so a copy taken while its crawler was writing lacks what stood in
the log. A compressed file or zip member is decompressed in memory (at most
MAXIMUM_IN_MEMORY bytes) and never on disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    raw_frame,
    truncation,
)

MAGIC = b"SQLite format 3\x00"
MAXIMUM_IN_MEMORY = 256 * 1024 * 1024
BATCH_ROWS = 20_000
_PIECE = 1024 * 1024
_LARGEST_VALUE = 8 * 1024 * 1024
_JOURNAL_MODE = slice(18, 20)
_ROLLBACK = b"\x01\x01"


@dataclass(frozen=True)
class SqliteTable:
    """A table to read. columns: those that are read where the file has them.

    key: the columns without which its rows mean nothing. joined: further columns, as name to
    (table, its key, column here, column there): looked up in another table.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    joined: Mapping[str, tuple[str, str, str, str]]

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(f"{self.name}.{column}" for column in (*self.columns, *self.joined))


@dataclass(frozen=True)
class SqliteTables:
    """The tables of one producer's database. left: tables that are known and not read, with
    the reason code that stands for their rows."""

    tables: tuple[SqliteTable, ...]
    left: Mapping[str, str]

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for table in self.tables for name in table.fields)

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        del options  # a database says itself how its text is encoded
        opened = _open(file)
        if isinstance(opened, Reject):
            yield opened
            return
        last = 0
        with closing(opened) as connection:
            try:
                there = _tables(connection)
                known = {*(table.name for table in self.tables), *self.left}
                if not any(table.name in there for table in self.tables):
                    yield Reject(
                        "unknown_database", "none of the producer's tables is in it", extent="file"
                    )
                    return
                for table in self.tables:
                    if table.name not in there:
                        continue
                    for found, reached in self._rows(connection, table, there, last):
                        last = reached
                        yield found
                for name, reason in self.left.items():
                    if name in there and (count := _count(connection, name)):
                        yield Reject(
                            reason, f"rows of the table {name} are not collected", records=count
                        )
                if strangers := len(there.keys() - known):
                    yield Reject(
                        "unknown_table",
                        f"{strangers} tables beside the producer's are not read",
                        records=strangers,
                    )
            except sqlite3.Error as error:
                yield Reject(
                    "corrupt_database",
                    f"the database breaks after record {last} ({error}); what came before was "
                    "read. Deliver an undamaged copy; it will supersede this one",
                    record_number=last + 1,
                )

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        """The row as JSON; a row has no place of its own among the bytes."""
        del options
        opened = _open(file)
        if isinstance(opened, Reject):
            return None
        before = 0
        with closing(opened) as connection:
            try:
                there = _tables(connection)
                for table in self.tables:
                    if table.name not in there:
                        continue
                    count = _count(connection, table.name)
                    if record_number <= before + count:
                        return _located(connection, table, there, record_number - before)
                    before += count
            except sqlite3.Error:
                return None
        return None

    def _rows(
        self,
        connection: sqlite3.Connection,
        table: SqliteTable,
        there: Mapping[str, frozenset[str]],
        last: int,
    ) -> Iterator[tuple[Found, int]]:
        """Frames and rejects of one table, each with the number of the last record so far."""
        absent = [name for name in table.key if name not in there[table.name]]
        if absent:
            count = _count(connection, table.name)
            yield (
                Reject(
                    "missing_column",
                    f"the table {table.name} has no column {', '.join(absent)}",
                    records=count,
                    extent="file",
                ),
                last + count,
            )
            return
        place = {name: at for at, name in enumerate(self.fields)}
        own = [place[name] for name in table.fields]
        rows: list[list[Any]] = []
        try:
            for values in connection.execute(_query(table, there)):
                last += 1
                problem = next((why for v in values if (why := _problem(v)) is not None), None)
                if problem is not None:
                    detail = f"a value of the table {table.name} cannot be read as text"
                    yield Reject(problem, detail, last), last
                    continue
                row: list[Any] = [None] * len(place)
                for at, value in zip(own, values, strict=True):
                    row[at] = None if value is None else str(value)
                rows.append([last, None, *row])
                if len(rows) >= BATCH_ROWS:
                    yield raw_frame(self.fields, rows), last
                    rows = []
        except sqlite3.Error:
            if rows:
                yield raw_frame(self.fields, rows), last
            raise
        if rows:
            yield raw_frame(self.fields, rows), last


def _open(file: RawFile) -> sqlite3.Connection | Reject:
    try:
        if file.is_compressed or file.member is not None:
            connection = _in_memory(file)
        else:
            address = f"{file.blob.absolute().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True)
    except DecompressionBombError as error:
        return Reject("decompression_bomb", str(error), extent="file")
    except sqlite3.Error as error:
        return Reject("corrupt_database", f"it cannot be opened: {error}", extent="file")
    except (OSError, EOFError) as error:
        return truncation(error, 0)
    if isinstance(connection, Reject):
        return connection
    connection.text_factory = _text
    connection.execute("pragma trusted_schema = off")
    connection.execute("pragma query_only = on")
    return connection


def _in_memory(file: RawFile) -> sqlite3.Connection | Reject:
    whole = bytearray()
    with file.open() as stream:
        while len(whole) <= MAXIMUM_IN_MEMORY and (piece := stream.read(_PIECE)):
            whole += piece
    if len(whole) > MAXIMUM_IN_MEMORY:
        return Reject(
            "database_too_large",
            f"a compressed database of more than {MAXIMUM_IN_MEMORY} bytes is not read; deliver "
            "it uncompressed",
            extent="file",
        )
    if not whole.startswith(MAGIC):
        return Reject("corrupt_database", "it does not begin as a database does", extent="file")
    whole[_JOURNAL_MODE] = _ROLLBACK  # a database in memory cannot have a write-ahead log
    connection = sqlite3.connect(":memory:")
    connection.deserialize(bytes(whole))
    return connection


def _text(data: bytes) -> str:
    """Text as it stands; bytes that are none become lone surrogates, which are refused."""
    return data.decode("utf-8", "surrogateescape")


def _problem(value: object) -> str | None:
    if isinstance(value, bytes):
        return "unexpected_blob"
    if not isinstance(value, str):
        return None
    if "\x00" in value:
        return "control_character"
    if len(value) > _LARGEST_VALUE:
        return "cell_too_long"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "encoding"
    return None


def _tables(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Column names of every plain table with rowids; views and virtual tables are none."""
    rows = connection.execute(
        "select name from pragma_table_list where schema = 'main' and type = 'table' and wr = 0 "
        "and name not like 'sqlite!_%' escape '!'"
    ).fetchall()
    return {
        name: frozenset(
            column
            for (column,) in connection.execute("select name from pragma_table_info(?)", [name])
        )
        for (name,) in rows
    }


def _count(connection: sqlite3.Connection, name: str) -> int:
    """Rows of a table that this code names."""
    row = connection.execute(f'select count(*) from "{name}"').fetchone()
    return int(row[0])


def _query(table: SqliteTable, there: Mapping[str, frozenset[str]], more: str = "") -> str:
    """Names are those of this code, never those of the file."""
    selected = [
        f't."{column}"' if column in there[table.name] else "null" for column in table.columns
    ]
    for other, key, here, wanted in table.joined.values():
        is_there = {key, wanted} <= there.get(other, frozenset()) and here in there[table.name]
        selected.append(
            f'(select o."{wanted}" from "{other}" as o where o."{key}" = t."{here}" limit 1)'
            if is_there
            else "null"
        )
    return f'select {", ".join(selected)} from "{table.name}" as t order by t.rowid {more}'


def _located(
    connection: sqlite3.Connection,
    table: SqliteTable,
    there: Mapping[str, frozenset[str]],
    place: int,
) -> Located | None:
    if place < 1 or not all(name in there[table.name] for name in table.key):
        return None
    row = connection.execute(_query(table, there, "limit 1 offset ?"), [place - 1]).fetchone()
    if row is None:
        return None
    return Located(None, 0, _as_json(table.fields, row))


def _as_json(names: Sequence[str], values: Sequence[object]) -> bytes:
    plain = {
        name: value if isinstance(value, (int, float, str)) or value is None else "(binary)"
        for name, value in zip(names, values, strict=True)
    }
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")
