"""Linking: official posts compared with titles, after loading and before the models."""

from collections.abc import Iterator

import dagster as dg
import duckdb

from orchestration.cleaning.text import match_key
from orchestration.defs.origins import linking_lineage
from orchestration.defs.resources import POOL, ObservatoryResource
from orchestration.defs.specs import asset_key, table_spec, traced
from orchestration.linking.editors import Known, read_editors
from orchestration.linking.model import model_of
from orchestration.linking.nightly import renew_links
from orchestration.schemas.tables import (
    ARTICLES,
    HOT_TOPIC_SLOTS,
    LINKING_TABLES,
    POSTS,
    TEXT_LINKS,
    TOUCHED_DAYS,
)
from orchestration.warehouse.builds import current_build
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.statements import count_rows


@dg.multi_asset(
    name="text_links",
    specs=[
        table_spec(
            table,
            group="model",
            kinds={"python", "duckdb"},
            deps=[asset_key(t.full_name) for t in (POSTS, HOT_TOPIC_SLOTS, ARTICLES, TOUCHED_DAYS)],
        )
        for table in LINKING_TABLES
    ],
    pool=POOL,
)
def text_links(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource
) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Compare the posts and titles that this build touched; the links of other days stay."""
    settings = observatory.settings()
    with observatory.step(context, "model") as say:
        with open_work(settings.root.warehouse) as connection:
            build = current_build(connection)
            has_aliases = settings.root.event_aliases.exists()
            known = known_titles(connection) if has_aliases else Known(lambda event: None)
            editors = read_editors(settings.root, known)
            done = renew_links(connection, model_of(settings.root), editors, build.build_id)
            rows = {t.full_name: count_rows(connection, t.full_name) for t in LINKING_TABLES}
        say(
            f"links by text: {done.posts} posts of {done.days} days compared, {done.linked} links, "
            f"{done.for_review} for review"
        )
        for line in editors.set_aside:
            say(f"not used: {line.detail}")
    for table in LINKING_TABLES:
        found = {"dagster/row_count": dg.MetadataValue.int(rows[table.full_name])}
        if table is TEXT_LINKS:
            found |= {
                "posts_compared": dg.MetadataValue.int(done.posts),
                "days_linked": dg.MetadataValue.int(done.days),
                "links": dg.MetadataValue.int(done.linked),
                "for_review": dg.MetadataValue.int(done.for_review),
            }
        yield dg.MaterializeResult(
            asset_key=asset_key(table.full_name), metadata=found | traced(linking_lineage(table))
        )


def known_titles(connection: duckdb.DuckDBPyConnection) -> Known:
    """What editors' aliases may name: events of the last build, and no rumours. It looks at every
    title there is, and is asked only where somebody wrote aliases.
    """
    claims = connection.execute("select distinct claim_text from core.rulings").pl()["claim_text"]
    titles = connection.execute(
        "select topic_key from core.hot_topic_slots union select title_key from core.articles"
    ).pl()["topic_key"]
    rumours = frozenset(match_key(claims).drop_nulls()) - frozenset(titles)
    return Known(lambda event: key_of_event(connection, event), rumours)


def key_of_event(connection: duckdb.DuckDBPyConnection, event_id: str) -> str | None:
    """Title key of an event of the last build; None where there is none."""
    try:
        row = connection.execute(
            "select topic_key from main.events where event_id = $1", [event_id]
        ).fetchone()
    except duckdb.CatalogException:
        return None
    return row[0] if row else None
