-- Grain: one story that articles tell: articles of nearly the same text within days, or one alone.
-- Its onset is the earliest publication by a time that can be trusted; where no article of the story
-- has one, the earliest at all. Title and source are those of that article.
with articles as (
    select
        *,
        coalesce(is_time_trusted or not max(is_time_trusted) over (partition by story_id), true) as is_counted,
        row_number() over (
            partition by story_id
            order by
                case when is_time_trusted then 0 else 1 end,
                published_hi_at,
                published_lo_at,
                article_id
        ) as article_order
    from {{ ref('int_article_versions_chosen') }}
)

select
    'article:' || {{ short_hash('story_id') }} as event_id,
    'article' as event_type,
    max(title) filter (where article_order = 1) as title,
    max(title_key) filter (where article_order = 1) as topic_key,
    -- Of several bounded times the first lies between the least of either bound.
    min(published_lo_at) filter (where is_counted) as onset_lo_at,
    min(published_hi_at) filter (where is_counted) as onset_hi_at,
    max(last_seen_at) as last_seen_at,
    max(coalesce(outlet, source_name)) filter (where article_order = 1) as source,
    max(lead_text) filter (where article_order = 1) as lead_text,
    count(*) as articles_count,
    count(distinct coalesce(outlet, source_name)) as outlets_count
from articles
group by story_id
