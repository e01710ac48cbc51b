-- Grain: the counts of one post as one source saw them at one instant.
with source as (
    select * from {{ source('core', 'post_metric_snapshots') }}
)

select
    platform,
    post_id,
    observed_at,
    observed_at_source,
    reposts_lo,
    reposts_hi,
    comments_lo,
    comments_hi,
    likes_lo,
    likes_hi,
    source_name
from source
