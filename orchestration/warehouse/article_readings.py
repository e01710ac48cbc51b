"""Which deliveries of articles a reading has not seen: each is read once under one version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from orchestration.schemas.tables import ARTICLE_READINGS, ARTICLES
from orchestration.warehouse.statements import quote


@contextmanager
def unread_articles(
    connection: duckdb.DuckDBPyConnection, reading: str, version: int
) -> Iterator[None]:
    """Within, `unread_files` are the deliveries to be read; one transaction, noted at its end."""
    readings, key = ARTICLE_READINGS.full_name, quote(reading)
    connection.execute("begin")
    try:
        connection.execute(
            f"delete from {readings} where reading = {key} and rule_version <> {version}"
        )
        connection.execute(
            f"""create temp table unread_files as
                select distinct file_id from {ARTICLES.full_name}
                anti join (select file_id from {readings} where reading = {key}) using (file_id)"""
        )
        yield
        connection.execute(
            f"insert into {readings} select file_id, {key}, {version} from unread_files"
        )
        connection.execute("drop table unread_files")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def frame_of(batch: object) -> pl.DataFrame:
    """A batch of DuckDB's as a frame."""
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame
