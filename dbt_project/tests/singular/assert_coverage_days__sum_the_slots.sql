-- No day claims more than was expected, and days hold every slot.
{{ config(meta={"dagster": {"ref": {"name": "coverage_days"}}}) }}
with days as (
    select
        coalesce(sum(expected_count), 0) as expected,
        coalesce(sum(arrived_count), 0) as arrived,
        coalesce(sum(case when arrived_count > expected_count then 1 else 0 end), 0) as impossible
    from {{ ref('coverage_days') }}
),

slots as (
    select
        count(*) as expected,
        count(*) filter (where not is_gap) as arrived
    from {{ ref('coverage_slots') }}
)

select days.expected
from days
cross join slots
where days.expected <> slots.expected or days.arrived <> slots.arrived or days.impossible > 0
