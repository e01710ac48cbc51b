"""When the job runs, and who is told when it fails.

The job works on state, not on the clock: it takes in whatever the ledger has not seen, so a
missed night, a late file or a second run needs no special case here.
"""

import hashlib
import json
import os
import urllib.request
from collections.abc import Sequence

import dagster as dg

from orchestration.defs.resources import read_failure, reap_if_idle, write_failure
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.sources.extract import read_declarations
from orchestration.sources.inbox import Candidate, scan

WEBHOOK = "OBSERVATORY_ALERT_WEBHOOK"
WEBHOOK_TIMEOUT_SECONDS = 10
INBOX_INTERVAL_SECONDS = 300
ALERT_INTERVAL_SECONDS = 60

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Everything, once: archive, clean, model, audit, publish. Skips whatever has "
    "nothing to do, and never publishes what failed a check.",
)


@dg.schedule(
    name="nightly_schedule",
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at two. After downtime only the newest missed night runs, and takes "
    "in all that waits.",
)
def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a night; a run that was killed must not stand in its way."""
    reap_if_idle(context.instance, Settings.from_environment())
    return dg.RunRequest()


@dg.sensor(
    name="inbox_sensor",
    job=nightly,
    minimum_interval_seconds=INBOX_INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Runs the job as soon as whole new files lie in the inbox, or a live source is to "
    "be asked. Off by default.",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run for one set of new files and waiting sources; the same set is not tried twice."""
    settings = Settings.from_environment()
    reap_if_idle(context.instance, settings)
    found, due = new_files(settings), waiting_sources(settings)
    if not found and not due:
        return dg.SkipReason("nothing new in the inbox, and no live source to ask")
    return dg.RunRequest(run_key=fingerprint(found, due))


def waiting_sources(settings: Settings) -> list[tuple[str, str | None]]:
    """Live sources that are to be asked now, and when they were asked last; asks nobody."""
    declarations = read_declarations(settings)
    if not any(entry.fetch for entry in declarations.by_name.values()):
        return []
    from orchestration.sources.live.poll import due_sources
    from orchestration.sources.live.state import State

    state = State(settings.root.live_state)
    due = due_sources(state, declarations, settings.clock.now())
    return [(declaration.name, polled.asked_at) for declaration, _, polled in due]


def new_files(settings: Settings) -> list[Candidate]:
    """Whole files of the inbox that were not archived yet."""
    patience = read_declarations(settings).patience
    seen = Archive(settings.root.archive).seen()
    found = scan(settings.root.inbox, seen, settings.clock, patience)
    return [item for item in found if isinstance(item, Candidate)]


def fingerprint(files: Sequence[Candidate], due: Sequence[tuple[str, str | None]] = ()) -> str:
    """Equal for the same files in the same state, and the same sources not asked since."""
    state: list[object] = [
        *sorted((file.display, file.bytes, file.modified_ns) for file in files), *due
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


@dg.run_failure_sensor(
    name="failure_alert",
    minimum_interval_seconds=ALERT_INTERVAL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    monitor_all_code_locations=False,
    description="Leaves the last failure for `observatory status`, also when the run could not say "
    f"it itself, and posts it to {WEBHOOK} if that is set.",
)
def failure_alert(context: dg.RunFailureSensorContext) -> None:
    """Record a failed run and tell the webhook."""
    settings = Settings.from_environment()
    run = context.dagster_run
    failure = read_failure(settings.root.last_failure)
    if failure is None or failure.get("run_id") != run.run_id:
        write_failure(
            settings, stage="run", message=context.failure_event.message or "the run failed",
            run_id=run.run_id, build_id=None,
        )  # fmt: skip
        failure = read_failure(settings.root.last_failure)
    address = os.environ.get(WEBHOOK)
    if address and failure:
        post_alert(address, failure)
        context.log.info("alert posted")


def post_alert(address: str, failure: dict[str, object]) -> None:
    """POST the failure as JSON; `text` is what chat systems show."""
    text = f"observatory: {failure['stage']} failed: {failure['message']}"
    body = json.dumps({"text": text, **failure}, ensure_ascii=False).encode()
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"{WEBHOOK} must be an http(s) address")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked above
        address, data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=WEBHOOK_TIMEOUT_SECONDS):  # noqa: S310
        pass
