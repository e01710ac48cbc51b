"""Publish: the audited work file becomes what people read, by one rename."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.audit import RESULTS
from orchestration.defs.origins import builds_lineage, published_lineage
from orchestration.defs.resources import OWNERS, POOL, ObservatoryResource
from orchestration.defs.specs import as_lineage, as_table, asset_key, table_spec, traced
from orchestration.schemas.tables import BUILDS
from orchestration.warehouse.builds import current_build, is_synthetic
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.publish import Published, PublishRefusedError, publish

PUBLISHED = dg.AssetKey(["published", "observatory"])


@dg.multi_asset(
    name="publication",
    specs=[
        dg.AssetSpec(
            PUBLISHED,
            deps=[RESULTS],
            group_name="publish",
            kinds={"duckdb"},
            owners=OWNERS,
            description="The read-only database that people query. It changes only by one atomic "
            "rename after every check passed; on any failure the last good version stays.",
        ),
        table_spec(BUILDS, group="publish", kinds={"duckdb"}, deps=[RESULTS]),
    ],
    pool=POOL,
)
def publication(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource
) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Replace the published file, if everything about the build is sound."""
    settings = observatory.settings()
    with observatory.step(context, "publish") as say:
        with open_work(settings.root.warehouse) as connection:
            build, invented = current_build(connection), is_synthetic(connection)
        try:
            done = publish(settings, build)
        except PublishRefusedError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        upon = f", renewed from {done.renewed_from}" if done.renewed_from else ""
        say(f"{done.build_id}: {done.bytes / 1e6:.1f} MB in {done.path}{upon}")
    yield _publication(done, invented)
    yield dg.MaterializeResult(
        asset_key=asset_key(BUILDS.full_name),
        metadata={
            "dagster/row_count": dg.MetadataValue.int(done.row_counts[BUILDS.full_name]),
            "build_id": dg.MetadataValue.text(done.build_id),
            **traced(builds_lineage()),
        },
    )


def _publication(done: Published, invented: bool) -> dg.MaterializeResult:  # type: ignore[type-arg]
    rows = ({"table": name, "rows": count} for name, count in sorted(done.row_counts.items()))
    return dg.MaterializeResult(
        asset_key=PUBLISHED,
        metadata={
            "build_id": dg.MetadataValue.text(done.build_id),
            "data": dg.MetadataValue.text(
                "SYNTHETIC, for demonstration" if invented else "observed"
            ),
            "path": dg.MetadataValue.path(str(done.path)),
            "bytes": dg.MetadataValue.int(done.bytes),
            "written": dg.MetadataValue.text(
                f"rows touched since {done.renewed_from}; the others are of its release"
                if done.renewed_from
                else "every row"
            ),
            "dagster/row_count": dg.MetadataValue.int(sum(done.row_counts.values())),
            "dagster/column_lineage": as_lineage(published_lineage()),
            "row_counts": as_table(rows, ("table", "rows")),
        },
    )
