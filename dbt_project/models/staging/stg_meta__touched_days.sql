-- Grain: one local day of one core table that a build changed.
with source as (
    select * from {{ source('meta', 'touched_days') }}
)

select
    build_id,
    table_name,
    observed_date
from source
