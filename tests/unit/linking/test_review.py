"""The queue goes out with what an editor needs, and comes back with decisions or a refusal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.linking.editors import EditorsError, read_decisions
from orchestration.linking.review import COLUMNS, import_decisions, queue
from orchestration.schemas.render import create_table_sql
from orchestration.schemas.tables import TABLES

EVIDENCE = '{"matched": ["甲市", "起火"], "missing": ["深夜"], "runner_up": "乙市起火"}'


@pytest.fixture
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        for schema in ("core", "main"):
            connection.execute(f"create schema if not exists {schema}")
        for name in ("core.text_links", "core.reviewed_links", "core.articles", "main.posts",
                     "main.events", "main.event_articles", "main.accounts"):  # fmt: skip
            connection.execute(create_table_sql(TABLES[name]).replace(" not null", ""))
        connection.execute(
            """insert into main.events by name
               select 'hot_topic:' || n as event_id, 'hot_topic' as event_type,
                      '甲市深夜起火' as title, '甲市深夜起火' as topic_key,
                      timestamptz '2026-07-01 00:00:00+00' + interval (n * 40) day as onset_hi_at
               from range(2) r(n)"""
        )
        connection.execute(
            """insert into main.posts by name
               select 'weibo' as platform, 'p' || n as post_id, 'a' as account_id,
                      timestamptz '2026-07-01 02:00:00+00' as posted_at,
                      '=甲市一处起火' as text
               from range(3) r(n)"""
        )
        connection.execute(
            """insert into core.text_links by name
               select 'weibo' as platform, 'p' || n as post_id, '甲市深夜起火' as title_key,
                      case n when 2 then 'linked' else 'review' end as link_state,
                      'text_v1' as link_method, 0.4 + n / 10 as link_probability,
                      $1 as evidence
               from range(3) r(n)""",
            [EVIDENCE],
        )
        yield connection


def _returned(folder: Path, rows: list[dict[str, str]]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["link_id", "decision", "reviewer", "note"])
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "queue.csv"
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return path


def test_the_queue_has_what_an_editor_needs(published: duckdb.DuckDBPyConnection) -> None:
    rows = queue(published).rows(named=True)
    assert tuple(rows[0]) == COLUMNS
    assert [row["probability"] for row in rows] == [0.5, 0.4]
    first = rows[0]
    assert (first["event_id"], first["title"]) == ("hot_topic:0", "甲市深夜起火")
    assert (first["matched"], first["missing"], first["runner_up"]) == (
        "甲市|起火", "深夜", "乙市起火",
    )  # fmt: skip
    assert first["hours_after_onset"] == 2.0
    assert first["post_text"] == "=甲市一处起火"


def test_a_story_waits_under_any_title_of_its_articles(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """The second article's words are asked about and shown; who answers answers for the story."""
    for statement in (
        "delete from core.text_links",
        "insert into main.events by name select 'article:s' as event_id, '起火' as title, "
        "'起火' as topic_key, timestamptz '2026-07-01 00:00:00+00' as onset_hi_at",
        "insert into main.event_articles by name select 'article:s' as event_id, 'b' as article_id",
        "insert into core.articles by name select 'b' as article_id, "
        "unnest(['一处 厂房失火', '厂房失火续报']) as title, replace(title, ' ', '') as title_key",
        "insert into core.text_links by name select 'weibo' as platform, 'p' || n as post_id, "
        "unnest(['一处厂房失火', '厂房失火续报']) as title_key, 'review' as link_state, "
        "0.4 as link_probability from range(2) r(n)",
    ):
        published.execute(statement)
    rows = queue(published).rows(named=True)
    assert {(row["event_id"], row["title"]) for row in rows} == {
        ("article:s", "一处 厂房失火"), ("article:s", "厂房失火续报"),
    }  # fmt: skip
    assert len(rows) == 4
    published.execute(
        "insert into core.reviewed_links values ('weibo','p1','一处厂房失火','no',null,null)"
    )
    assert len(queue(published)) == 2


def test_decisions_come_back_and_leave_the_queue(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    first, second = (row["link_id"] for row in queue(published).rows(named=True))
    reviewed = tmp_path / "reviewed_links.csv"
    path = _returned(
        tmp_path,
        [
            {"link_id": first, "decision": "YES", "reviewer": "ab", "note": ""},
            {"link_id": second, "decision": "", "reviewer": "", "note": ""},
        ],
    )
    done = import_decisions(published, path, reviewed)
    assert (done.decided, done.undecided, done.total) == (1, 1, 1)
    assert read_decisions(reviewed).rows() == [("weibo", "p1", "甲市深夜起火", "yes", "ab", None)]
    again = import_decisions(published, path, reviewed)
    assert again.total == 1
    other = _returned(
        tmp_path, [{"link_id": first, "decision": "no", "reviewer": "", "note": "别处"}]
    )
    import_decisions(published, other, reviewed)
    assert read_decisions(reviewed).rows() == [("weibo", "p1", "甲市深夜起火", "no", None, "别处")]
    published.execute(
        "insert into core.reviewed_links values ('weibo','p1','甲市深夜起火','no',null,null)"
    )
    assert [row["link_id"] for row in queue(published).rows(named=True)] == [second]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"link_id": "kffff", "decision": "yes"}, "line 2: link_id 'kffff': no link"),
        ({"link_id": "kffff", "decision": "perhaps"}, "line 2: decision 'perhaps': must be"),
    ],
)
def test_a_refused_file_changes_nothing(
    published: duckdb.DuckDBPyConnection, tmp_path: Path, row: dict[str, str], message: str
) -> None:
    path = _returned(tmp_path, [row])
    with pytest.raises(EditorsError, match=message) as caught:
        import_decisions(published, path, tmp_path / "reviewed_links.csv")
    assert "links review --import" in str(caught.value)
    assert not (tmp_path / "reviewed_links.csv").exists()
    with pytest.raises(EditorsError, match="no such file"):
        import_decisions(published, tmp_path / "none.csv", tmp_path / "reviewed_links.csv")


def test_one_link_is_not_decided_twice_in_one_file(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    link = queue(published)["link_id"][0]
    reviewed = tmp_path / "reviewed_links.csv"
    path = _returned(tmp_path, [{"link_id": link, "decision": word} for word in ("yes", "no")])
    with pytest.raises(EditorsError, match="line 3: decision 'no': line 2 says yes"):
        import_decisions(published, path, reviewed)
    assert not reviewed.exists()
    path = _returned(tmp_path, [{"link_id": link, "decision": word} for word in ("yes", "Yes")])
    assert import_decisions(published, path, reviewed).decided == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_unicode_text_of_a_spreadsheet_is_read(
    published: duckdb.DuckDBPyConnection, tmp_path: Path, encoding: str
) -> None:
    link = queue(published)["link_id"][0]
    path, reviewed = tmp_path / "queue.txt", tmp_path / "reviewed_links.csv"
    text = f"link_id\tdecision\tnote\r\n{link}\tyes\t甲,乙\r\n"
    path.write_bytes(("\ufeff" if encoding == "utf-16-be" else "").encode("utf-16-be")
                     + text.encode(encoding))  # fmt: skip
    import_decisions(published, path, reviewed)
    assert read_decisions(reviewed)["note"].to_list() == ["甲,乙"]


def test_a_refused_header_names_the_command_that_was_given(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "queue.csv"
    path.write_text("link,decision\n", encoding="utf-8")
    with pytest.raises(EditorsError, match=r"lacks link_id.*links review --import"):
        import_decisions(published, path, tmp_path / "reviewed_links.csv")
