"""Dagster's own SQLite storage with connections that stay open.

Dagster opens its event log anew, with an fsync, for each of the thousand events of a night: 20 ms
every time, a quarter of a demo. The log is disposable (dagster.yaml), so it may also do without
the fsync. dagster is pinned; a test watches the method that is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData


class EventLog(SqliteEventLogStorage):
    """The event log: one connection to the index of all runs and one to the run at hand."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            for other in [name for name in self._engines if name != INDEX_SHARD_NAME]:
                self._engines.pop(other).dispose()
            self._engines[shard] = _engine(self.conn_string_for_shard(shard))
        return self._engines[shard]


def _engine(address: str) -> sa.Engine:
    """An engine with a single connection; its users take turns under the lock of the log."""
    engine = sa.create_engine(
        address,
        poolclass=sa.StaticPool,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _relax)
    return engine


def _relax(connection: Any, _record: Any) -> None:
    connection.execute("pragma synchronous = normal")


class DagsterStorage(DagsterSqliteStorage):
    """Dagster's default storage in `base_dir`, with the event log above."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = EventLog(str(Path(base_dir, "history", "runs")))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> DagsterStorage:
        """The storage that dagster.yaml asks for."""
        return cls.from_local(inst_data=inst_data, **config_value)
