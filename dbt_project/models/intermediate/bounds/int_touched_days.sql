-- Grain: one local day of one core table whose rows the incremental models have yet to take in.
-- Days count from every build that was not published, not only from this one: a night that was
-- refused or died has changed core, and its days must not be lost. Taking a day in twice is
-- harmless.
with touched as (
    select * from {{ ref('stg_meta__touched_days') }}
),

published as (
    select build_id from {{ ref('stg_meta__builds') }} where outcome = 'published'
),

pending as (
    select distinct
        touched.table_name,
        touched.observed_date
    from touched
    left join published on touched.build_id = published.build_id
    where published.build_id is null or touched.build_id = {{ build_id() }}
)

select
    table_name,
    observed_date,
    {{ local_midnight('observed_date') }} as starts_at,
    {{ local_midnight(add_days('observed_date', 1)) }} as ends_at
from pending
