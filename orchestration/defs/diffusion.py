"""Diffusion: curves fitted to the growth marts, between the models and the audit."""

import dagster as dg

from orchestration.defs.origins import fits_lineage
from orchestration.defs.resources import POOL, ObservatoryResource
from orchestration.defs.specs import asset_key, table_spec, traced
from orchestration.growth.fits import renew_fits
from orchestration.schemas.tables import DIFFUSION_FITS, TABLES
from orchestration.warehouse.builds import current_build
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.statements import count_rows

GROWTH = asset_key(TABLES["main.account_growth"].full_name)
BOUNDS = asset_key("intermediate.int_observation_bounds")


@dg.multi_asset(
    name="diffusion_fits",
    specs=[
        table_spec(DIFFUSION_FITS, group="model", kinds={"python", "duckdb"}, deps=[GROWTH, BOUNDS])
    ],
    pool=POOL,
)
def diffusion_fits(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Fit the series that changed; keep the fits of the others."""
    settings = observatory.settings()
    with observatory.step(context, "model") as say:
        with open_work(settings.root.warehouse) as connection:
            build = current_build(connection)
            fitted, kept = renew_fits(connection, build.build_id)
            rows = count_rows(connection, DIFFUSION_FITS.full_name)
        say(f"curves of diffusion: {fitted} series fitted, {kept} unchanged")
    return dg.MaterializeResult(
        asset_key=asset_key(DIFFUSION_FITS.full_name),
        metadata={
            "dagster/row_count": dg.MetadataValue.int(rows),
            "build_id": dg.MetadataValue.text(build.build_id),
            "series_fitted": dg.MetadataValue.int(fitted),
            "series_unchanged": dg.MetadataValue.int(kept),
            **traced(fits_lineage()),
        },
    )
