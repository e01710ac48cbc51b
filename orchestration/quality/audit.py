"""The audit of one build: everything is asked, everything is written down, nothing is hidden."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.quality import conservation, expectations
from orchestration.quality.results import Check, CheckResult, read_results, write_results
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.warehouse.builds import Build
from orchestration.warehouse.connect import open_work

CHECKS: tuple[Check, ...] = (*expectations.CHECKS, *conservation.CHECKS)
"""Every check that the audit runs itself; dbt's tests are known to dbt."""


def audit(
    settings: Settings, build: Build, progress: Callable[[str], None] = lambda message: None
) -> list[CheckResult]:
    """Run expectations and conservation and write their answers; returns all answers of the
    build, those of dbt included. Failed checks do not raise: they keep `publish` from publishing.
    """
    with open_work(settings.root.warehouse) as connection:
        counted = conservation.conservation_results(
            connection, build.build_id, Archive(settings.root.archive)
        )
        write_results(connection, build.build_id, "conservation", counted)
        progress(_tally("conservation", counted))
        judged = expectations.expectation_results(
            connection, build.build_id, settings.clock.now(), settings.root.published
        )
        write_results(connection, build.build_id, "great_expectations", judged)
        progress(_tally("great expectations", judged))
        return read_results(connection, build.build_id)


def _tally(what: str, results: list[CheckResult]) -> str:
    failed = sum(not result.passed for result in results)
    return f"{what}: {len(results)} checks, {failed} failed"
