"""Dagster's event log with connections that stay open."""

import shutil

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration.defs.dagster_storage import DagsterStorage, EventLog
from orchestration.paths import PROJECT_ROOT

COUNTED = dg.AssetKey("counted")


@dg.asset
def counted() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"dagster/row_count": 3})


@pytest.fixture
def instance(tmp_path, monkeypatch):
    """An instance with the project's own dagster.yaml."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    shutil.copy(PROJECT_ROOT / "orchestration" / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.get() as found:
        yield found


def test_the_replaced_method_is_still_there():
    assert "_connect" in vars(SqliteEventLogStorage)


def test_runs_one_after_the_other_keep_their_events(instance):
    assert isinstance(instance.event_log_storage, EventLog)
    for run in [dg.materialize([counted], instance=instance).run_id for _ in range(3)]:
        events = [entry.dagster_event for entry in instance.all_logs(run) if entry.dagster_event]
        assert [event.asset_key for event in events if event.is_step_materialization] == [COUNTED]
    assert len(instance.event_log_storage._engines) == 2  # the index and one run


def test_dagsters_own_storage_reads_what_was_written(instance, tmp_path):
    run = dg.materialize([counted], instance=instance).run_id
    plain = SqliteEventLogStorage(str(tmp_path / "history" / "runs"))
    latest = plain.get_latest_materialization_events([COUNTED])[COUNTED]
    assert latest is not None
    assert latest.run_id == run


def test_it_lies_where_dagsters_default_lies(tmp_path):
    log = DagsterStorage(str(tmp_path)).event_log_storage
    assert isinstance(log, EventLog)
    assert log.path_for_shard("index") == str(tmp_path / "history" / "runs" / "index.db")
