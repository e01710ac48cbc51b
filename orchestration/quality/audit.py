"""The audit of one build: everything is asked, everything is written down, nothing is hidden."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.cleaning.people import Door
from orchestration.quality import conservation, expectations, profiles
from orchestration.quality.results import Check, CheckResult, read_results, write_results
from orchestration.schemas.tables import Table
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.warehouse.builds import Build
from orchestration.warehouse.connect import open_work

CHECKS: tuple[Check, ...] = (*expectations.CHECKS, *conservation.CHECKS)
"""Every check that the audit runs itself; dbt's tests are known to dbt."""


_EXAMINED = {
    "quality.file_ledger": (
        "file_sha256", "container_sha256", "bytes", "source_name", "records_in", "records_loaded",
        "records_duplicate", "records_quarantined", "observed_from", "observed_to",
    ),
    "quality.quarantine": ("records",),
    "quality.coverage_days": ("is_gap",),
    "main.accounts": ("account_kind", "admin_level"),
}  # fmt: skip


def examined(table: Table) -> list[str]:
    """The columns that the audit looks at, as far as that is the same every night: keys, bounds
    of counts, shares, instants, what names the file or the build, and what single checks ask for.
    dbt's tests look at more."""
    asked = {*table.key, "file_id", "build_id", *_EXAMINED.get(table.full_name, ())}
    asked |= {f"{stem}_{end}" for stem in profiles.counts(table) for end in ("lo", "hi")}
    asked |= {*profiles.shares(table), *profiles.past_instants(table)}
    return [name for name in table.column_names if name in asked]


def audit(
    settings: Settings, build: Build, progress: Callable[[str], None] = lambda message: None
) -> list[CheckResult]:
    """Run expectations and conservation and write their answers; returns all answers of the
    build, those of dbt included. Failed checks do not raise: they keep `publish` from publishing.
    """
    with open_work(settings.root.warehouse) as connection:
        counted = conservation.conservation_results(
            connection, build.build_id, Archive(settings.root.archive),
            Door(settings.pseudonym_key()),
        )  # fmt: skip
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
