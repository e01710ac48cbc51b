"""The one resource: settings, the lock on the warehouse, and what every step leaves behind.

A run holds the lock as long as its process lives. A step opens the work file only while it
needs it: dbt, a process of its own, can open it only when nobody else has it open.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.quality.results import CheckResult, blocking, read_results
from orchestration.settings import Settings
from orchestration.warehouse.builds import Build, current_build, finish_build
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.lock import WarehouseBusyError, run_lock

Say = Callable[[str], None]

POOL = "warehouse"
"""All steps are in one pool of one slot, so that queued runs wait for each other."""
OWNERS = ["team:observatory"]


class ObservatoryResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Settings of the environment; holds the warehouse while a run lasts."""

    def settings(self) -> Settings:
        """What OBSERVATORY_HOME and its companions say."""
        return Settings.from_environment()

    def say(self, message: str) -> None:
        """Tell whoever waits for this run; nobody does when Dagster itself started it."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[ObservatoryResource]:
        """Hold the lock; a second run fails at once and names who holds it."""
        with self._held(context):
            yield self

    @contextmanager
    def _held(self, context: dg.InitResourceContext) -> Iterator[None]:
        settings = self.settings()
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(run_lock(settings.root.lock, settings.clock))
            except WarehouseBusyError as error:
                raise dg.Failure(str(error), allow_retries=False) from error
            if context.instance is not None:
                reap_dead_runs(context.instance, context.run_id)
            yield

    @contextmanager
    def step(self, context: Any, stage: str) -> Iterator[Say]:
        """A stage of the night: says what it does, and records how it failed if it does."""

        def say(message: str) -> None:
            context.log.info(message)
            self.say(f"{stage}: {message}")

        try:
            yield say
        except Exception as error:
            self._record_failure(stage, context.run.run_id, error)
            raise

    def _record_failure(self, stage: str, run_id: str, error: Exception) -> None:
        """Close the build as failed and write last_failure; neither may hide the error itself."""
        message = str(getattr(error, "description", None) or error) or type(error).__name__
        settings = self.settings()
        build_id: str | None = None
        failed: tuple[CheckResult, ...] = ()
        with contextlib.suppress(duckdb.Error, LookupError, OSError):
            build_id, failed = _close_build(settings, stage, message)
        with contextlib.suppress(OSError):
            write_failure(
                settings, stage=stage, message=message, run_id=run_id, build_id=build_id,
                failed_checks=failed,
            )  # fmt: skip


def _close_build(
    settings: Settings, stage: str, message: str
) -> tuple[str | None, tuple[CheckResult, ...]]:
    """Mark the build failed if it still runs; its id, and its checks that failed, errors first."""
    if not settings.root.warehouse.exists():
        return None, ()
    with open_work(settings.root.warehouse) as connection:
        build = current_build(connection)
        running = connection.execute(
            "select 1 from meta.builds where build_id = $1 and outcome = 'running'",
            [build.build_id],
        ).fetchone()
        if running:
            finish_build(connection, build, "failed", f"{stage}: {message}"[:300])
        failed = [r for r in read_results(connection, build.build_id) if not r.passed]
        return build.build_id, tuple(sorted(failed, key=lambda result: not result.blocks))


def refuse_if_blocked(settings: Settings, build: Build, results: Sequence[CheckResult]) -> None:
    """Close the build as refused and fail the step if a check of severity error failed."""
    failed = blocking(results)
    if not failed:
        return
    more = f"; and {len(failed) - 3} more" if len(failed) > 3 else ""
    sentences = "; ".join(result.sentence() for result in failed[:3]) + more
    with open_work(settings.root.warehouse) as connection:
        finish_build(connection, build, "refused", sentences)
    raise dg.Failure(
        f"build {build.build_id} is not published: {sentences}. Readers keep the last good "
        "version. See: observatory status",
        allow_retries=False,
    )


def write_failure(
    settings: Settings,
    *,
    stage: str,
    message: str,
    run_id: str | None,
    build_id: str | None,
    failed_checks: Sequence[CheckResult] = (),
) -> None:
    """Leave the last failure where `observatory status` reads it, also without Dagster.

    What the checks found stands in it, so that nobody has to open the work file for it.
    """
    path = settings.root.last_failure
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "failed_at": settings.clock.now().isoformat(),
        "stage": stage,
        "message": message,
        "build_id": build_id,
        "run_id": run_id,
        "failed_checks": [asdict(result) for result in failed_checks],
    }
    temporary = path.with_name(f".{path.name}.incoming")
    temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    temporary.replace(path)


def read_failure(path: Path) -> dict[str, Any] | None:
    """The last failure as it was written, or None."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def reap_dead_runs(instance: dg.DagsterInstance, own_run_id: str | None) -> list[str]:
    """Mark runs as failed that Dagster believes to be running although we hold the warehouse.

    Only the holder of the lock works on it, so whoever else is `started` was killed without a
    last word. Returns their ids.
    """
    started = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    dead = [run for run in started if run.run_id != own_run_id and run.job_name in _JOBS]
    for run in dead:
        instance.report_run_failed(run, "killed: it no longer held the warehouse")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return [run.run_id for run in dead]


def reap_if_idle(instance: dg.DagsterInstance, settings: Settings) -> list[str]:
    """Reap dead runs if nobody holds the warehouse; a queued run would wait for them for ever."""
    with contextlib.suppress(WarehouseBusyError), run_lock(settings.root.lock, settings.clock):
        return reap_dead_runs(instance, None)
    return []


_JOBS = ("nightly", "__ASSET_JOB")


def held_resource(settings: Settings, say: Say) -> ObservatoryResource:
    """The resource of a run in this process, which holds the lock already and wants to be told."""

    class Held(ObservatoryResource):
        def settings(self) -> Settings:
            return settings

        def say(self, message: str) -> None:
            say(message)

        @contextmanager
        def _held(self, context: dg.InitResourceContext) -> Iterator[None]:
            yield

    return Held()
