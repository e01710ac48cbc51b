"""A work file is whole or not there."""

from pathlib import Path

import polars as pl
import pytest

from orchestration.warehouse import connect
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.statements import count_rows, rows_of


class EndedError(BaseException):
    """What stands for the end of the process."""


def test_a_process_that_ends_while_it_makes_the_file_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "warehouse" / "observatory.duckdb"
    with monkeypatch.context() as patch:
        connect._empty.cache_clear()
        patch.setattr(connect, "comment_sql", lambda tables: (_ for _ in ()).throw(EndedError))
        with pytest.raises(EndedError), open_work(path):
            pass
    assert not path.exists()
    path.with_name(f".{path.name}.incoming").write_bytes(b"half a page")
    with open_work(path) as connection:
        connection.execute("insert into meta.sources (source_name) values ('a')")
    with open_work(path) as connection:
        assert count_rows(connection, "meta.sources") == 1
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == [path.name]


def test_rows_are_handed_over_within_the_data_root_and_leave_nothing(tmp_path: Path) -> None:
    path = tmp_path / "warehouse" / "observatory.duckdb"
    left = path.parent / "tmp" / "rows_left" / "rows.parquet"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of a process that was killed")
    frame = pl.DataFrame(
        {"nothing": [None, None], "list": [["a", None], []], "id": ["1", "1e5"]},
        schema={"nothing": pl.Null, "list": pl.List(pl.String), "id": pl.String},
    )
    with open_work(path) as connection:
        assert not left.exists()
        with rows_of(connection, frame) as rows:
            assert rows.startswith(f"read_parquet('{path.parent / 'tmp'}")
            found = connection.execute(f"from {rows}").fetchall()
        assert found == [(None, ["a", None], "1"), (None, [], "1e5")]
        assert list((path.parent / "tmp").iterdir()) == []
