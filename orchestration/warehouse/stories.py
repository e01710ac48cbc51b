"""Near-duplicate articles in the warehouse: anchors, pairs, and the stories that follow from them.

New articles are compared with all whose anchors they share within a week, whichever came first, so
that the order of arrival makes no difference. An article without a time of publication is in none.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import polars as pl

from orchestration.schemas.tables import (
    ARTICLE_ANCHORS,
    ARTICLE_PAIRS,
    ARTICLE_STORIES,
    ARTICLES,
)
from orchestration.stories.grouping import WINDOW_DAYS, allowed_pairs, stories
from orchestration.stories.near_duplicates import (
    METHOD_VERSION,
    anchors,
    shingles,
    similar_pairs,
)
from orchestration.stories.numbers import differing_pairs
from orchestration.warehouse.article_readings import frame_of, unread_articles
from orchestration.warehouse.load import touch_days
from orchestration.warehouse.statements import insert_rows, rows_of

ARTICLES_AT_ONCE = 500
PAIRS_AT_ONCE = 2_000

_TEXTS = f"""select article_id, title, text, min(file_sha256 || ':' || record_number) as version
    from {ARTICLES.full_name} semi join {{chosen}}
    where published_at is not null and text is not null
    group by article_id, title, text"""
_PUBLISHED = f"""select article_id, min(coalesce(outlet, source_name)) as outlet,
           min(published_at) as published_at,
           min(timezone('Asia/Shanghai', published_at)::date) as published_date
    from {ARTICLES.full_name} semi join {{chosen}} using (article_id)
    where published_at is not null
    group by article_id"""
"""The outlet is that of `furniture.py`: where none is known, the source stands for it."""


def group_new_articles(
    connection: duckdb.DuckDBPyConnection,
    build_id: str,
    progress: Callable[[str], None] = lambda message: None,
) -> None:
    """Bring new articles into stories, in one transaction. Days on which articles of another story
    than before were published are touched: titles of one story do not compete for links."""
    with unread_articles(connection, "stories", METHOD_VERSION):
        if not _is_current(connection):
            for table in (ARTICLE_ANCHORS, ARTICLE_PAIRS):
                connection.execute(f"delete from {table.full_name}")
        _anchor(connection)
        if _pair(connection):
            found = _renew_stories(connection, build_id)
            progress(f"{found} articles tell a story that another one tells")


def _is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any delivery was read under this method; else all are unread, and begin anew."""
    row = connection.execute(
        "select count(*) > 0 from quality.article_readings where reading = 'stories'"
    ).fetchone()
    return bool(row and row[0])


def _anchor(connection: duckdb.DuckDBPyConnection) -> None:
    reader = connection.execute(
        _TEXTS.format(chosen="unread_files using (file_id)")
    ).to_arrow_reader(ARTICLES_AT_ONCE)
    empty = pl.DataFrame(schema={"article_id": pl.String, "anchor": pl.Int64})
    found = pl.concat([empty, *(anchors(shingles(frame_of(batch))) for batch in reader)]).unique()
    with rows_of(connection, found) as rows:
        connection.execute(f"create temp table found_anchors as select * from {rows}")
    # With the anchors of other versions: a version may also have moved the day of publication.
    connection.execute(
        f"""create temp table new_anchors as
            with days as (
              select article_id,
                     min(timezone('Asia/Shanghai', published_at)::date) as published_date
              from {ARTICLES.full_name}
              where published_at is not null
                and article_id in (select article_id from found_anchors)
              group by article_id
            ), every as (
              select anchor, article_id from found_anchors
              union
              select anchor, article_id from {ARTICLE_ANCHORS.full_name}
              where article_id in (select article_id from found_anchors)
            )
            select anchor, article_id, published_date from every join days using (article_id)"""
    )
    connection.execute("drop table found_anchors")
    connection.execute(
        f"""delete from {ARTICLE_ANCHORS.full_name}
            where article_id in (select article_id from new_anchors)"""
    )
    connection.execute(f"insert into {ARTICLE_ANCHORS.full_name} select * from new_anchors")


def _pair(connection: duckdb.DuckDBPyConnection) -> bool:
    """Compare new articles with those that share an anchor; returns whether any pair is another.

    Pairs of new versions of known articles are found anew, for their texts, days and outlets may
    be others.
    """
    candidates = connection.execute(
        f"""select distinct least(n.article_id, o.article_id) as article_id,
                   greatest(n.article_id, o.article_id) as other_article_id
            from new_anchors as n join {ARTICLE_ANCHORS.full_name} as o using (anchor)
            where n.article_id <> o.article_id
              and abs(date_diff('day', n.published_date, o.published_date)) <= {WINDOW_DAYS}
            order by all"""
    ).pl()
    dropped = connection.execute(
        f"""delete from {ARTICLE_PAIRS.full_name}
            where article_id in (select article_id from new_anchors)
               or other_article_id in (select article_id from new_anchors)
            returning article_id"""
    ).fetchall()
    connection.execute("drop table new_anchors")
    found = 0
    for part in candidates.iter_slices(PAIRS_AT_ONCE):
        similar = _compared(connection, part)
        insert_rows(connection, ARTICLE_PAIRS.full_name, similar)
        found += similar.height
    return bool(found or dropped)


def _compared(connection: duckdb.DuckDBPyConnection, candidates: pl.DataFrame) -> pl.DataFrame:
    """Of candidate pairs those that may be one story, with their similarity."""
    either = pl.concat([candidates["article_id"], candidates["other_article_id"]]).unique()
    with rows_of(connection, either.to_frame()) as rows:
        connection.execute(f"create or replace temp table compared as select * from {rows}")
    # By row, so that old texts are not read: what is compared is of the last days.
    connection.execute(
        f"""create or replace temp table compared_rows as
            select rowid as place from {ARTICLES.full_name}
            semi join compared using (article_id)"""
    )
    chosen = f"compared_rows on {ARTICLES.name}.rowid = place"
    texts = connection.execute(_TEXTS.format(chosen=chosen)).pl()
    published = connection.execute(_PUBLISHED.format(chosen="compared")).pl()
    similar = similar_pairs(candidates, shingles(texts))
    return allowed_pairs(similar, differing_pairs(similar, texts), published)


def _renew_stories(connection: duckdb.DuckDBPyConnection, build_id: str) -> int:
    pairs = connection.sql(
        f"select article_id, other_article_id, similarity from {ARTICLE_PAIRS.full_name}"
    ).pl()
    either = f"""(select article_id from {ARTICLE_PAIRS.full_name}
                  union select other_article_id from {ARTICLE_PAIRS.full_name})"""
    published = connection.execute(_PUBLISHED.format(chosen=either)).pl()
    found = stories(pairs, published).select(ARTICLE_STORIES.column_names)
    _touch_moved(connection, found, build_id)
    connection.execute(f"delete from {ARTICLE_STORIES.full_name}")
    insert_rows(connection, ARTICLE_STORIES.full_name, found)
    return found.height


def _touch_moved(connection: duckdb.DuckDBPyConnection, found: pl.DataFrame, build_id: str) -> None:
    """Enter the days of articles that are in another story than before, or in none any more."""
    stands = f"select article_id, story_id from {ARTICLE_STORIES.full_name}"
    with rows_of(connection, found) as rows:
        now = f"select article_id, story_id from {rows}"
        moved = f"select article_id from (({stands} except {now}) union ({now} except {stands}))"
        moments = f"select published_at as moment from {ARTICLES.full_name}"
        touch_days(
            connection, ARTICLE_STORIES, f"{moments} where article_id in ({moved})", build_id
        )
