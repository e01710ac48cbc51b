"""The published file, written from nothing but what may be published.

The work file knows officers one by one, under pseudonyms; readers get them in aggregate, and as
nameless lines of the list of accounts. Here stands what leads to a single one of them, column by
column, and how a published table is written without it. Nothing private is ever written and
deleted again: a deleted row stays in a DuckDB file until its block is used anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Set
from pathlib import Path

import duckdb

from orchestration.schemas.render import comment_sql, create_table_sql
from orchestration.schemas.tables import (
    ACCOUNT_SCOPE,
    BUILDS,
    CORE_TABLES,
    RECORD_PEOPLE,
    TABLES,
    Table,
)
from orchestration.warehouse.connect import OFFLINE, STORAGE_VERSION
from orchestration.warehouse.statements import count_rows, quote
from orchestration.warehouse.takeover import (
    RECORD_NOTES,
    Parts,
    Takeover,
    forget,
    kept_in_parts,
    takeover_of,
)

MEMORY: dict[str, str | int] = {"memory_limit": "4GB", "threads": 1}
"""A limit, not what is taken: what DuckDB holds to renew a release grows with the release, and 1 GB
was too little for one of 90 million snapshots. One thread takes less memory and less work, since
rows keep their order."""
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
PROFILES = ("core.account_snapshots",)
"""Exact counts and the instant of registration lead to a profile, an ordinary person's too: of no
pseudonym there is a row."""
COUNTED = (BUILDS.full_name, "row_counts")
"""Table and column that say how many rows there are. The work file counts people's rows too, and
the difference would be how many they are: told are those of the released file, of its own build."""
REMARKS = ("quality", "note")
"""Schema and column of what reviewers remark, in their own words, which may name people: NULL."""
LISTED = ("main.accounts",)
"""Where people are listed one by one, under a pseudonym that stands nowhere else: kind, level, when
they were seen and whether lately active, without name, place, registration and followers."""
REVIEWED = ("quality.account_overrides",)
"""What somebody says of an account by its own id, also of one that has not come into scope, or that
the door has found to be a person's since: published of accounts that are listed by that id."""
_PSEUDONYM = "p:[0-9a-f]{20}"
_PATH_WITH_ONE = rf"[^\s\"]*[/_.-]{_PSEUDONYM}[^\s\"]*|{_PSEUDONYM}[/_.-][^\s\"]+"


def write_released(source: Path, target: Path, before: Path | None = None) -> str | None:
    """Write every published table of the closed work file into a new file.

    People in scope are the accounts that stand under a pseudonym. The aggregates of `main` counted
    them before; ordinary people's pseudonyms (of rumours and comments) stay, without profiles.

    before: the release that readers have. Where it can be taken over (`takeover.py`), only what
    was touched since is written; the rows are the same either way. Returns the build of the release
    that was taken over, None if all was written anew.
    """
    with duckdb.connect(":memory:", config={**OFFLINE, **MEMORY}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set temp_directory = {quote(str(source.parent / 'tmp'))}")
        connection.execute(f"attach {quote(str(source))} as work (read_only)")
        takeover = takeover_of(connection, before) if before else None
        if before and takeover and _take_over(connection, target, before, takeover):
            return takeover.build_id
        _write(connection, target, {})
        return None


def _take_over(
    connection: duckdb.DuckDBPyConnection, target: Path, before: Path, takeover: Takeover
) -> bool:
    """Copy the release before and renew what was touched; False, with nothing left of the copy, if
    a row that would be kept is not what would be written now, or somebody is listed no more."""
    kept = kept_in_parts(takeover, connection)
    shutil.copyfile(before, target)
    if _write(connection, target, kept, takeover):
        return True
    connection.execute("use memory")
    connection.execute("detach released")
    for left in (target, target.with_name(f"{target.name}.wal")):
        left.unlink(missing_ok=True)
    return False


def _write(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    kept: Mapping[str, Parts],
    takeover: Takeover | None = None,
) -> bool:
    """Write the tables into a new file, or into a copy of which `kept` stays; False if it may not
    stay."""
    connection.execute(
        f"attach {quote(str(target))} as released (storage_version '{STORAGE_VERSION}')"
    )
    _find_people(connection, kept)
    known = _known_columns(connection)
    _hide_people_in_texts(connection, known, kept)
    _hide_folders(connection)
    connection.execute("use released")
    if takeover is not None:
        if _is_folder_renamed(connection, takeover) or _is_anybody_gone(connection):
            return False
        forget(connection, kept)
        if any(_tells_of_people(connection, TABLES[name]) for name in kept):
            return False
        if any(_notes_on_people(connection, name) for name in RECORD_NOTES if name in kept):
            return False
    connection.execute("begin")
    for schema in dict.fromkeys(table.schema for table in TABLES.values()):
        connection.execute(f"create schema if not exists {schema}")
    for name, table in TABLES.items():
        _write_table(connection, table, known[name], kept.get(name))
    _tell_rows(connection)
    connection.execute("commit")
    connection.execute("checkpoint released")
    return True


def _tell_rows(connection: duckdb.DuckDBPyConnection) -> None:
    table, column = COUNTED
    counts = {name: count_rows(connection, f"released.{name}") for name in TABLES}
    connection.execute(
        f"update released.{table} set {column} = $1 "
        f"where build_id = (select max(build_id) from released.{table})",
        [json.dumps(counts)],
    )


def _write_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    known: Set[str],
    anew: Parts | None,
) -> None:
    """The whole table, or into one that is kept what is written anew of it."""
    if anew is None:
        for statement in (create_table_sql(table), *comment_sql([table])):
            connection.execute(statement)
    for condition in ["true"] if anew is None else [part.comes for part in anew]:
        connection.execute(_insert_sql(table, known, condition))
    if anew is None or not table.is_grown:
        return
    # What a grown mart no longer has bears no build: the count tells.
    rows = count_rows(connection, f"work.{table.full_name}")
    if count_rows(connection, f"released.{table.full_name}") != rows:
        connection.execute(f"drop table released.{table.full_name}")
        _write_table(connection, table, known, None)


def _is_anybody_gone(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the release before lists an account that is listed no more: one that left the scope,
    or an organ's that turned out to be an officer's and stands under a pseudonym from now on. Of
    the own id that readers had nothing may be kept, not in a block that is free either."""
    return any(
        connection.execute(
            f"""select 1 from released.{table} as listed anti join work.{table} as kept
                using (platform, account_id) limit 1"""
        ).fetchone()
        for table in (*LISTED, ACCOUNT_SCOPE.full_name)
    )


def _is_folder_renamed(connection: duckdb.DuckDBPyConnection, takeover: Takeover) -> bool:
    """Whether an undeclared folder is told by another file than in the release before."""
    row = connection.execute(
        f"""select count(*) from (
              select source_name from work.quality.file_ledger
              where regexp_matches(source_name, $1)
              group by source_name
              having min(file_id) <> min(file_id) filter (where not ({takeover.since}))
            )""",
        [_PSEUDONYM],
    ).fetchone()
    return row != (0,)


def _tells_of_people(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether rows of the release before, taken over, name whom this one hides: somebody who has
    come into scope, or whose posts have, since."""
    released = f"released.{table.full_name}"
    told = [
        f"select {name} as id from {released} where {_may_be_people(name)}"
        for name in (*SUBJECTS, *REFERENCES)
        if name in table.column_names
        and (table.full_name, name) not in [(profile, "account_id") for profile in PROFILES]
    ]
    told += [
        f"select unnest({name}) as id from {released} where {name} is not null"
        for name in LISTS
        if name in table.column_names
    ]
    told += [
        f"select unnest(regexp_extract_all({name}, '{_PSEUDONYM}')) as id from {released} "
        f"where contains({name}, 'p:')"
        for name in TEXTS
        if name in table.column_names
    ]
    return any(
        connection.execute(
            f"select 1 from ({query}) where id in (from people_ids) limit 1"
        ).fetchone()
        for query in told
    )


def _notes_on_people(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a note that is taken over is on a record of somebody who has come into scope since,
    but whose file was not read again, because it only repeats what another file has."""
    query = (
        f"select 1 from released.{name} "
        "semi join people_records using (file_id, record_number) limit 1"
    )
    return connection.execute(query).fetchone() is not None


def _may_be_people(name: str) -> str:
    """SQL condition: a pseudonym. As a range, by which whole row groups are skipped."""
    return f"({name} >= 'p:' and {name} < 'p;')"


def _any_of(anew: Parts | None) -> str:
    """SQL condition: a row that is written."""
    return "true" if anew is None else f"({' or '.join(part.comes for part in anew) or 'false'})"


def _find_people(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, Parts]) -> None:
    """people_ids: pseudonyms of people in scope, of their posts and comments. people_records: the
    records of raw files that tell of them, as far as there is a note on records of that file: those
    of which core holds a row, and those that were marked when the note was written, because what
    they repeat stands in core under another file."""
    connection.execute(
        """create or replace temp table people_ids as
           select account_id as id from work.main.accounts where starts_with(account_id, 'p:')
           union
           select account_id from work.quality.account_scope where starts_with(account_id, 'p:')"""
    )
    of_people = f"{_may_be_people('account_id')} and account_id in (from people_ids)"
    told = [table for table in CORE_TABLES if "account_id" in table.column_names]
    noted = " union ".join(
        f"select file_id from work.{name} where {_any_of(kept.get(name))}" for name in RECORD_NOTES
    )
    connection.execute(f"create or replace temp table noted_files as {noted}")
    connection.execute(
        "create or replace temp table people_records as "
        + " union ".join(
            f"select file_id, record_number from work.{table.full_name} "
            f"where {of_people} and file_id in (from noted_files) "
            f"and {_any_of(kept.get(table.full_name))}"
            for table in told
        )
        + f" union select file_id, record_number from work.{RECORD_PEOPLE.full_name} "
        "where account_id in (from people_ids)"
    )
    made = [
        f"select {name} from work.{table.full_name} where {of_people} and starts_with({name}, 'p:')"
        for table in told
        for name in ("post_id", "comment_id")
        # A post_id of a comment is of the post below which it stands.
        if name in table.column_names and (name, table.name) != ("post_id", "comments")
    ]
    connection.execute("create or replace temp table made_by_people as " + " union ".join(made))
    connection.execute("insert into people_ids from made_by_people")


def _hide_people_in_texts(
    connection: duckdb.DuckDBPyConnection,
    known: Mapping[str, Set[str]],
    kept: Mapping[str, Parts],
) -> None:
    """hidden_texts: the texts that are not published as they are, and as what they are: every
    pseudonym of a person in scope is replaced, wherever it stands, and no other."""
    said = " union ".join(
        f"select {name} as said from work.{table.full_name} "
        f"where contains({name}, 'p:') and {_any_of(kept.get(table.full_name))}"
        for table in TABLES.values()
        for name in sorted(known[table.full_name])
        if name in TEXTS
    )
    connection.execute(
        f"""create or replace temp table hidden_texts as
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
        """create or replace temp table hidden_folders as
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


def _known_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Table to the columns that the work file has of it; one that is younger than it is missing."""
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where database_name = 'work'"
    ).fetchall()
    known: dict[str, set[str]] = {name: set() for name in TABLES}
    for table, column in rows:
        if table in known:
            known[table].add(column)
    return known


def _insert_sql(table: Table, known: Set[str], anew: str) -> str:
    """Rows of the work file under a condition, without those of people, references to them left
    out.

    A column of an older warehouse that nothing has filled yet is NULL.
    """
    names = [name for name in table.column_names if name in known]
    values = ",\n".join(f"{_value(table, name, anew)} as {name}" for name in names)
    conditions = [f"({anew})"]
    conditions += [
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
    if table.full_name in REVIEWED:
        conditions.append(
            "exists (from work.main.accounts as listed where listed.platform = noted.platform "
            "and listed.account_id = noted.account_id and not starts_with(listed.account_id, 'p:'))"
        )
    if table.full_name in RECORD_NOTES:
        conditions.append(
            "not exists (from people_records as told where told.file_id = noted.file_id "
            "and told.record_number = noted.record_number)"
        )
    return (
        f"insert into released.{table.full_name} by name\n"
        f"select {values}\nfrom work.{table.full_name} as noted\nwhere {' and '.join(conditions)}"
    )


def _value(table: Table, name: str, anew: str) -> str:
    """A column as it is published."""
    if (table.schema, name) == REMARKS or (table.full_name, name) == COUNTED:
        return "null"
    if name in REFERENCES:
        return f"case when {name} is null or {name} not in (from people_ids) then {name} end"
    for listed, instant in LISTS.items():
        if name in (listed, instant) and listed in table.column_names:
            named = (
                f"select {listed} from (select {listed}, unnest({listed}) as id "
                f"from work.{table.full_name} where {anew}) where id in (from people_ids)"
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
