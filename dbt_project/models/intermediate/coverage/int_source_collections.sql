-- Grain: one collection that a source made: a hot list in a slot, or anything on a local day.
with hot_lists as (
    select distinct
        source_name,
        slot_at,
        slot_date as observed_date
    from {{ ref('stg_core__hot_topic_slots') }}
),

list_sources as (
    select distinct source_name from hot_lists
),

other_days as (
    select
        days.source_name,
        {{ local_midnight('days.observed_date') }} as slot_at,
        days.observed_date
    from {{ ref('int_source_days_observed') }} as days
    -- A source that delivers hot lists is judged by their rhythm alone.
    left join list_sources on days.source_name = list_sources.source_name
    where list_sources.source_name is null
)

select
    source_name,
    slot_at,
    observed_date,
    true as is_hot_list
from hot_lists
union all
select
    source_name,
    slot_at,
    observed_date,
    false as is_hot_list
from other_days
