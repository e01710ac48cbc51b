-- Grain: one editor's word on whether a post speaks of a title.
with source as (
    select * from {{ source('core', 'reviewed_links') }}
)

select
    platform,
    post_id,
    title_key,
    decision,
    reviewer,
    note
from source
