"""The job `nightly` in this process, for the command line: the same run that the schedule starts.

Dagster keeps its history, so that the run shows in the UI; what it would print stays there.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from orchestration.paths import PROJECT_ROOT, DataRoot
from orchestration.quality.results import CheckResult, read_results
from orchestration.settings import Settings
from orchestration.sources.inbox import walk
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.lock import WarehouseBusyError, run_lock

if TYPE_CHECKING:
    from dagster import DagsterInstance, ExecuteInProcessResult

Outcome = Literal["published", "nothing_new", "refused", "failed", "busy"]
Progress = Callable[[str], None]

JOB = "nightly"
_MODULE = "orchestration.definitions"
_LOCATION = {".dagster/repository": f"__repository__@{_MODULE}"}
"""What the UI files a run under; a run of the schedule has it too."""


_CHATTER = ("dagster", "dagster._core.execution.plan.active")
"""Loggers whose lines are in the run's own log. The second warns, on a night with nothing new,
that a skipped check did not gate the step that is skipped with it."""


@dataclass(frozen=True)
class Intake:
    """What the files of a build held."""

    files: int = 0
    records_in: int = 0
    records_loaded: int = 0
    records_duplicate: int = 0
    records_quarantined: int = 0


@dataclass(frozen=True)
class NightlyOutcome:
    """How one night ended.

    published: readers have a new build. nothing_new: nothing changed, on purpose. refused: a
    check of severity error failed, readers keep the last good build. failed: something broke,
    likewise. busy: another run holds the warehouse; message names its process and start.
    """

    outcome: Outcome
    message: str
    build_id: str | None = None
    run_id: str | None = None
    intake: Intake = field(default_factory=Intake)
    failed_checks: tuple[CheckResult, ...] = ()


def prepare_dagster_home(settings: Settings) -> Path:
    """Make Dagster's folder with our dagster.yaml, and point DAGSTER_HOME to it."""
    home = settings.root.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    source, target = PROJECT_ROOT / "orchestration" / "dagster.yaml", home / "dagster.yaml"
    if not target.exists() or target.read_bytes() != source.read_bytes():
        shutil.copyfile(source, target)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def nothing_to_read(root: DataRoot) -> str | None:
    """Why a run would read nothing at all, and what to do; None where there is anything.

    A mistyped data root would otherwise be made, built and published empty.
    """
    has_files = root.inbox.is_dir() and next(walk(root.inbox), None) is not None
    has_archive = root.archive.is_dir() and any(root.archive.iterdir())
    if root.sources_file.exists() or has_files or has_archive:
        return None
    return (
        f"nothing to read in {root.home}: it has no sources.yaml, no file in inbox/ and no "
        "archive/. If the path is mistyped, set OBSERVATORY_HOME; if it is new, put files into "
        f"{root.inbox}/<source>/, then type: observatory run (the sample: observatory demo)"
    )


def run_nightly(settings: Settings, progress: Progress = lambda message: None) -> NightlyOutcome:
    """Run the job once; never raises for what can go wrong with data, files or other runs."""
    try:
        with run_lock(settings.root.lock, settings.clock):
            return _run(settings, progress)
    except WarehouseBusyError as error:
        return NightlyOutcome("busy", str(error))


def _run(settings: Settings, progress: Progress) -> NightlyOutcome:
    from orchestration.sources.declarations import DeclarationError
    from orchestration.sources.extract import read_declarations

    try:
        read_declarations(settings)
    except DeclarationError as error:
        return _undeclared(settings, str(error))
    prepare_dagster_home(settings)
    progress("starting Dagster")
    import dagster as dg

    from orchestration.definitions import build_defs
    from orchestration.defs.resources import held_resource, reap_dead_runs

    before = _newest_build(settings)
    with dg.DagsterInstance.get() as instance, _silenced():
        reap_dead_runs(instance, None)
        _file_under_the_location(instance)
        job = build_defs({"observatory": held_resource(settings, progress)}).resolve_job_def(JOB)
        result = job.execute_in_process(
            instance=instance, raise_on_error=False, tags=_LOCATION,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )  # fmt: skip
        return _outcome(settings, instance, result, before)


def _file_under_the_location(instance: DagsterInstance) -> None:
    """Let the run say of which code location it is, as one that the UI starts does: the timeline of
    the UI shows no others. `execute_in_process` cannot be told."""
    from dagster._core.remote_origin import (
        ManagedGrpcPythonEnvCodeLocationOrigin,
        RemoteJobOrigin,
        RemoteRepositoryOrigin,
    )
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

    target = LoadableTargetOrigin(
        executable_path=sys.executable, module_name=_MODULE, working_directory=str(PROJECT_ROOT)
    )
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, location_name=_MODULE)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), JOB)
    create: Any = partial(instance.create_run_for_job, remote_job_origin=origin)
    instance.create_run_for_job = create  # type: ignore[method-assign]


def _outcome(
    settings: Settings,
    instance: DagsterInstance,
    result: ExecuteInProcessResult,
    before: str | None,
) -> NightlyOutcome:
    """What the run left in the warehouse is what happened; Dagster only knows whether it ended."""
    build_id = _newest_build(settings)
    if not result.success:
        return _failure(settings, instance, result.run_id, build_id if build_id != before else None)
    if build_id is None or build_id == before:
        return NightlyOutcome("nothing_new", _decision(result), build_id, result.run_id)
    intake, failed = _facts(settings, build_id)
    message = f"build {build_id} is published"
    if intake.records_quarantined or failed:
        message += (
            f"; {intake.records_quarantined} records quarantined, {len(failed)} warnings: "
            "observatory status"
        )
    return NightlyOutcome("published", message, build_id, result.run_id, intake, failed)


def _undeclared(settings: Settings, message: str) -> NightlyOutcome:
    """A sources.yaml that cannot work is told at once: there is no run of Dagster to look at."""
    from orchestration.defs.resources import write_failure

    write_failure(settings, stage="extract", message=message, run_id=None, build_id=None)
    return NightlyOutcome("failed", f"extract: {message}")


def _failure(
    settings: Settings, instance: DagsterInstance, run_id: str, build_id: str | None
) -> NightlyOutcome:
    from orchestration.defs.resources import read_failure, write_failure

    failure = read_failure(settings.root.last_failure)
    if failure is None or failure.get("run_id") != run_id:
        message = _last_words(instance, run_id)
        write_failure(settings, stage="run", message=message, run_id=run_id, build_id=build_id)
        return NightlyOutcome("failed", message, build_id, run_id)
    message = f"{failure['stage']}: {failure['message']}"
    if build_id is None:
        return NightlyOutcome("failed", message, None, run_id)
    refused = _build_outcome(settings, build_id) == "refused"
    return NightlyOutcome(
        "refused" if refused else "failed", message, build_id, run_id, *_facts(settings, build_id)
    )


def _last_words(instance: DagsterInstance, run_id: str) -> str:
    """The error of a run that broke outside of every step."""
    messages = [
        entry.dagster_event.message
        for entry in instance.all_logs(run_id)
        if entry.dagster_event is not None and entry.dagster_event.is_failure
    ]
    return next((message for message in messages if message), "the run failed without a message")


def _decision(result: ExecuteInProcessResult) -> str:
    """Why there was nothing to do, as extract observed it."""
    for event in result.all_events:
        if event.event_type_value == "ASSET_OBSERVATION":
            found = event.asset_observation_data.asset_observation.metadata.get("decision")
            if found is not None:
                return str(found.value)
    return "nothing new"


def _newest_build(settings: Settings) -> str | None:
    if not settings.root.warehouse.exists():
        return None
    with open_work(settings.root.warehouse) as connection:
        row = connection.execute("select max(build_id) from meta.builds").fetchone()
    return row[0] if row else None


def _build_outcome(settings: Settings, build_id: str) -> str | None:
    with open_work(settings.root.warehouse) as connection:
        row = connection.execute(
            "select outcome from meta.builds where build_id = $1", [build_id]
        ).fetchone()
    return row[0] if row else None


def _facts(settings: Settings, build_id: str) -> tuple[Intake, tuple[CheckResult, ...]]:
    """What a build took in, and which of its checks failed."""
    with open_work(settings.root.warehouse) as connection:
        row = connection.execute(
            """select count(*), sum(records_in)::bigint, sum(records_loaded)::bigint,
                      sum(records_duplicate)::bigint, sum(records_quarantined)::bigint
               from quality.file_ledger where build_id = $1""",
            [build_id],
        ).fetchone()
        results = read_results(connection, build_id)
    intake = Intake(*(int(value or 0) for value in row)) if row else Intake()
    return intake, tuple(result for result in results if not result.passed)


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep standard output for results: what dbt prints is in the run's log in the UI."""
    for name in _CHATTER:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    sys.stdout.flush()
    try:
        kept, null = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no standard output to keep clean
        yield
        return
    try:
        os.dup2(null, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(null)
