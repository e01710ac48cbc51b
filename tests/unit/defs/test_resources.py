"""The lock, the last failure, and runs that died without a word."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import dagster as dg
import pytest

from orchestration.defs.resources import (
    ObservatoryResource,
    held_resource,
    read_failure,
    reap_dead_runs,
    reap_if_idle,
    refuse_if_blocked,
    write_failure,
)
from orchestration.quality.results import Check, write_results
from orchestration.settings import Settings
from orchestration.warehouse.builds import Build, start_build
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.lock import run_lock

CONTEXT = SimpleNamespace(run=SimpleNamespace(run_id="r1"), log=logging.getLogger("test"))
CHECK = Check("keys_are_present", "great_expectations", "core.posts", "error", "no NULL")


@pytest.fixture
def settings(make_settings: Callable[..., Settings]) -> Settings:
    return make_settings()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def _started(instance: dg.DagsterInstance, job_name: str = "nightly") -> str:
    run = instance.create_run_for_job(
        dg.GraphDefinition(name=job_name).to_job(name=job_name), status=dg.DagsterRunStatus.STARTED
    )
    return run.run_id


def _build(settings: Settings) -> Build:
    with open_work(settings.root.warehouse) as work:
        return start_build(work, settings.clock, synthetic=False)


def _outcome(settings: Settings) -> tuple[str, str]:
    with open_work(settings.root.warehouse) as work:
        return work.execute("select outcome, message from meta.builds").fetchall()[-1]


def test_a_second_run_fails_at_once_and_names_the_holder(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    monkeypatch.setenv("OBSERVATORY_HOME", str(settings.root.home))

    @dg.asset
    def anything(observatory: ObservatoryResource) -> None: ...

    with run_lock(settings.root.lock, settings.clock):
        result = dg.materialize(
            [anything], resources={"observatory": ObservatoryResource()}, instance=instance,
            raise_on_error=False,
        )  # fmt: skip
    assert not result.success
    said = " ".join(str(event) for event in result.all_events)
    assert "the warehouse is held by process" in said


def test_dead_runs_are_reaped_and_others_left_alone(instance: dg.DagsterInstance) -> None:
    dead, own, foreign = _started(instance), _started(instance), _started(instance, "somebody")
    assert reap_dead_runs(instance, own) == [dead]
    states = {run.run_id: run.status for run in instance.get_runs()}
    assert states == {
        dead: dg.DagsterRunStatus.FAILURE,
        own: dg.DagsterRunStatus.STARTED,
        foreign: dg.DagsterRunStatus.STARTED,
    }


def test_nothing_is_reaped_while_the_warehouse_is_held(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    _started(instance)
    with run_lock(settings.root.lock, settings.clock):
        assert reap_if_idle(instance, settings) == []
    assert len(reap_if_idle(instance, settings)) == 1


def test_a_step_that_breaks_closes_the_build_and_leaves_a_failure(settings: Settings) -> None:
    build = _build(settings)
    said: list[str] = []
    observatory = held_resource(settings, said.append)
    with pytest.raises(OSError, match="disk"), observatory.step(CONTEXT, "clean") as say:  # noqa: PT012
        say("reading")
        raise OSError("the disk is full")
    assert said == ["clean: reading"]
    assert _outcome(settings) == ("failed", "clean: the disk is full")
    failure = read_failure(settings.root.last_failure)
    assert failure is not None
    assert (failure["stage"], failure["build_id"]) == ("clean", build.build_id)


def test_a_failed_error_refuses_the_build_in_words(settings: Settings) -> None:
    build = _build(settings)
    refuse_if_blocked(settings, build, [CHECK.answer(True, "0")])
    with pytest.raises(dg.Failure) as caught:
        refuse_if_blocked(settings, build, [CHECK.answer(False, "3 rows")])
    assert "is not published: core.posts: keys_are_present failed (error): 3 rows" in str(
        caught.value.description
    )
    assert _outcome(settings)[0] == "refused"


def test_a_refused_build_stays_refused_when_its_step_fails(settings: Settings) -> None:
    build = _build(settings)
    observatory = held_resource(settings, lambda message: None)
    with pytest.raises(dg.Failure), observatory.step(CONTEXT, "audit"):
        refuse_if_blocked(settings, build, [CHECK.answer(False, "3 rows")])
    assert _outcome(settings)[0] == "refused"


def test_what_the_checks_found_stands_beside_the_failure(settings: Settings) -> None:
    build = _build(settings)
    warning = replace(CHECK, check_name="a_is_b", severity="warn").answer(False, "odd")
    answers = [
        warning,
        CHECK.answer(False, "3 rows"),
        replace(CHECK, check_name="x").answer(True, ""),
    ]
    with open_work(settings.root.warehouse) as connection:
        write_results(connection, build.build_id, "conservation", answers)
    observatory = held_resource(settings, lambda message: None)
    with pytest.raises(dg.Failure), observatory.step(CONTEXT, "audit"):
        refuse_if_blocked(settings, build, answers)
    failed = (read_failure(settings.root.last_failure) or {})["failed_checks"]
    assert [check["check_name"] for check in failed] == ["keys_are_present", "a_is_b"]
    assert failed[0]["observed"] == "3 rows"


def test_a_failure_that_cannot_be_read_is_none(settings: Settings) -> None:
    path = settings.root.last_failure
    assert read_failure(path) is None
    write_failure(settings, stage="run", message="警报", run_id="r", build_id=None)
    assert (read_failure(path) or {})["message"] == "警报"
    path.write_text("{torn")
    assert read_failure(path) is None
