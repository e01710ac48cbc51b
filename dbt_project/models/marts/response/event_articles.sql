-- Grain: one article of one event: ten outlets with one story are one event with ten articles.
select
    'article:' || {{ short_hash('story_id') }} as event_id,
    article_id,
    coalesce(outlet, source_name) as outlet,
    title,
    url,
    published_at,
    row_number() over (
        partition by story_id
        order by
            case when is_time_trusted then 0 else 1 end,
            published_hi_at,
            published_lo_at,
            article_id
    ) = 1 as is_first,
    {{ build_id() }} as build_id
from {{ ref('int_article_versions_chosen') }}
