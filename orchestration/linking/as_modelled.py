"""What linking must take as the models of dbt do, which run after it: the version of a post that
counts, and the latest instant at which an article may have been published. SQL of DuckDB; tests
hold it against the models.
"""

from __future__ import annotations

VERSION_ORDER = """
    case posted_at_precision
        when 'second' then 1 when 'minute' then 2 when 'hour' then 3 when 'day' then 4 else 5
    end nulls last,
    observed_at desc nulls last,
    posted_at nulls last,
    md5(coalesce(text, '')) nulls last,
    file_sha256 desc nulls last,
    record_number desc nulls last,
    file_id desc nulls last
"""
"""Versions of a post in core.posts, the one that counts first (int_post_versions_chosen.sql)."""

PUBLISHED_HI = """
    case published_at_precision
        when 'day' then case
            when cast(timezone(sources.timezone, published_at - interval 1 second) as date)
                < cast(timezone(sources.timezone, published_at) as date)
                then timezone(
                    sources.timezone,
                    date_trunc('day', timezone(sources.timezone, published_at))
                    + interval 86399 seconds
                )
            else published_at + interval 86399 seconds
        end
        when 'hour' then published_at + interval 3599 seconds
        else published_at
    end
"""
"""Latest instant that published_at of core.articles may mean (macro latest_instant): articles
begin with it as events, and windows of links are counted from it. A day of another zone may end on
the Shanghai day after that of published_at."""

ARTICLES = f"""(
    select articles.*, {PUBLISHED_HI} as published_hi_at
    from core.articles as articles
    left join meta.sources as sources on articles.source_name = sources.source_name
)"""
"""core.articles with the latest instant at which each may have been published."""
