"""What a row is traced to: records of its own day and of its own event, and how many more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import cli
from orchestration.paths import DataRoot
from orchestration.schemas.render import create_table_sql
from orchestration.schemas.tables import FITTED_TABLES, MARTS, TABLES
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.sources.readers.base import Located
from orchestration.warehouse.trace import (
    MEMBERS,
    ORIGINS,
    REVIEWED,
    SEEDED,
    Origin,
    Traced,
    TraceError,
    trace,
)

ACCOUNT = {"platform": "weibo", "account_id": "99000"}


@pytest.fixture
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for schema in ("main", "core", "quality", "meta"):
            connection.execute(f"create schema if not exists {schema}")
        for table in TABLES.values():
            connection.execute(create_table_sql(table).replace(" not null", ""))
        yield connection


def _put(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    if "file_id" in TABLES[table].column_names:
        values = {"file_id": "f", "file_sha256": "s", "record_number": 1, **values}
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    connection.execute(f"insert into {table} ({names}) values ({marks})", list(values.values()))


def _traced(connection: duckdb.DuckDBPyConnection, tmp_path: Path, table: str, key: str) -> Traced:
    return trace(connection, Settings(DataRoot(tmp_path)), table, key)


def _at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, tzinfo=UTC)


def test_a_day_is_traced_to_the_snapshots_of_that_local_day(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for day in range(1, 11):
        _put(tables, "core.account_snapshots", **ACCOUNT, observed_at=_at(day, 15))
        _put(tables, "core.account_snapshots", **ACCOUNT, observed_at=_at(day, 16))
        _put(tables, "main.account_days", **ACCOUNT, observed_date=date(2026, 7, day))
    key = "platform=weibo,account_id=99000,observed_date=2026-07-05"
    found = _traced(tables, tmp_path, "main.account_days", key)
    assert [o.key["observed_at"] for o in found.origins] == [_at(4, 16), _at(5, 15)]
    assert found.remarks == ()


def test_a_file_whose_path_is_not_published_is_found_in_the_archive(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    settings = Settings(DataRoot(tmp_path))
    raw = tmp_path / "1000_2803301701.csv"
    raw.write_text("id\n1\n")
    (file,) = Archive(settings.root.archive).add(raw, f"ced/{raw.name}", "ced", settings.clock)
    where = {"file_id": file.file_id, "file_sha256": file.sha256, "source_name": "ced"}
    post = {"post_id": "4000000001", "record_number": None}
    _put(tables, "core.posts", **ACCOUNT, **post, **where)
    tables.execute(
        "insert into quality.file_ledger (file_id, file_sha256, source_name, path) "
        "values ($file_id, $file_sha256, $source_name, $path)",
        {**where, "path": f"ced/{file.file_id}"},
    )
    (origin,) = trace(tables, settings, "core.posts", "post_id=4000000001").origins
    assert (origin.path, origin.file_sha256) == (f"ced/{raw.name}", file.sha256)


def test_a_gap_says_that_nothing_was_seen(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _put(tables, "core.account_snapshots", **ACCOUNT, observed_at=_at(1))
    _put(tables, "main.account_days", **ACCOUNT, observed_date=date(2026, 7, 2))
    found = _traced(tables, tmp_path, "main.account_days", "observed_date=2026-07-02")
    assert found.origins == ()
    assert "not observed on that day" in found.remarks[0]


def test_an_event_is_traced_to_its_onset_first_and_says_how_many_more(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    topic = {"platform": "weibo", "list_name": "realtime", "topic": "停电", "topic_key": "停电"}
    sightings = [*range(9, 2, -1), 1]
    for day in sightings:
        _put(tables, "core.hot_topic_slots", **topic, slot_at=_at(day), seen_hi_at=_at(day, 1))
    _put(tables, "core.hot_topic_slots", **topic, slot_at=_at(4), seen_hi_at=_at(4, 2), is_ad=True)
    _put(
        tables, "core.hot_topic_slots",
        **{**topic, "platform": "zhihu"}, slot_at=_at(4), seen_hi_at=_at(4, 3),
    )  # fmt: skip
    (event_id,) = tables.execute(
        "select 'hot_topic:' || left(sha256('weibo' || chr(31) || '停电' || chr(31) || "
        "'2026-07-03'), 16)"
    ).fetchone() or (None,)
    _put(
        tables, "main.events", event_id=event_id, event_type="hot_topic", topic_key="停电",
        title="停电", onset_hi_at=_at(3, 1), last_seen_at=_at(9, 1),
    )  # fmt: skip
    found = _traced(tables, tmp_path, "main.events", str(event_id))
    assert [o.key["slot_at"] for o in found.origins] == [_at(day) for day in range(3, 8)]
    assert {o.key["platform"] for o in found.origins} == {"weibo"}
    assert found.remarks == ("core.hot_topic_slots: 5 of 7 shown, the earliest first",)


@pytest.mark.parametrize(
    ("table", "key", "made_of"),
    [
        ("core.rulings", {"platform": "weibo", "ruling_id": "r1"},
         "rumor:' || left(sha256('weibo' || chr(31) || 'r1'"),
    ],
)  # fmt: skip
def test_other_events_are_traced_by_what_their_id_is_made_of(
    tables: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    table: str,
    key: dict[str, str],
    made_of: str,
) -> None:
    _put(tables, table, **key)
    _put(tables, table, **{name: f"{value} other" for name, value in key.items()})
    (event_id,) = tables.execute(f"select '{made_of}), 16)").fetchone() or (None,)
    _put(tables, "main.events", event_id=event_id, onset_hi_at=_at(1), last_seen_at=_at(1))
    found = _traced(tables, tmp_path, "main.events", str(event_id))
    assert [(o.table, o.key) for o in found.origins] == [(table, key)]


def test_a_story_is_traced_to_all_of_its_articles(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for number, name in enumerate(("c", "a", "b", "of another story")):
        event_id = "article:2" if name.startswith("of") else "article:1"
        _put(tables, "core.articles", article_id=name, observed_at=_at(number + 1))
        _put(tables, "main.event_articles", event_id=event_id, article_id=name)
    _put(tables, "main.events", event_id="article:1", onset_hi_at=_at(1), last_seen_at=_at(1))
    found = _traced(tables, tmp_path, "main.events", "article:1")
    assert [o.key for o in found.origins] == [{"article_id": name} for name in ("c", "a", "b")]
    assert found.remarks == ()
    for number in range(4):
        _put(tables, "core.articles", article_id=f"d{number}", observed_at=_at(9))
        _put(tables, "main.event_articles", event_id="article:1", article_id=f"d{number}")
    found = _traced(tables, tmp_path, "main.events", "article:1")
    assert found.remarks == ("core.articles: 5 of 7 shown, the earliest first",)


def test_an_inquiry_is_traced_within_its_board_and_to_a_renamed_source(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    asked = {"inquiry_id": "q1", "asked_at": _at(1), "region_code": "440000"}
    _put(tables, "core.inquiries", **asked, source_name="board_a", observed_at=_at(2))
    _put(tables, "core.inquiries", **asked, source_name="board_renamed", observed_at=_at(3))
    other = {**asked, "asked_at": _at(1, 5)}
    _put(tables, "core.inquiries", **other, source_name="board_c", observed_at=_at(2))
    (event_id,) = tables.execute(
        "select 'inquiry:' || left(sha256('web' || chr(31) || 'board_a' || chr(31) || 'q1'), 16)"
    ).fetchone() or (None,)
    _put(tables, "main.events", event_id=event_id, onset_hi_at=_at(1), last_seen_at=_at(3))
    found = _traced(tables, tmp_path, "main.events", str(event_id))
    assert [o.key["source_name"] for o in found.origins] == ["board_a", "board_renamed"]


@pytest.mark.parametrize(
    ("told", "sources"),
    [
        ({"addressee_text": "x"}, ["board_a", "board_b"]), ({}, ["board_a"]),
        ({"region_text": "y"}, ["board_a", "board_b"]),
    ],
)  # fmt: skip
def test_a_day_and_a_number_alone_make_no_question_of_two_boards(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path, told: dict[str, str], sources: list[str]
) -> None:
    asked = {"inquiry_id": "q1", "asked_at": _at(1), "asked_at_precision": "day"}
    for number, (source, more) in enumerate(
        (("board_a", told), ("board_b", told), ("board_c", {"addressee_text": "another"}))
    ):
        _put(
            tables, "core.inquiries", **asked, **more, source_name=source,
            observed_at=_at(number + 2),
        )  # fmt: skip
    (event_id,) = tables.execute(
        "select 'inquiry:' || left(sha256('web' || chr(31) || 'board_a' || chr(31) || 'q1'), 16)"
    ).fetchone() or (None,)
    _put(tables, "main.events", event_id=event_id, onset_hi_at=_at(1), last_seen_at=_at(3))
    found = _traced(tables, tmp_path, "main.events", str(event_id))
    assert [o.key["source_name"] for o in found.origins] == sources


@pytest.mark.parametrize("name", ORIGINS)
def test_every_derived_table_can_be_followed(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    """Each search is SQL that runs, over columns that the tables have."""
    filled = {
        column.name: {"text": "x", "instant": _at(1), "date": date(2026, 7, 1)}[column.type]
        for column in TABLES[name].columns
        if column.type in ("text", "instant", "date")
    }
    _put(tables, name, **filled)
    found = _traced(tables, tmp_path, name, f"{TABLES[name].key[0]}=x")
    assert found.origins == ()
    assert found.remarks


def test_a_published_figure_is_traced_to_its_line(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    _put(tables, "main.reported_claims", figure_id="C02")
    (origin,) = _traced(tables, tmp_path, "main.reported_claims", "C02").origins
    assert origin.path == "dbt_project/seeds/reported_figures.csv"
    assert origin.located is not None
    assert origin.located.line_number == 3
    assert origin.located.raw.startswith(b"C02,2010-12-31,")
    assert set(SEEDED) <= set(TABLES)


def test_a_figure_that_was_reviewed_is_traced_to_the_review(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for figure in ("review:c2", "review:gone"):
        _put(tables, "main.reported_claims", figure_id=figure)
    (tmp_path / "claims_review.csv").write_text("candidate_id,decision\nc1,no\nc2,yes\n")
    (origin,) = _traced(tables, tmp_path, "main.reported_claims", "review:c2").origins
    assert origin.path == "claims_review.csv"
    assert origin.located is not None
    assert (origin.located.line_number, origin.located.raw) == (3, b"c2,yes")
    (gone,) = _traced(tables, tmp_path, "main.reported_claims", "review:gone").origins
    assert gone.located is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("quality.account_overrides", "stand in account_overrides.csv"),
        ("main.account_growth", 'aggregate many records.*sql "select platform, account_id from'),
        ("main.response_timing", "trace main.event_responses KEY"),
        ("main.claim_growth", "compares two published figures"),
        ("quality.check_results", "written by the run"),
    ],
)
def test_what_cannot_be_followed_is_told_with_its_reason(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path, table: str, said: str
) -> None:
    key = TABLES[table].key[0]
    value: Any = "x" if TABLES[table].columns[0].type == "text" else ["x"]
    _put(tables, table, **{key: value})
    with pytest.raises(TraceError, match=said):
        _traced(tables, tmp_path, table, f"{key}={'x' if value == 'x' else '[x]'}")


def test_every_table_of_sums_says_how_to_list_what_is_in_them() -> None:
    followed = {*ORIGINS, *SEEDED, *REVIEWED, "main.claim_growth"}
    sums = {t.full_name for t in MARTS if t.schema == "main" and t.full_name not in followed}
    assert sums | {t.full_name for t in FITTED_TABLES} == set(MEMBERS)
    assert {table for _, table in MEMBERS.values()} <= followed


def test_raw_bytes_come_with_a_warning_and_lines_of_this_project_without(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = DataRoot(tmp_path).published
    published.parent.mkdir()
    duckdb.connect(str(published)).close()
    monkeypatch.setenv("OBSERVATORY_HOME", str(tmp_path))
    located = Located(1, 0, b'{"user_id": "1"}')
    for is_collected in (True, False):
        origin = Origin("core.posts", {}, "a.jsonl", "s", 1, located, is_collected=is_collected)
        monkeypatch.setattr(
            "orchestration.warehouse.trace.trace",
            lambda *_, origin=origin: Traced((origin,), ("core.posts: 5 of 9 shown",)),
        )
        assert cli.main(["trace", "main.posts", "1"]) == 0
        said = capsys.readouterr()
        assert ("may name people; do not quote them" in said.err) is is_collected
        assert "core.posts: 5 of 9 shown" in said.out
