"""Assembly only: assets, checks, job, schedule, sensors, resources. Policies live in `defs/`.

`build_defs(overrides)` is the same assembly for production, the command line and tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.defs import audit, automation, clean, diffusion, extract, linking, model, publish
from orchestration.defs.resources import ObservatoryResource


def build_defs(overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """All definitions; `overrides` replaces resources by name (observatory, dbt)."""
    return dg.Definitions(
        assets=[
            extract.archive_files,
            clean.cleaned_tables,
            linking.text_links,
            model.models,
            diffusion.diffusion_fits,
            audit.check_results,
            publish.publication,
        ],
        asset_checks=[audit.audit_checks],
        jobs=[automation.nightly],
        schedules=[automation.nightly_schedule],
        sensors=[automation.inbox_sensor, automation.failure_alert],
        resources={
            "observatory": ObservatoryResource(),
            "dbt": model.dbt_resource(),
            **(overrides or {}),
        },
        executor=dg.in_process_executor,
    )


defs = build_defs()
