"""Audit: Great Expectations and conservation, as rows of quality.check_results and as asset
checks on the tables they are about.

One check on quality.check_results sums them up and blocks: what fails here never reaches
readers, and `publish` asks the table itself once more.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.origins import results_lineage
from orchestration.defs.resources import POOL, ObservatoryResource, refuse_if_blocked
from orchestration.defs.specs import as_table, asset_key, table_spec, traced
from orchestration.quality.audit import CHECKS, audit
from orchestration.quality.results import Check, CheckResult, blocking, read_results
from orchestration.schemas.tables import (
    ACCOUNT_OVERRIDES,
    CHECK_RESULTS,
    CORE_TABLES,
    FILE_LEDGER,
    FITTED_TABLES,
    MARTS,
    QUARANTINE,
    SCHEMA_DRIFT,
)
from orchestration.warehouse.builds import current_build
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.statements import count_rows

RESULTS = asset_key(CHECK_RESULTS.full_name)
GATE = "errors_are_none"
AUDITED = (
    *CORE_TABLES,
    FILE_LEDGER,
    QUARANTINE,
    SCHEMA_DRIFT,
    ACCOUNT_OVERRIDES,
    *MARTS,
    *FITTED_TABLES,
)
_SHOWN = ("tool", "table_name", "check_name", "severity", "observed", "expected")

_CONSEQUENCE = {
    "error": f"Severity error: keeps the build from its readers, through the check {GATE}.",
    "warn": "Severity warn: reported, blocks nothing.",
}

SPECS = [
    dg.AssetCheckSpec(
        name=check.check_name,
        asset=asset_key(check.table_name),
        description=f"{check.expected}. {_CONSEQUENCE[check.severity]}",
        additional_deps=[RESULTS],
        metadata={"tool": check.tool, "severity": check.severity},
    )
    for check in CHECKS
]
GATE_SPEC = dg.AssetCheckSpec(
    name=GATE,
    asset=RESULTS,
    description="No check of severity error has failed, whatever tool it belongs to.",
    blocking=True,
)


@dg.multi_asset(
    name="check_results",
    specs=[
        table_spec(
            CHECK_RESULTS, group="audit", kinds={"greatexpectations", "duckdb"},
            deps=[asset_key(table.full_name) for table in AUDITED],
        )
    ],
    pool=POOL,
)  # fmt: skip
def check_results(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Ask everything, write down every answer; dbt's were written when dbt ended."""
    settings = observatory.settings()
    with observatory.step(context, "audit") as say:
        with open_work(settings.root.warehouse) as connection:
            build = current_build(connection)
        results = audit(settings, build, say)
        with open_work(settings.root.warehouse) as connection:
            rows = count_rows(connection, CHECK_RESULTS.full_name)
        for result in results:
            if not result.passed:
                say(result.sentence())
    failed = [result for result in results if not result.passed]
    return dg.MaterializeResult(
        asset_key=RESULTS,
        metadata={
            "dagster/row_count": dg.MetadataValue.int(rows),
            "build_id": dg.MetadataValue.text(build.build_id),
            "answers": dg.MetadataValue.int(len(results)),
            "failed_errors": dg.MetadataValue.int(len(blocking(failed))),
            "failed_warnings": dg.MetadataValue.int(len(failed) - len(blocking(failed))),
            "failed": as_table((vars(result) for result in failed), _SHOWN),
            **traced(results_lineage(AUDITED)),
        },
    )


@dg.multi_asset_check(name="audit_checks", specs=[*SPECS, GATE_SPEC], pool=POOL, can_subset=True)
def audit_checks(
    context: dg.AssetCheckExecutionContext, observatory: ObservatoryResource
) -> Iterator[dg.AssetCheckResult]:
    """Show the answers on the tables they are about, or on those that are asked for."""
    wanted = context.selected_asset_check_keys
    settings = observatory.settings()
    with observatory.step(context, "audit"), open_work(settings.root.warehouse) as connection:
        build = current_build(connection)
        results = read_results(connection, build.build_id)
    given = {(r.tool, r.table_name, r.check_name): r for r in results}
    for check in CHECKS:
        if dg.AssetCheckKey(asset_key(check.table_name), check.check_name) not in wanted:
            continue
        found = given.get((check.tool, check.table_name, check.check_name))
        yield _as_dagster(found or check.answer(False, "it did not run"))
    if GATE_SPEC.key not in wanted:
        return
    yield _gate(results)
    with observatory.step(context, "audit"):
        refuse_if_blocked(settings, build, results)


def _as_dagster(result: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=asset_key(result.table_name),
        check_name=result.check_name,
        passed=result.passed,
        severity=_severity(result),
        metadata={
            "observed": dg.MetadataValue.text(result.observed),
            "expected": dg.MetadataValue.text(result.expected),
            "tool": dg.MetadataValue.text(result.tool),
        },
    )


def _gate(results: list[CheckResult]) -> dg.AssetCheckResult:
    failed = blocking(results)
    return dg.AssetCheckResult(
        asset_key=RESULTS,
        check_name=GATE,
        passed=not failed,
        metadata={"failed": as_table((vars(result) for result in failed), _SHOWN)},
    )


def _severity(result: Check | CheckResult) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.WARN if result.severity == "warn" else dg.AssetCheckSeverity.ERROR
