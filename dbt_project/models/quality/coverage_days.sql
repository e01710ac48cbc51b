-- Grain: one source on one local day on which a collection of it was expected.
with slots as (
    select * from {{ ref('coverage_slots') }}
),

days as (
    select
        source_name,
        observed_date,
        count(*) as expected_count,
        count(*) filter (where not is_gap) as arrived_count
    from slots
    group by source_name, observed_date
)

select
    source_name,
    observed_date,
    expected_count,
    arrived_count,
    cast(arrived_count as double) / expected_count as coverage,
    arrived_count = 0 as is_gap,
    {{ build_id() }} as build_id
from days
