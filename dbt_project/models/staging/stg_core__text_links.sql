-- Grain: one official post and one title that it speaks of by its text.
with source as (
    select * from {{ source('core', 'text_links') }}
)

select
    platform,
    post_id,
    title_key,
    link_state,
    link_method,
    link_probability,
    evidence
from source
