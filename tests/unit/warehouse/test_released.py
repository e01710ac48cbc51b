"""The published file: an officer planted into every table is in none of them, nor in the bytes."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from orchestration.schemas.columns import COLUMNS
from orchestration.schemas.render import create_table_sql
from orchestration.schemas.tables import MARTS, TABLES, Table
from orchestration.warehouse import released
from orchestration.warehouse.connect import open_work

OFFICER, HIS_POST, HIS_COMMENT = (f"p:{number:020x}" for number in (0xABC1, 0xABC2, 0xABC3))
ORGAN, ITS_POST = "1000000001", "4000000001"
STRANGER, STRANGERS_POST = "p:" + "5" * 20, "p:" + "6" * 20
"""An ordinary person: their pseudonyms are published."""
SAID_AND_SHOWN = {
    f"{STRANGER} asked {OFFICER} of {HIS_POST}": f"{STRANGER} asked p:… of p:…",
    f"{OFFICER} was asked by {STRANGER}.": f"p:… was asked by {STRANGER}.",
    f'{{"by": "{STRANGER}", "of": "{STRANGERS_POST}"}}':
    f'{{"by": "{STRANGER}", "of": "{STRANGERS_POST}"}}',
    f"see ced/1000_{STRANGERS_POST}_{STRANGER}.json: 3 rows": "see p:… 3 rows",
    f"see {STRANGERS_POST}.json": "see p:…",
}  # fmt: skip
"""What stands in texts, and as what it is published."""
PATHS_WITH_PEOPLE = (
    f"ced/1000_{HIS_POST}_{STRANGER}.json", f"ced/1001_{STRANGER}_{OFFICER}.json",
    f"ced/1002_{STRANGERS_POST}_{STRANGER}.json",
)  # fmt: skip
"""A collector's names of files, with its running number before the pseudonyms."""
NAMED = {
    "account_id": (OFFICER, ORGAN), "post_id": (HIS_POST, ITS_POST),
    "comment_id": (HIS_COMMENT, "9000000001"), "repost_id": (HIS_POST, STRANGERS_POST),
    "ruling_id": (HIS_POST, STRANGERS_POST),
}  # fmt: skip
NOON = datetime(2020, 1, 1, 12, tzinfo=ZoneInfo("UTC"))

Row = dict[str, Any]


class Planting:
    """Rows with a value of their own in every column; what is planted of officers is remembered."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.number = 0
        self.secret: list[tuple[str, Any]] = []

    def row(self, table: Table, *, officer: bool, **given: Any) -> None:
        values: Row = {}
        for column in table.columns:
            self.number += 1
            if column.name in given:
                values[column.name] = given[column.name]
            elif column.name == "platform":
                values[column.name] = "weibo"
            elif column.name in NAMED:
                values[column.name] = NAMED[column.name][0 if officer else 1]
            else:
                values[column.name] = self._value(column.type)
                is_secret = officer and table.full_name not in released.LISTED
                if is_secret and column.type in ("text", "int", "float", "instant"):
                    self.secret.append((column.type, values[column.name]))
        names = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        self.connection.execute(
            f"insert into {table.full_name} ({names}) values ({marks})", list(values.values())
        )

    def _value(self, kind: str) -> Any:
        return {
            "text": f"w{self.number}-{secrets.token_hex(16)}",
            "int": 7_000_000_000 + self.number,
            "float": self.number + 0.4242,
            "bool": True,
            "instant": NOON + timedelta(seconds=self.number),
            "date": date(2020, 1, 1),
            "text_list": [f"w{self.number}"],
        }[kind]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, Any]]]:
    path = tmp_path_factory.mktemp("work") / "observatory.duckdb"
    with open_work(path) as connection:
        connection.execute("create schema if not exists main")
        for table in MARTS:
            connection.execute(f"drop table if exists {table.full_name}")
            connection.execute(create_table_sql(table))
        connection.execute("begin")
        planting = Planting(connection)
        noted = {"file_id": "planted", "record_number": 77}
        for table in TABLES.values():
            about = [name for name in released.SUBJECTS if name in table.column_names]
            places = {name: noted[name] for name in noted if name in table.column_names}
            if about or table.full_name in released.RECORD_NOTES:
                planting.row(table, officer=True, **places)
                planting.row(table, officer=False)
            pointing: Row = {
                name: (OFFICER if "account" in name else HIS_POST)
                for name in released.REFERENCES
                if name in table.column_names
            }
            pointing |= {
                name: [STRANGER, OFFICER if "account" in name else HIS_POST]
                for name in released.LISTS
                if name in table.column_names
            }
            pointing |= {
                name: f"of {OFFICER} and {HIS_POST}"
                for name in (*released.TEXTS, *released.PLACES)
                if name in table.column_names
            }
            if pointing:
                planting.row(table, officer=False, **pointing)
            written = [name for name in released.TEXTS if name in table.column_names]
            for text in SAID_AND_SHOWN if written else ():
                planting.row(table, officer=False, **dict.fromkeys(written, text))
            for number, place in enumerate(PATHS_WITH_PEOPLE):
                if set(released.PLACES) & set(table.column_names):
                    file = {"path": place, "source_name": "ced", "file_id": f"f{number}"}
                    planting.row(table, officer=False, **file)
            if "source_name" in table.column_names:
                folder = {"source_name": f"1000_{STRANGER}", "file_id": "f9"}
                file = {name: folder[name] for name in folder if name in table.column_names}
                planting.row(table, officer=False, **file)
            for name in released.ADDRESSED:
                if name in table.column_names:
                    for asked in (OFFICER, STRANGER):
                        planting.row(table, officer=True, **{name: f"weibo:{asked}"})
                    planting.row(table, officer=False, **{name: f"weibo:{ORGAN}"})
        # One alone, below whose posts and rumours rows of others stand.
        planting.row(TABLES["core.posts"], officer=False, account_id=STRANGER,
                     post_id=STRANGERS_POST)  # fmt: skip
        planting.row(TABLES["core.account_snapshots"], officer=False, account_id=STRANGER)
        connection.execute("commit")
        connection.execute("checkpoint work")
    return path, planting.secret


@pytest.fixture(scope="module")
def target(
    planted: tuple[Path, list[tuple[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("released") / "observatory.duckdb"
    released.write_released(planted[0], path)
    return path


def places_of(path: Path, planted: list[tuple[str, Any]]) -> set[str]:
    """Columns, of whatever table, in which a planted value or a pseudonym of the officer stands."""
    found = set()
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where not internal order by all"
        ).fetchall()
        kinds = {"BIGINT": "int", "DOUBLE": "float", "TIMESTAMP WITH TIME ZONE": "instant"}
        for schema, table, column, kind in columns:
            if kind.startswith("VARCHAR"):
                wanted = [v for k, v in planted if k == "text"] + [OFFICER, HIS_POST, HIS_COMMENT]
                text = f"array_to_string({column}, ' ')" if kind.endswith("[]") else column
                test = f"len(list_filter($1::varchar[], x -> contains({text}, x))) > 0"
            elif kind in kinds:
                wanted = [v for k, v in planted if k == kinds[kind]]
                test = f"list_contains($1::{kind}[], {column})"
            else:
                continue
            query = f"select count(*) from {schema}.{table} where {test}"
            (rows,) = connection.execute(query, [wanted]).fetchone() or (0,)
            if rows:
                found.add(f"{schema}.{table}.{column}")
    return found


def test_a_planted_officer_is_in_no_published_column(planted, target: Path) -> None:
    work, secret = planted
    listed = {f"{name}.account_id" for name in released.LISTED}
    assert places_of(target, secret) == listed
    # The search finds him wherever the work file has him: in every table with rows of accounts.
    found = {place.rsplit(".", 1)[0] for place in places_of(work, secret)}
    named = {
        t.full_name for t in TABLES.values() if {"account_id", "post_id"} & set(t.column_names)
    }
    assert len(named) > 15
    assert named | set(released.RECORD_NOTES) <= found


def test_the_search_finds_one_row_that_slipped_through(
    planted, target: Path, tmp_path: Path
) -> None:
    secret = planted[1]
    slipped = Path(shutil.copy(target, tmp_path / "slipped.duckdb"))
    with duckdb.connect(str(slipped)) as connection:
        connection.execute(
            "insert into main.event_responses by name select 'e' as event_id, 'rumor' as "
            "event_type, now() as onset_hi_at, false as is_censored, false as is_proactive, "
            "$1::timestamptz as responded_at",
            [next(value for kind, value in secret if kind == "instant")],
        )
    assert "main.event_responses.responded_at" in places_of(slipped, secret)


@pytest.mark.parametrize("left_out", released.SUBJECTS[:2])
def test_without_one_of_its_rules_the_officer_is_found(
    planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    work, secret = planted
    monkeypatch.setattr(
        released, "SUBJECTS", tuple(name for name in released.SUBJECTS if name != left_out)
    )
    target = tmp_path / "released.duckdb"
    released.write_released(work, target)
    assert places_of(target, secret) - {f"{name}.account_id" for name in released.LISTED}


def test_rows_of_institutions_and_pseudonyms_of_ordinary_people_stay(target: Path) -> None:
    with duckdb.connect(str(target), read_only=True) as connection:
        for table in TABLES.values():
            if {"account_id", "post_id"} & set(table.column_names):
                query = f"select count(*) from {table.full_name}"
                assert connection.execute(query).fetchone() >= (1,), table.full_name
        profiles = connection.execute("select account_id from core.account_snapshots").fetchall()
        assert set(profiles) == {(ORGAN,)}, "of ordinary people no profile"
        lists = "select account_id, repost_of_post_id, cited_post_ids from core.posts order by all"
        assert (STRANGER,) in [row[:1] for row in connection.execute(lists).fetchall()]
        told = connection.execute(
            "select cited_post_ids, cited_at, cited_account_ids from core.rulings "
            "where cited_post_ids is null"
        ).fetchall()
        assert told == [(None, None, None)]
        assert connection.execute(
            "select comment from duckdb_columns() where not internal and comment is null"
        ).fetchall() == []  # fmt: skip


def test_of_a_text_each_pseudonym_of_a_person_in_scope_goes_and_no_other(target: Path) -> None:
    with duckdb.connect(str(target), read_only=True) as connection:
        for table in TABLES.values():
            for name in set(released.TEXTS) & set(table.column_names) - {"note"}:
                rows = connection.execute(f"select {name} from {table.full_name}").fetchall()
                shown = {*SAID_AND_SHOWN.values(), "of p:… and p:…"}
                assert shown <= {row[0] for row in rows}, (table.full_name, name)


@pytest.mark.parametrize(
    "table", [t.full_name for t in TABLES.values() if "path" in t.column_names]
)
def test_a_path_with_a_pseudonym_is_told_as_source_and_file(target: Path, table: str) -> None:
    with duckdb.connect(str(target), read_only=True) as connection:
        rows = connection.execute(f"select path, source_name, file_id from {table}").fetchall()
    paths = [path for path, *_ in rows]
    assert {"ced/f0", "ced/f1", "ced/f2"} <= set(paths)
    assert not any("p:" in path for path in paths)
    assert any(path.startswith("w") for path in paths), "other paths stay"


def test_an_undeclared_folder_is_published_without_the_pseudonym_in_its_name(
    target: Path,
) -> None:
    with duckdb.connect(str(target), read_only=True) as connection:
        for table in TABLES.values():
            if "source_name" in table.column_names:
                rows = connection.execute(f"select source_name from {table.full_name}").fetchall()
                names = {row[0] for row in rows if row[0] is not None}
                assert "undeclared-f9" in names, table.full_name
                assert not any("p:" in name for name in names), table.full_name


def test_nobody_under_a_pseudonym_is_published_as_asked(planted, target: Path) -> None:
    asked = "select addressee from main.reply_timing order by all"
    with duckdb.connect(str(target), read_only=True) as connection:
        assert connection.execute(asked).fetchall() == [(f"weibo:{ORGAN}",)]
    with duckdb.connect(str(planted[0]), read_only=True) as connection:
        assert (f"weibo:{STRANGER}",) in connection.execute(asked).fetchall()


def test_what_reviewers_remark_is_not_published(planted, target: Path) -> None:
    def remarks(path: Path) -> set[str]:
        with duckdb.connect(str(path), read_only=True) as connection:
            return {
                table.full_name
                for table in TABLES.values()
                if "note" in table.column_names
                and connection.execute(f"select count(note) from {table.full_name}").fetchone()
                != (0,)
            }

    reviews = {name for name in remarks(planted[0]) if name.startswith("quality.")}
    assert reviews
    assert remarks(target) == remarks(planted[0]) - reviews


def test_no_byte_of_a_person_is_in_the_published_file(
    planted, target: Path, tmp_path: Path
) -> None:
    work, secret = planted
    words = [HIS_POST, HIS_COMMENT, *(value for kind, value in secret if kind == "text")]
    written = target.read_bytes()
    assert ORGAN.encode() in written, "ids of institutions stand there as they are"
    assert [word for word in words if word.encode() in written] == []
    # Deleting leaves them: that is why they are never written.
    copy = tmp_path / "copy.duckdb"
    shutil.copy(work, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("delete from core.posts")
        connection.execute("checkpoint")
    left = copy.read_bytes()
    assert [word for word in words if word.encode() in left]


def test_rows_are_counted_in_the_published_file(planted, target: Path) -> None:
    """Those of the work file would tell, by subtraction, how many people there are."""
    with duckdb.connect(str(target), read_only=True) as connection:
        told = connection.execute("select row_counts from meta.builds order by build_id").fetchall()
        counts = {
            name: connection.execute(f"select count(*) from {name}").fetchone()[0]
            for name in TABLES
        }
    assert len(told) > 1
    assert [row[0] for row in told[:-1]] == [None] * (len(told) - 1)
    assert json.loads(told[-1][0]) == counts
    with duckdb.connect(str(planted[0]), read_only=True) as work:
        (rows,) = work.execute("select count(*) from core.posts").fetchone()
    assert counts["core.posts"] < rows


def test_what_the_door_remembers_stays_in_the_work_file(planted, target: Path) -> None:
    def schemas(path: Path) -> set[str]:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
        return {row[0] for row in rows}

    assert "door" in schemas(planted[0])
    assert "door" not in schemas(target)


def test_every_column_that_names_an_account_or_post_has_a_rule() -> None:
    names = {
        name for name in COLUMNS if re.search("(account|post|comment|repost|ruling)_ids?$", name)
    }
    known = {*released.SUBJECTS, *released.REFERENCES, *released.LISTS}
    assert len(names) > 8
    assert names == known
