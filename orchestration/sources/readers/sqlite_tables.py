"""SQLite databases: known tables of one file as records, read only and in bounded memory.

Records are numbered through all tables in a fixed order, within a table by rowid, so a number
means the same row every time. A damaged table is read up to its damage and takes as many numbers
as its index has rows, else as were read; the tables behind it are read. A table's column `name`
is the raw column `table.name`.

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
from functools import partial
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
        with closing(opened) as connection:
            try:
                there = _tables(connection)
            except sqlite3.Error as error:
                yield Reject("corrupt_database", f"its tables cannot be listed: {error}", 1)
                return
            if not any(table.name in there for table in self.tables):
                yield Reject(
                    "unknown_database", "none of the producer's tables is in it", extent="file"
                )
                return
            last = 0
            for table in self.tables:
                if table.name not in there:
                    continue
                for found, reached in self._rows(connection, table, there, last):
                    last = reached
                    yield found
            yield from self._not_read(connection, there)

    def _not_read(
        self, connection: sqlite3.Connection, there: Mapping[str, frozenset[str]]
    ) -> Iterator[Reject]:
        """What is said of the tables that are left, and of those that nobody knows."""
        for name, reason in self.left.items():
            count = _count(connection, name) if name in there else 0
            if count is None:
                detail = f"the table {name}, which is not collected, is damaged"
                yield Reject("corrupt_database", detail, records=0, extent="file")
            elif count:
                yield Reject(reason, f"rows of the table {name} are not collected", records=count)
        if strangers := len(there.keys() - {*(table.name for table in self.tables), *self.left}):
            yield Reject(
                "unknown_table",
                f"{strangers} tables beside the producer's are not read",
                records=strangers,
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
                    count = _length(connection, table, there)
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
            count = _length(connection, table, there)
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
        before, lookups = last, _Lookups(connection)
        damage: sqlite3.Error | None = None
        try:
            for values in _values(connection, table, there, lookups):
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
        except sqlite3.Error as error:
            damage = error
        if rows:
            yield raw_frame(self.fields, rows), last
        if lookups.failed:
            yield lookups.reject(table), last
        if damage is not None:
            count = max(_length(connection, table, there), last - before)
            yield _damaged(table, damage, before, last, before + count), before + count


@dataclass
class _Lookups:
    """Looks up joined columns one by one, so that a damaged table costs only what is in it."""

    connection: sqlite3.Connection
    failed: int = 0

    def offer(self, table: SqliteTable) -> None:
        """Give the database a function for each joined column."""
        for name, (other, key, _, wanted) in table.joined.items():
            query = f'select "{wanted}" from "{other}" where "{key}" = ? limit 1'
            self.connection.create_function(_function(name), 1, partial(self._find, query))

    def _find(self, query: str, value: object) -> Any:
        try:
            row = self.connection.execute(query, [value]).fetchone()
        except sqlite3.Error:
            self.failed += 1
            return None
        return None if row is None or _problem(row[0]) is not None else row[0]

    def reject(self, table: SqliteTable) -> Reject:
        """The note beside rows that were read without what should have been looked up."""
        others = ", ".join(sorted({other for other, *_ in table.joined.values()}))
        return Reject(
            "corrupt_database",
            f"{self.failed} lookups of {', '.join(table.joined)} for rows of the table "
            f"{table.name} fell on damage of the table {others}; the rows were read without it",
            records=0,
            extent="file",
        )


def _function(name: str) -> str:
    return f"look_up_{name}"


def _values(
    connection: sqlite3.Connection,
    table: SqliteTable,
    there: Mapping[str, frozenset[str]],
    lookups: _Lookups,
    done: int = 0,
) -> Iterator[tuple[Any, ...]]:
    """Values of a table's rows behind the first `done`, until its damage raises sqlite3.Error."""
    try:
        for values in connection.execute(_query(table, there), [done]):
            done += 1
            yield values
    except sqlite3.Error:
        if not table.joined:
            raise
        lookups.offer(table)  # the damage may lie in the other table only
        yield from connection.execute(_query(table, there, is_apart=True), [done])


def _damaged(table: SqliteTable, error: sqlite3.Error, before: int, last: int, end: int) -> Reject:
    """What is said of a table that broke after record `last`; its records end at `end` as far
    as its index tells."""
    missed = f"{end - last} rows" if end > last else "the rest, whose length is not known,"
    return Reject(
        "corrupt_database",
        f"the table {table.name} breaks after record {last} ({error}); {last - before} of its rows "
        f"were read, {missed} not; the other tables were. Deliver an undamaged copy; it will "
        "supersede this one",
        record_number=last + 1,
        records=max(end - last, 1),
    )


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


def _count(connection: sqlite3.Connection, name: str) -> int | None:
    """Rows of a table that this code names; None where damage keeps them from being counted."""
    try:
        row = connection.execute(f'select count(*) from "{name}"').fetchone()
    except sqlite3.Error:
        return None
    return int(row[0])


def _length(
    connection: sqlite3.Connection, table: SqliteTable, there: Mapping[str, frozenset[str]]
) -> int:
    """How many record numbers a table takes: its rows, or those before the damage."""
    count = _count(connection, table.name)
    if count is not None:
        return count
    readable = 0
    try:
        for _ in _values(connection, table, there, _Lookups(connection)):
            readable += 1
    except sqlite3.Error:
        pass
    return readable


def _query(
    table: SqliteTable, there: Mapping[str, frozenset[str]], *, is_apart: bool = False
) -> str:
    """Names are those of this code, never those of the file. is_apart: look up by function."""
    selected = [
        f't."{column}"' if column in there[table.name] else "null" for column in table.columns
    ]
    for name, (other, key, here, wanted) in table.joined.items():
        is_there = {key, wanted} <= there.get(other, frozenset()) and here in there[table.name]
        found = f'select o."{wanted}" from "{other}" as o where o."{key}" = t."{here}" limit 1'
        looked_up = f'{_function(name)}(t."{here}")' if is_apart else f"({found})"
        selected.append(looked_up if is_there else "null")
    columns = ", ".join(selected)
    return f'select {columns} from "{table.name}" as t order by t.rowid limit -1 offset ?'


def _located(
    connection: sqlite3.Connection,
    table: SqliteTable,
    there: Mapping[str, frozenset[str]],
    place: int,
) -> Located | None:
    if place < 1 or not all(name in there[table.name] for name in table.key):
        return None
    row = next(_values(connection, table, there, _Lookups(connection), place - 1), None)
    if row is None:
        return None
    return Located(None, 0, _as_json(table.fields, row))


def _as_json(names: Sequence[str], values: Sequence[object]) -> bytes:
    plain = {
        name: value if isinstance(value, (int, float, str)) or value is None else "(binary)"
        for name, value in zip(names, values, strict=True)
    }
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")
