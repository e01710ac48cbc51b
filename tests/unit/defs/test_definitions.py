"""The assembly loads anywhere, and the schedule, the sensors and the job are what is promised."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration.definitions import build_defs, defs
from orchestration.defs import automation
from orchestration.paths import PROJECT_ROOT


def test_definitions_are_short() -> None:
    text = (PROJECT_ROOT / "orchestration" / "definitions.py").read_text()
    assert len(text.splitlines()) < 50


def test_definitions_load_without_a_data_root(tmp_path: Path) -> None:
    home = tmp_path / "nowhere"
    done = subprocess.run(
        [sys.executable, "-c", "import orchestration.definitions"],
        env={
            "OBSERVATORY_HOME": str(home), "PATH": "/nonexistent", "PYTHONPATH": str(PROJECT_ROOT),
        },
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not home.exists()


def test_the_nightly_runs_at_two_in_shanghai_and_is_on() -> None:
    schedule = defs.resolve_schedule_def("nightly_schedule")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Asia/Shanghai"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "nightly"


def test_the_inbox_sensor_is_off_and_the_alert_is_on() -> None:
    assert defs.resolve_sensor_def("inbox_sensor").default_status == dg.DefaultSensorStatus.STOPPED
    assert defs.resolve_sensor_def("failure_alert").default_status == dg.DefaultSensorStatus.RUNNING


def test_the_job_holds_every_asset_and_check_and_runs_in_one_process() -> None:
    job = build_defs().resolve_job_def("nightly")
    graph = build_defs().get_repository_def().asset_graph
    assert job.executor_def.name == "in_process"
    assert set(job.asset_layer.executable_asset_keys) == set(graph.get_all_asset_keys())
    assert set(job.asset_layer.asset_graph.asset_check_keys) == set(graph.asset_check_keys)


def test_every_step_waits_in_one_pool() -> None:
    job = build_defs().resolve_job_def("nightly")
    assert {node.definition.pool for node in job.nodes} == {"warehouse"}


def test_dagster_is_told_to_be_quiet_and_careful() -> None:
    settings = yaml.safe_load((PROJECT_ROOT / "orchestration" / "dagster.yaml").read_text())
    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}
    assert settings["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}
    assert settings["run_retries"]["retry_on_asset_or_op_failure"] is False
    assert settings["run_monitoring"]["max_runtime_seconds"] > 0


def test_the_workspace_points_to_the_definitions() -> None:
    workspace = yaml.safe_load((PROJECT_ROOT / "workspace.yaml").read_text())
    assert workspace == {
        "load_from": [{"python_module": {"module_name": "orchestration.definitions"}}]
    }


def test_the_inbox_sensor_asks_for_one_run_for_one_set_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OBSERVATORY_HOME", str(tmp_path))
    (tmp_path / "sources.yaml").write_text("settle_seconds: 0\n")
    (tmp_path / "inbox").mkdir()
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance)
        assert isinstance(automation.inbox_sensor(context), dg.SkipReason)
        (tmp_path / "inbox" / "a.csv").write_text("uid\n1\n")
        first = automation.inbox_sensor(context)
        again = automation.inbox_sensor(context)
        (tmp_path / "inbox" / "b.csv").write_text("uid\n2\n")
        more = automation.inbox_sensor(context)
    assert isinstance(first, dg.RunRequest)
    assert isinstance(again, dg.RunRequest)
    assert isinstance(more, dg.RunRequest)
    assert first.run_key == again.run_key != more.run_key
