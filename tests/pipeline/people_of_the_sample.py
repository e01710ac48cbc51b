"""Whom the raw files of the sample name, and where a published file would name them too."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb

_OFFICER = re.compile("民警|警官|[交刑特巡狱网铁]警|派出所|看守所|公安(?:局|厅|部|处|分局)")


def _records(paths: Iterable[Path]) -> Iterator[dict]:
    for path in paths:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
        for line in text.splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def known_people(inbox: Path) -> dict[str, set[str]]:
    """Officers' names and ids, ordinary people's ids and texts, straight from the raw files."""
    found: dict[str, set[str]] = {
        "officer_names": set(), "officer_ids": set(), "ids": set(), "texts": set(),
    }  # fmt: skip
    for record in _records(p for p in (inbox / "spider_users").rglob("*") if p.is_file()):
        is_person = record.get("verified_type") == 0
        if is_person and _OFFICER.search(str(record.get("verified_reason") or "")):
            found["officer_names"].add(str(record["nick_name"]))
            found["officer_ids"].add(str(record["_id"]))
    for path in (inbox / "registry").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("account_kind") == "officer":
                    found["officer_names"].add(row["screen_name"])
                    found["officer_ids"].add(row["account_id"])
    for record in _records((inbox / "rumours").rglob("*.jsonl")):
        found["ids"].add(str(record.get("user_id")))
        found["texts"].add(str(record.get("text")))
    for path in (inbox / "rumours" / "ced" / "original-microblog").glob("*.json"):
        found["ids"].add(path.stem.split("_")[-1])
        found["texts"].add(json.loads(path.read_text(encoding="utf-8"))["text"])
    return found


def exact_figures(inbox: Path) -> tuple[set[str], set[int]]:
    """What profiles of officers show: instants of registration (Shanghai time), and counts of
    followers and posts, as far as no other account shares them."""
    counts: dict[bool, set[int]] = {True: set(), False: set()}
    instants: dict[bool, set[str]] = {True: set(), False: set()}
    officers = known_people(inbox)["officer_ids"]
    for record in _records(p for p in (inbox / "spider_users").rglob("*") if p.is_file()):
        is_officer = str(record["_id"]) in officers
        instants[is_officer].add(str(record["created_at"]))
        for name in ("followers_count", "statuses_count", "friends_count"):
            if str(record.get(name)).isdigit() and int(record[name]) > 1000:
                counts[is_officer].add(int(record[name]))
    for path in (inbox / "registry").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                instants[row["account_id"] in officers].add(row["registered_at"])
    return instants[True] - instants[False], counts[True] - counts[False]


def profiles_shown(
    connection: duckdb.DuckDBPyConnection, registered: set[str], counts: set[int]
) -> Iterator[tuple[str, str, int]]:
    """Table, column and number of rows that show one of these figures of one account, or the sum of
    fewer than five people. Changes and sums of institutions may have the same value by chance."""
    connection.execute("create or replace temp table instants (shown timestamptz)")
    connection.executemany(
        "insert into instants values (?::timestamp at time zone 'Asia/Shanghai')",
        [[at] for at in sorted(registered)],
    )
    connection.execute("create or replace temp table counts (shown bigint)")
    connection.executemany("insert into counts values (?)", [[n] for n in sorted(counts)])
    columns = connection.execute(
        """select table_schema, table_name, column_name, data_type
           from information_schema.columns
           where table_catalog <> 'temp' and table_schema in ('main', 'core', 'quality', 'meta')
               and (column_name = 'registered_at' or data_type = 'BIGINT'
                    and regexp_matches(
                        column_name, '^(followers|friends|statuses)_(at_posting_)?(lo|hi)$'))
           order by all"""
    ).fetchall()
    assert len(columns) > 5
    for schema, table, column, kind in columns:
        shown = "counts" if kind == "BIGINT" else "instants"
        of_people = (
            "and account_kind in ('officer', 'unclear')" if table == "account_growth" else ""
        )
        row = connection.execute(
            f"""select count(*) from {schema}.{table}
                where {column} in (select shown from {shown}) {of_people}"""
        ).fetchone()
        if row is not None and row[0]:
            yield f"{schema}.{table}", column, row[0]


def instants_shown(
    connection: duckdb.DuckDBPyConnection, instants: set[datetime]
) -> Iterator[tuple[str, str, int]]:
    """Table, column and number of rows that show one of these instants."""
    columns = connection.execute(
        """select table_schema, table_name, column_name from information_schema.columns
           where table_catalog <> 'temp' and table_schema in ('main', 'core', 'quality', 'meta')
               and data_type = 'TIMESTAMP WITH TIME ZONE' order by all"""
    ).fetchall()
    assert len(columns) > 50
    wanted = sorted(instants)
    for schema, table, column in columns:
        row = connection.execute(
            f"""select count(*) from {schema}.{table}
                where {column} in (select unnest($1::timestamptz[]))""",
            [wanted],
        ).fetchone()
        if row is not None and row[0]:
            yield f"{schema}.{table}", column, row[0]


def pseudonyms_shown(
    connection: duckdb.DuckDBPyConnection, pseudonyms: set[str]
) -> Iterator[tuple[str, str, int]]:
    """As sightings, quicker: pseudonyms are found by their form."""
    for schema, table, column, kind in _texts(connection):
        text = f"array_to_string({column}, ' ')" if kind.endswith("[]") else column
        row = connection.execute(
            f"""select count(*) from (
                    select unnest(regexp_extract_all({text}, 'p:[0-9a-f]{{20}}')) as shown
                    from {schema}.{table} where contains({text}, 'p:')
                ) where shown in (select unnest($1::varchar[]))""",
            [sorted(pseudonyms)],
        ).fetchone()
        if row is not None and row[0]:
            yield f"{schema}.{table}", column, row[0]


def _texts(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str]]:
    columns = connection.execute(
        """select table_schema, table_name, column_name, data_type
           from information_schema.columns
           where table_catalog <> 'temp' and table_schema in ('main', 'core', 'quality', 'meta')
               and data_type in ('VARCHAR', 'VARCHAR[]') order by all"""
    ).fetchall()
    assert len(columns) > 100
    return columns


def sightings(
    connection: duckdb.DuckDBPyConnection, secrets: set[str]
) -> Iterator[tuple[str, str, int]]:
    """Table, column and number of rows in which a text holds one of them, be it as a part."""
    connection.execute("create or replace temp table secrets (secret varchar)")
    connection.executemany("insert into secrets values (?)", [[s] for s in sorted(secrets)])
    for schema, table, column, kind in _texts(connection):
        text = f"array_to_string({column}, ' ')" if kind.endswith("[]") else column
        row = connection.execute(
            f"""select count(*) from (
                    select distinct {text} as value from {schema}.{table} where {column} is not null
                ) as seen
                where exists (select 1 from secrets where contains(seen.value, secret))"""
        ).fetchone()
        if row is not None and row[0]:
            yield f"{schema}.{table}", column, row[0]
