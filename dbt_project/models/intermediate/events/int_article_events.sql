-- Grain: one article with a known time of publication.
-- Its version with the most precise time counts, then the one seen latest.
with ranked as (
    select
        *,
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
    'article:' || {{ short_hash('article_id') }} as event_id,
    'article' as event_type,
    title,
    title_key as topic_key,
    {{ earliest_instant('published_at', 'published_at_precision') }} as onset_lo_at,
    {{ latest_instant('published_at', 'published_at_precision') }} as onset_hi_at,
    last_seen_at,
    coalesce(outlet, source_name) as source
from ranked
where version_order = 1
