"""A release renewed from the one before has the rows of one written from nothing, and no others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.paths import ALIASES_FILE
from orchestration.schemas.render import create_table_sql
from orchestration.schemas.tables import MARTS, TABLES
from orchestration.warehouse import takeover
from orchestration.warehouse.builds import code_version
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.released import write_released
from tests.unit.warehouse.content_hash import content_hashes

ORGAN, OTHER_ORGAN = "1000000001", "1000000002"
OFFICER, HIS_POST = "p:" + "a" * 20, "p:" + "b" * 20
STRANGER, STRANGERS_POST = "p:" + "5" * 20, "p:" + "6" * 20
FIRST, SECOND = "b000001-20200101T000000Z", "b000002-20200102T000000Z"
DAY = datetime(2020, 1, 1, 12, tzinfo=UTC)

Row = dict[str, Any]
Change = Callable[[duckdb.DuckDBPyConnection], object]


def put(connection: duckdb.DuckDBPyConnection, name: str, **given: Any) -> None:
    """A row; what is required and not given has some value."""
    plain = {"text": "x", "int": 1, "float": 0.5, "bool": False, "instant": DAY,
             "date": DAY.date(), "text_list": ["x"]}  # fmt: skip
    table = TABLES[name]
    row: Row = {c.name: plain[c.type] for c in table.columns if c.name in table.required}
    row |= {"platform": "weibo"} if "platform" in table.column_names else {}
    row |= given
    marks = ", ".join("?" for _ in row)
    connection.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", [*row.values()])


def touch(connection: duckdb.DuckDBPyConnection, name: str, *days: datetime | None) -> None:
    for day in days:
        put(connection, "meta.touched_buckets", build_id=SECOND, table_name=name,
            bucket_date=day.date() if day else None)  # fmt: skip


def snapshot(connection: duckdb.DuckDBPyConnection, account: str, at: datetime, n: int) -> None:
    put(connection, "core.account_snapshots", account_id=account, observed_at=at, followers_lo=n)


def post(connection: duckdb.DuckDBPyConnection, account: str, post_id: str, **given: Any) -> None:
    put(connection, "core.posts", account_id=account, post_id=post_id, **given)


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the work file of one night, and its release."""
    folder = tmp_path_factory.mktemp("first")
    with open_work(folder / "work.duckdb") as connection:
        connection.execute("create schema if not exists main")
        for table in MARTS:
            connection.execute(create_table_sql(table))
        put(connection, "meta.builds", build_id=FIRST, outcome="published",
            code_version=code_version())  # fmt: skip
        _first_night(connection)
    assert write_released(folder / "work.duckdb", folder / "before.duckdb") is None
    return folder


@pytest.fixture
def nights(first_night: Path, tmp_path: Path) -> Callable[[Change], tuple[Path, Path]]:
    """The work file of one night with what another one changes, and the first one's release."""

    def make(change: Change) -> tuple[Path, Path]:
        work, before = (
            Path(shutil.copy(first_night / name, tmp_path))
            for name in ("work.duckdb", "before.duckdb")
        )
        with open_work(work) as connection:
            put(connection, "meta.builds", build_id=SECOND, outcome="published",
                code_version=code_version())  # fmt: skip
            put(connection, "quality.file_ledger", file_id="f2", build_id=SECOND)
            change(connection)
        return work, before

    return make


def _first_night(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, "quality.file_ledger", file_id="f1", build_id=FIRST)
    put(connection, "main.accounts", account_id=OFFICER, account_kind="officer")
    for number in range(3):
        day = DAY + timedelta(days=number)
        for account in (ORGAN, OFFICER):
            snapshot(connection, account, day, number)
        post(connection, ORGAN, f"100{number}", posted_at=day, text=f"post {number}")
        put(connection, "main.account_days", account_id=ORGAN, observed_date=day.date(),
            build_id=FIRST, followers_lo=number)  # fmt: skip
        put(connection, "main.account_growth", period_start=day.date(), build_id=FIRST)
    post(connection, OFFICER, HIS_POST, posted_at=DAY)
    post(connection, ORGAN, "1009", posted_at=None, repost_of_post_id=HIS_POST)
    post(connection, STRANGER, STRANGERS_POST, posted_at=DAY)
    put(connection, "quality.repairs", file_id="f1", record_number=1, before="1", build_id=FIRST)
    put(connection, "quality.quarantine", file_id="f1", detail=f"of {STRANGER}", build_id=FIRST)
    put(connection, "quality.quarantine", file_id=ALIASES_FILE, build_id=FIRST)


def rows(path: Path) -> dict[str, str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = content_hashes(connection, [*TABLES.values()])
    return {name: str(told) for name, told in found.items()}


def renewed(work: Path, before: Path) -> str | None:
    """Renew the release; it must have the rows of one written whole."""
    whole, target = work.with_name("whole.duckdb"), work.with_name("target.duckdb")
    assert write_released(work, whole) is None
    found = write_released(work, target, before)
    assert rows(target) == rows(whole)
    assert not target.with_name(f"{target.name}.wal").exists()
    return found


def a_new_day(connection: duckdb.DuckDBPyConnection) -> None:
    day = DAY + timedelta(days=3)
    for account in (ORGAN, OTHER_ORGAN, OFFICER, STRANGER):
        snapshot(connection, account, day, 7)
    touch(connection, "core.account_snapshots", day)
    put(connection, "main.account_days", account_id=ORGAN, observed_date=day.date(),
        build_id=SECOND)  # fmt: skip
    put(connection, "main.account_growth", period_start=day.date(), build_id=SECOND)
    put(connection, "main.events", event_id="e2", build_id=SECOND)


def a_version_seen_earlier(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "update core.posts set observed_at = observed_at - interval 1 day, file_id = 'f2' "
        "where post_id = '1001'"
    )
    touch(connection, "core.posts", DAY + timedelta(days=1))


def a_file_read_again(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("delete from core.posts where post_id in ('1002', '1009')")
    touch(connection, "core.posts", DAY + timedelta(days=2), None)
    for name in ("quality.repairs", "quality.quarantine"):
        connection.execute(f"delete from {name} where file_id = 'f1'")
        put(connection, name, file_id="f1", build_id=SECOND)
    connection.execute(f"update quality.file_ledger set build_id = '{SECOND}'")


def a_line_of_the_editors_mended(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"delete from quality.quarantine where file_id = '{ALIASES_FILE}'")


def days_made_anew(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"update main.account_days set followers_lo = 99, build_id = '{SECOND}' "
        "where observed_date > date '2020-01-01'"
    )


def growth_that_is_none_any_more(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("delete from main.account_growth where period_start = date '2020-01-02'")
    put(connection, "main.account_growth", period_start=DAY.date() + timedelta(days=9),
        build_id=SECOND)  # fmt: skip


def a_new_officer(connection: duckdb.DuckDBPyConnection) -> None:
    new, his = "p:" + "c" * 20, "p:" + "d" * 20
    put(connection, "main.accounts", account_id=new, account_kind="officer")
    snapshot(connection, new, DAY + timedelta(days=3), 8)
    touch(connection, "core.account_snapshots", DAY + timedelta(days=3))
    post(connection, new, his, posted_at=DAY + timedelta(days=3))
    post(connection, ORGAN, "1010", posted_at=DAY + timedelta(days=3), repost_of_post_id=his)
    touch(connection, "core.posts", DAY + timedelta(days=3))
    put(connection, "quality.repairs", file_id="f2", record_number=1, before=his, build_id=SECOND)


def nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """A night of which no table learns anything but that it was."""


def everything(connection: duckdb.DuckDBPyConnection) -> None:
    for change in (a_new_day, a_version_seen_earlier, a_file_read_again, days_made_anew,
                   a_line_of_the_editors_mended,
                   a_new_officer):  # fmt: skip
        change(connection)


@pytest.mark.parametrize("change", [everything, growth_that_is_none_any_more, nothing])
def test_a_renewed_release_has_the_rows_of_a_whole_one(nights, change: Change) -> None:
    assert renewed(*nights(change)) == FIRST


def test_only_what_was_touched_is_written(nights) -> None:
    """What is wrong in the release before stays wrong where nothing was touched, and only there."""
    work, before = nights(a_new_day)
    before.chmod(0o644)
    spoilt = "update {} set followers_lo = -1 where account_id = '1000000001'"
    with duckdb.connect(str(before)) as connection:
        connection.execute(spoilt.format("core.account_snapshots"))
        connection.execute(spoilt.format("main.account_days"))
        connection.execute("update quality.repairs set \"after\" = 'spoilt'")
        connection.execute("update main.accounts set status = 'spoilt'")
    target = work.with_name("target.duckdb")
    assert write_released(work, target, before) == FIRST
    with duckdb.connect(str(target), read_only=True) as connection:
        told = [
            connection.execute(f"select count(*) from {wrong}").fetchone()
            for wrong in (
                "core.account_snapshots where followers_lo = -1",
                "main.account_days where followers_lo = -1",
                "quality.repairs where \"after\" = 'spoilt'",
                "main.accounts where status = 'spoilt'",
            )
        ]
    assert told == [(3,), (3,), (1,), (0,)]


def comes_into_scope(connection: duckdb.DuckDBPyConnection) -> None:
    put(connection, "quality.account_scope", account_id=STRANGER, account_kind="officer")


@pytest.mark.parametrize("column", ["repost_of_post_id", "cited_post_ids", "account_id"])
def test_whoever_comes_into_scope_leaves_every_row(nights, column: str) -> None:
    """The release before may show them: of it nothing is kept, not even a byte."""
    value = {"repost_of_post_id": STRANGERS_POST, "cited_post_ids": [STRANGERS_POST],
             "account_id": STRANGER}[column]  # fmt: skip
    given: Row = {"post_id": "1008", "account_id": ORGAN, "posted_at": DAY, column: value}

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        """They come into scope; of the row that names them nothing is touched."""
        connection.execute("delete from quality.quarantine")
        put(connection, "core.posts", **given)
        comes_into_scope(connection)
        connection.execute(
            "update core.posts set posted_at = $1 where post_id = $2",
            [DAY + timedelta(days=1), STRANGERS_POST],
        )
        touch(connection, "core.posts", DAY + timedelta(days=1))

    work, before = nights(change)
    with duckdb.connect(str(before)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("delete from core.posts where account_id = $1", [STRANGER])
        connection.execute("delete from quality.quarantine")
        put(connection, "core.posts", **given)
    assert renewed(work, before) is None
    assert STRANGERS_POST.encode() not in work.with_name("target.duckdb").read_bytes()


def _reviews_of(path: Path) -> list[tuple[str, str]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(
            "select platform, account_id from quality.account_overrides order by all"
        ).fetchall()


def test_reviews_are_published_of_accounts_listed_by_their_own_id(nights) -> None:
    """Of those that are not in scope, or only on another platform, or a person's, readers get
    nothing; once one is listed its review is told, and one that hides behind a pseudonym since
    leaves with the byte."""

    def reviews(connection: duckdb.DuckDBPyConnection) -> None:
        put(connection, "main.accounts", account_id=ORGAN)
        for account in (ORGAN, OTHER_ORGAN, OFFICER):
            put(connection, "quality.account_overrides", account_id=account)
        put(connection, "quality.account_overrides", account_id=ORGAN, platform="douyin")

    work, before = nights(reviews)
    assert renewed(work, before) == FIRST
    for released in ("target.duckdb", "whole.duckdb"):
        assert _reviews_of(work.with_name(released)) == [("weibo", ORGAN)]
        assert OTHER_ORGAN.encode() not in work.with_name(released).read_bytes()

    third = "b000003-20200103T000000Z"
    second = Path(shutil.copy(work.with_name("target.duckdb"), before))
    with open_work(work) as connection:
        connection.execute(
            "update main.accounts set account_id = $1 where account_id = $2",
            ["p:" + "e" * 20, ORGAN],
        )
        put(connection, "main.accounts", account_id=OTHER_ORGAN)
        put(connection, "meta.builds", build_id=third, outcome="published",
            code_version=code_version())  # fmt: skip
    work.with_name("whole.duckdb").unlink()
    work.with_name("target.duckdb").unlink()
    assert renewed(work, second) is None
    assert _reviews_of(work.with_name("target.duckdb")) == [("weibo", OTHER_ORGAN)]


@pytest.mark.parametrize("table", ["main.accounts", "quality.account_scope"])
def test_whoever_is_listed_no_more_leaves_no_byte(nights, table: str) -> None:
    """An organ's account that stands under a pseudonym since: the release is written whole, and
    its own id is in no free block of it either."""
    kind = {"account_kind": "organ"}
    work, before = nights(lambda connection: connection.execute("delete from main.account_days"))
    with duckdb.connect(str(before)) as connection:
        put(connection, table, account_id="7000000007", **kind)
        connection.execute("update main.account_days set account_id = '7000000007', build_id = ''")
    assert renewed(work, before) is None
    assert b"7000000007" in before.read_bytes()
    assert b"7000000007" not in work.with_name("target.duckdb").read_bytes()


def test_a_text_that_names_who_came_into_scope_is_written_anew(nights) -> None:
    def change(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("delete from core.posts where account_id = $1", [STRANGER])
        touch(connection, "core.posts", DAY)
        comes_into_scope(connection)

    work, before = nights(change)
    assert renewed(work, before) is None


def test_notes_on_records_that_only_repeat_are_taken_back_from_who_comes_into_scope(nights) -> None:
    """Core has what such a record says under another file: only the mark made with the note tells
    whose it is. Nothing else of the release before names them."""
    new = "p:" + "e" * 20

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        mark = "insert into door.record_people values ($1, $2, 'weibo', $3)"
        connection.execute(mark, ["f1", 1, new])
        put(connection, "quality.account_scope", account_id=new, account_kind="officer")
        for number, account in ((1, new), (2, STRANGER), (3, OFFICER)):
            put(connection, "quality.repairs", file_id="f2", record_number=number, build_id=SECOND)
            connection.execute(mark, ["f2", number, account])

    work, before = nights(change)
    assert renewed(work, before) is None
    with duckdb.connect(str(work.with_name("target.duckdb")), read_only=True) as connection:
        left = connection.execute("select file_id, record_number from quality.repairs").fetchall()
    assert left == [("f2", 2)]


def test_an_undeclared_folder_is_told_by_one_file_everywhere(nights) -> None:
    def change(connection: duckdb.DuckDBPyConnection) -> None:
        folder = f"1000_{STRANGER}"
        put(connection, "quality.file_ledger", file_id="f1", build_id=FIRST, source_name=folder)
        put(connection, "quality.file_ledger", file_id="f0", build_id=SECOND, source_name=folder)

    assert renewed(*nights(change)) is None


@pytest.mark.parametrize(
    "spoilt",
    [
        "update meta.builds set code_version = 'older'",
        f"update meta.builds set build_id = 'b000000' where build_id = '{FIRST}'",
        f"update meta.builds set outcome = 'failed' where build_id = '{FIRST}'",
        "drop table meta.builds",
    ],
)
def test_another_release_is_not_taken_over(nights, spoilt: str) -> None:
    work, before = nights(a_new_day)
    with duckdb.connect(str(before)) as connection:
        connection.execute(spoilt)
    assert renewed(work, before) is None


def test_what_is_no_release_is_not_taken_over(nights) -> None:
    work, before = nights(a_new_day)
    before.write_text("no file of DuckDB's")
    assert renewed(work, before) is None
    before.unlink()
    assert renewed(work, before) is None


def test_very_many_stretches_are_written_whole(nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover, "MOST_SPANS", 1)

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        a_version_seen_earlier(connection)
        touch(connection, "core.posts", DAY - timedelta(days=5))

    assert renewed(*nights(change)) == FIRST


def test_what_is_kept_in_parts_has_no_place_of_a_file() -> None:
    """Paths are told by pseudonyms in them, which a later night cannot take back."""
    for table in TABLES.values():
        if table.bucket or table.is_grown:
            assert not {"path", "addressee"} & set(table.column_names), table.full_name
