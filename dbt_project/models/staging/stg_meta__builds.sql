-- Grain: one build that reached its audit.
with source as (
    select * from {{ source('meta', 'builds') }}
)

select
    build_id,
    outcome
from source
