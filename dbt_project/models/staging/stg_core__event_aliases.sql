-- Grain: one other wording of a title, given by an editor.
with source as (
    select * from {{ source('core', 'event_aliases') }}
)

select
    title_key,
    alias_key
from source
