"""The published file, written from nothing but what may be published.

The work file knows officers one by one, under pseudonyms; readers get them in aggregate, and as
nameless lines of the list of accounts. Here stands what leads to a single one of them, column by
column, and how a published table is written without it. Nothing private is ever written and
deleted again: a deleted row stays in a DuckDB file until its block is used anew.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.schemas.render import comment_sql, create_table_sql
from orchestration.schemas.tables import CORE_TABLES, TABLES, Table
from orchestration.warehouse.connect import MEMORY_LIMIT, OFFLINE, STORAGE_VERSION, quote

SUBJECTS = ("account_id", "post_id", "ruling_id", "comment_id", "repost_id")
"""Whom or what a row is about. Is that a person in scope, or a post of one, the row is left out."""
REFERENCES = (
    "earlier_account_id", "repost_of_post_id", "reply_to_post_id", "reply_to_comment_id",
    "nearest_post_id", "reversal_post_id",
)  # fmt: skip
"""Whom or what a row about somebody else points to: NULL where that is a person in scope."""
LISTS = {"cited_account_ids": None, "cited_post_ids": "cited_at"}
"""Lists of such references, with the instant that belongs to them. NULL as a whole: a list that
lacks one of its members would be a wrong list."""
ADDRESSED = ("addressee",)
"""Who was asked, as platform:account_id. Is that a pseudonym, whosever it is, the row is left out:
people are asked as `officers`, all of them together."""
PLACES = ("path",)
"""Where a file lies. A path that holds a pseudonym, whosever it is, is <source_name>/<file_id>:
what else stands in it, a running number say, leads from public copies of the same files to
whom the pseudonym hides."""
FOLDERS = ("source_name",)
"""A folder that no source declares gives its own name, which may be a collector's for one account.
With a pseudonym in it, it is told as undeclared-<file_id>, of the first of its files by id."""
TEXTS = (
    "detail", "excerpt", "before", "after", "note", "evidence", "nearest_evidence", "message",
    "observed", "expected",
)  # fmt: skip
"""Texts in which pseudonyms may stand; there each of a person in scope goes, and what looks like a
path with anybody's."""
RECORD_NOTES = ("quality.quarantine", "quality.repairs")
"""What is said about single records, with values out of them. Left out of a person's record."""
PROFILES = ("core.account_snapshots",)
"""Exact counts and the instant of registration lead to a profile, an ordinary person's too: of no
pseudonym there is a row."""
REMARKS = ("quality", "note")
"""Schema and column of what reviewers remark, in their own words, which may name people: NULL."""
LISTED = ("main.accounts",)
"""Where people are listed one by one, under a pseudonym that stands nowhere else: kind, level, when
they were seen and whether lately active, without name, place, registration and followers."""
_PSEUDONYM = "p:[0-9a-f]{20}"
_PATH_WITH_ONE = rf"[^\s\"]*[/_.-]{_PSEUDONYM}[^\s\"]*|{_PSEUDONYM}[/_.-][^\s\"]+"


def write_released(source: Path, target: Path) -> None:
    """Write every published table of the closed work file into a new file.

    People in scope are the accounts that stand under a pseudonym. The aggregates of `main` counted
    them before; ordinary people's pseudonyms (of rumours and comments) stay, without profiles.
    """
    with duckdb.connect(":memory:", config={**OFFLINE, "memory_limit": MEMORY_LIMIT}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set temp_directory = {quote(str(source.parent / 'tmp'))}")
        connection.execute(f"attach {quote(str(source))} as work (read_only)")
        connection.execute(
            f"attach {quote(str(target))} as released (storage_version '{STORAGE_VERSION}')"
        )
        _find_people(connection)
        _hide_people_in_texts(connection)
        _hide_folders(connection)
        connection.execute("use released")
        connection.execute("begin")
        for schema in dict.fromkeys(table.schema for table in TABLES.values()):
            connection.execute(f"create schema if not exists {schema}")
        for table in TABLES.values():
            connection.execute(create_table_sql(table))
            connection.execute(_insert_sql(connection, table))
        for statement in comment_sql(TABLES.values()):
            connection.execute(statement)
        connection.execute("commit")
        connection.execute("checkpoint released")


def _find_people(connection: duckdb.DuckDBPyConnection) -> None:
    """people_ids: pseudonyms of people in scope, of their posts and comments. people_records: the
    records of raw files that tell of them."""
    connection.execute(
        """create temp table people_ids as
           select account_id as id from work.main.accounts where starts_with(account_id, 'p:')
           union
           select account_id from work.quality.account_scope where starts_with(account_id, 'p:')"""
    )
    of_people = "account_id in (from people_ids)"
    told = [table for table in CORE_TABLES if "account_id" in table.column_names]
    connection.execute(
        "create temp table people_records as "
        + " union ".join(
            f"select file_id, record_number from work.{table.full_name} where {of_people}"
            for table in told
        )
    )
    made = [
        f"select {name} from work.{table.full_name} where {of_people} and starts_with({name}, 'p:')"
        for table in told
        for name in ("post_id", "comment_id")
        # A post_id of a comment is of the post below which it stands.
        if name in table.column_names and (name, table.name) != ("post_id", "comments")
    ]
    connection.execute("create temp table made_by_people as " + " union ".join(made))
    connection.execute("insert into people_ids from made_by_people")


def _hide_people_in_texts(connection: duckdb.DuckDBPyConnection) -> None:
    """hidden_texts: the texts that are not published as they are, and as what they are: every
    pseudonym of a person in scope is replaced, wherever it stands, and no other."""
    said = " union ".join(
        f"select {name} as said from work.{table.full_name} where contains({name}, 'p:')"
        for table in TABLES.values()
        for name in sorted(_known(connection, table))
        if name in TEXTS
    )
    connection.execute(
        f"""create temp table hidden_texts as
            with pathless as (
                select said, regexp_replace(said, $1, 'p:…', 'g') as text from ({said})
            ),
            pieces as (
                select said,
                       unnest(regexp_split_to_array(text, $2)) as before,
                       unnest(list_append(regexp_extract_all(text, $2), '')) as id,
                       generate_subscripts(regexp_split_to_array(text, $2), 1) as number
                from pathless
            ),
            joined as (
                select said, string_agg(
                           before || case when id in (from people_ids) then 'p:…' else id end,
                           '' order by number
                       ) as shown
                from pieces group by said
            )
            select said, shown from joined where shown <> said""",
        [_PATH_WITH_ONE, _PSEUDONYM],
    )


def _hide_folders(connection: duckdb.DuckDBPyConnection) -> None:
    """hidden_folders: names of sources that are not published as they are, and as what they are."""
    connection.execute(
        """create temp table hidden_folders as
           select source_name as said, 'undeclared-' || min(file_id) as shown
           from work.quality.file_ledger where regexp_matches(source_name, $1)
           group by source_name""",
        [_PSEUDONYM],
    )


def _folder() -> str:
    """The name of a row's source as it is published; of a folder not in the ledger, no name."""
    shown = "(select shown from hidden_folders where said = noted.source_name)"
    return (
        f"case when contains(source_name, 'p:') and regexp_matches(source_name, '{_PSEUDONYM}') "
        f"then coalesce({shown}, 'undeclared') else source_name end"
    )


def _known(connection: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    """The columns that the work file has of a table; one that is younger than it is missing."""
    rows = connection.execute(
        "select column_name from duckdb_columns() where database_name = 'work' "
        "and schema_name = $1 and table_name = $2",
        [table.schema, table.name],
    ).fetchall()
    return {row[0] for row in rows}


def _insert_sql(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """One table of the work file without its rows of people, references to them left out.

    A column of an older warehouse that nothing has filled yet is NULL.
    """
    known = _known(connection, table)
    names = [name for name in table.column_names if name in known]
    values = ",\n".join(f"{_value(table, name)} as {name}" for name in names)
    conditions = [
        f"({name} is null or not starts_with({name}, 'p:') or {name} not in (from people_ids))"
        for name in names
        if name in SUBJECTS and table.full_name not in LISTED
    ]
    conditions += [
        f"({name} is null or not regexp_matches({name}, '{_PSEUDONYM}'))"
        for name in names
        if name in ADDRESSED
    ]
    if table.full_name in PROFILES:
        conditions.append("not starts_with(account_id, 'p:')")
    if table.full_name in RECORD_NOTES:
        conditions.append(
            "not exists (from people_records as told where told.file_id = noted.file_id "
            "and told.record_number = noted.record_number)"
        )
    where = f"\nwhere {' and '.join(conditions)}" if conditions else ""
    return (
        f"insert into released.{table.full_name} by name\n"
        f"select {values}\nfrom work.{table.full_name} as noted{where}"
    )


def _value(table: Table, name: str) -> str:
    """A column as it is published."""
    if (table.schema, name) == REMARKS:
        return "null"
    if name in REFERENCES:
        return f"case when {name} is null or {name} not in (from people_ids) then {name} end"
    for listed, instant in LISTS.items():
        if name in (listed, instant) and listed in table.column_names:
            named = (
                f"select {listed} from (select {listed}, unnest({listed}) as id "
                f"from work.{table.full_name}) where id in (from people_ids)"
            )
            return f"case when {listed} is null or {listed} not in ({named}) then {name} end"
    if name in PLACES:
        return (
            f"case when regexp_matches({name}, '{_PSEUDONYM}') "
            f"then {_folder()} || '/' || file_id else {name} end"
        )
    if name in FOLDERS:
        return _folder()
    if name in TEXTS:
        shown = f"select shown from hidden_texts where said = noted.{name}"
        return f"coalesce(({shown}), {name})"
    return name
