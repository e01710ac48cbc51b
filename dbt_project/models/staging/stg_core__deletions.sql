-- Grain: one post that a collector found missing, with the interval in which it went.
with source as (
    select * from {{ source('core', 'deletions') }}
)

select
    platform,
    post_id,
    seen_until_at,
    missing_at,
    account_state as post_state,
    observed_at
from source
