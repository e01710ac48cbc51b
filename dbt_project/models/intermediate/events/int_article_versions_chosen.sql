-- Grain: one article with a known time of publication, in the version that counts.
-- The version with the most precise time counts, then the one seen latest. A time that was guessed
-- from the page, or is that of a change, is not trusted.
with ranked as (
    select
        *,
        coalesce(published_at_source not in ('htmldate', 'feed_updated'), true) as is_time_trusted,
        max(observed_at) over (partition by article_id) as last_seen_at,
        row_number() over (
            partition by article_id
            order by
                precision_rank nulls last,
                observed_at desc nulls last,
                published_at nulls last,
                title nulls last,
                outlet nulls last,
                file_sha256 nulls last,
                record_number nulls last
        ) as version_order
    from {{ ref('stg_core__articles') }}
    where published_at is not null
)

select
    ranked.article_id,
    coalesce(stories.story_id, ranked.article_id) as story_id,
    ranked.outlet,
    ranked.source_name,
    ranked.title,
    ranked.title_key,
    ranked.url,
    ranked.lead_text,
    ranked.published_at,
    ranked.is_time_trusted,
    {{ earliest_instant('ranked.published_at', 'ranked.published_at_precision') }} as published_lo_at,
    {{ latest_instant('ranked.published_at', 'ranked.published_at_precision', 'sources.timezone') }} as published_hi_at,
    ranked.last_seen_at
from ranked
left join {{ source('quality', 'article_stories') }} as stories on ranked.article_id = stories.article_id
left join {{ ref('stg_meta__sources') }} as sources on ranked.source_name = sources.source_name
where ranked.version_order = 1
