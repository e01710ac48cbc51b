"""Extract: bytes from the inbox into the archive; the build is opened here, if there is work."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import dagster as dg

from orchestration.defs.origins import ARCHIVE, archive_lineage, archive_schema
from orchestration.defs.resources import OWNERS, POOL, ObservatoryResource
from orchestration.defs.specs import as_lineage, as_table, asset_key
from orchestration.warehouse.opening import Opening, open_night

ARCHIVE_FILES = asset_key(ARCHIVE)


@dg.asset(
    key=ARCHIVE_FILES,
    group_name="extract",
    kinds={"file", "python"},
    owners=OWNERS,
    output_required=False,
    pool=POOL,
    metadata={"dagster/column_schema": archive_schema()},
    description="Every byte that was ever delivered, under its hash. When nothing is new, nothing "
    "comes out and all that follows is skipped: a green run that changed no row.",
)
def archive_files(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource
) -> Iterator[dg.MaterializeResult | dg.AssetObservation]:  # type: ignore[type-arg]
    """Scan the inbox, archive what is new and whole, open a build if one is necessary."""
    with observatory.step(context, "extract") as say:
        night = open_night(observatory.settings(), say)
        say(night.reason)
        for notice in night.extracted.notices:
            context.log.warning(f"not taken: {notice.display} ({notice.reason}): {notice.detail}")
        if night.build is None:
            yield dg.AssetObservation(ARCHIVE_FILES, metadata=_metadata(night))
        else:
            yield dg.MaterializeResult(metadata=_metadata(night))


def _metadata(night: Opening) -> dict[str, Any]:
    delivered, notices = night.extracted.delivered, night.extracted.notices
    return {
        "dagster/row_count": dg.MetadataValue.int(night.archived),
        "dagster/column_lineage": as_lineage(archive_lineage()),
        "decision": dg.MetadataValue.text(night.reason),
        "build_id": dg.MetadataValue.text(night.build.build_id if night.build else "none"),
        "new_files": dg.MetadataValue.int(len(delivered)),
        "new_bytes": dg.MetadataValue.int(sum(file.size for file in delivered)),
        "waiting_files": dg.MetadataValue.int(night.waiting),
        "not_taken": dg.MetadataValue.int(len(notices)),
        "notices": as_table(
            (asdict(notice) for notice in notices), ("display", "source_name", "reason", "detail")
        ),
    }
