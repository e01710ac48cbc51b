"""Page furniture by repetition: lines that an outlet prints under several different articles.

Lines of new articles join those of all before; which of them repeat, and the texts without them,
are a function of all articles, so that the order of arrival makes no difference. core.articles
stays as it was read: stories and figures are read in it.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from orchestration.schemas.tables import (
    ARTICLE_STORIES,
    ARTICLE_TEXTS,
    ARTICLES,
    OUTLET_LINES,
)
from orchestration.warehouse.article_readings import unread_articles

METHOD_VERSION = 1
"""Every change of what follows is a new version: lines are gathered again under it."""
MOST_CHARACTERS = 300
"""Longer lines are paragraphs: one that comes again is quoted, not printed by a template."""
FEWEST_ARTICLES = 3
LEAST_SHARE = 0.1
"""Of the outlet's articles. Articles that tell one story (near-duplicates) count once in both."""

_WORDS = r"\p{L}.*\p{L}"
"""Of a line that says something: rows of stars and numbers of sections also come again."""
_OUTLET = "coalesce(outlet, source_name)"
_LINES = "unnest(string_split(text, chr(10)))"
_KEY = r"lower(regexp_replace(trim({line}), '\s+', ' ', 'g'))"
_HASH = f"('0x' || left(md5({_KEY}), 15))::bigint"


def take_off_furniture(
    connection: duckdb.DuckDBPyConnection, progress: Callable[[str], None] = lambda message: None
) -> None:
    """Bring new articles in, in one transaction; without any, nothing is looked at."""
    with unread_articles(connection, "furniture", METHOD_VERSION):
        if not _is_current(connection):
            connection.execute(f"delete from {OUTLET_LINES.full_name}")
            connection.execute(f"delete from {ARTICLE_TEXTS.full_name}")
        unread = connection.execute("select count(*) from unread_files").fetchone()
        if unread and unread[0]:
            _gather(connection)
            changed = _renew_texts(connection)
            if changed:
                progress(f"{changed} articles hold lines that their outlet repeats")


def _is_current(connection: duckdb.DuckDBPyConnection) -> bool:
    row = connection.execute(
        "select count(*) > 0 from quality.article_readings where reading = 'furniture'"
    ).fetchone()
    return bool(row and row[0])


def _gather(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""insert into {OUTLET_LINES.full_name}
            with lines as (
              select {_OUTLET} as outlet, article_id, {_LINES} as line
              from {ARTICLES.full_name} semi join unread_files using (file_id)
              where text is not null
            ), hashed as (
              select distinct outlet, {_HASH.format(line="line")} as line_hash, article_id
              from lines
              where length(line) <= {MOST_CHARACTERS} and regexp_matches(line, '{_WORDS}')
            )
            select hashed.* from hashed
            anti join {OUTLET_LINES.full_name} using (outlet, line_hash, article_id)
            order by all"""
    )


def _renew_texts(connection: duckdb.DuckDBPyConnection) -> int:
    """Make anew the texts of articles whose repeated lines, or whose versions, are others now."""
    connection.execute(
        f"""create temp table repeated_lines as
            with units as (
              select outlet, line_hash, article_id, coalesce(story_id, article_id) as unit
              from {OUTLET_LINES.full_name} left join {ARTICLE_STORIES.full_name} using (article_id)
            ), totals as (
              select outlet, count(distinct unit) as articles from units group by outlet
            ), found as (
              select outlet, line_hash, count(distinct unit) as articles from units
              group by outlet, line_hash having count(distinct article_id) >= {FEWEST_ARTICLES}
            )
            select units.article_id, units.line_hash
            from units join found using (outlet, line_hash) join totals using (outlet)
            where found.articles >= {FEWEST_ARTICLES}
              and found.articles >= {LEAST_SHARE} * totals.articles
            group by all"""
    )
    connection.execute(
        f"""create temp table changed_articles as
            with now as (
              select article_id, md5(string_agg(line_hash::varchar, ',' order by line_hash)) as key
              from repeated_lines group by article_id
            )
            select coalesce(now.article_id, old.article_id) as article_id
            from now full join {ARTICLE_TEXTS.full_name} as old using (article_id)
            where now.key is distinct from old.repeated_lines_key
            union
            select article_id from {ARTICLES.full_name} semi join unread_files using (file_id)
            where article_id in (select article_id from now)"""
    )
    connection.execute(
        f"""delete from {ARTICLE_TEXTS.full_name}
            where article_id in (select article_id from changed_articles)"""
    )
    connection.execute(_TEXTS)
    row = connection.execute(
        f"""select count(*) from {ARTICLE_TEXTS.full_name}
            semi join changed_articles using (article_id)"""
    ).fetchone()
    connection.execute("drop table repeated_lines")
    connection.execute("drop table changed_articles")
    return int(row[0]) if row else 0


_TEXTS = f"""insert into {ARTICLE_TEXTS.full_name} by name
with chosen as (
  select article_id, text, stripped_text
  from {ARTICLES.full_name} semi join changed_articles using (article_id)
  where text is not null
    and article_id in (select article_id from repeated_lines)
  qualify row_number() over (
    partition by article_id order by observed_at desc, text, stripped_text nulls last
  ) = 1
), keys as (
  select article_id, md5(string_agg(line_hash::varchar, ',' order by line_hash)) as key
  from repeated_lines semi join changed_articles using (article_id) group by article_id
), lines as (
  select article_id, unnest(string_split(text, chr(10))) as line,
         generate_subscripts(string_split(text, chr(10)), 1) as place
  from chosen
), marked as (
  select lines.article_id, line, place, repeated.line_hash is not null as is_repeated
  from lines left join repeated_lines as repeated
    on repeated.article_id = lines.article_id
   and repeated.line_hash = {_HASH.format(line="line")}
), parts as (
  select article_id,
         trim(string_agg(line, chr(10) order by place) filter (where not is_repeated), chr(10))
           as kept,
         string_agg(line, chr(10) order by place) filter (where is_repeated) as taken,
         count(*) filter (where is_repeated) as repeated_lines_count
  from marked group by article_id
)
select article_id,
       -- A text of nothing else stays: something must have been meant by it.
       if(coalesce(kept, '') = '', text, kept) as text,
       if(coalesce(kept, '') = '', stripped_text, concat_ws(chr(10), taken, stripped_text))
         as stripped_text,
       if(coalesce(kept, '') = '', 0, repeated_lines_count) as repeated_lines_count,
       key as repeated_lines_key
from parts join chosen using (article_id) join keys using (article_id)"""
