-- Grain: one expected collection of one source.
-- A source's own rhythm says what to expect: the median distance of its collections. Hot lists
-- are expected at every step between their first and last slot. Any other source is expected
-- daily if its median distance is one day; an irregular one expects only what arrived.
with collections as (
    select
        *,
        {{ epoch_microseconds('slot_at') }} as slot_us,
        lead({{ epoch_microseconds('slot_at') }}) over (
            partition by source_name order by slot_at nulls last
        ) as next_slot_us
    from {{ ref('int_source_collections') }}
),

rhythms as (
    select
        source_name,
        bool_and(is_hot_list) as is_hot_list,
        median(next_slot_us - slot_us) as step_us
    from collections
    group by source_name
),

-- Distances of hardly more than a step hide no slot; the rounding allows for jitter.
gaps as (
    select
        collections.source_name,
        collections.slot_us,
        rhythms.step_us,
        cast(round((collections.next_slot_us - collections.slot_us) / rhythms.step_us) as bigint) - 1
            as missing_count
    from collections
    inner join rhythms on collections.source_name = rhythms.source_name
    where
        collections.next_slot_us is not null
        and (rhythms.is_hot_list or rhythms.step_us = 86400000000)
),

numbered_gaps as (
    select
        source_name,
        slot_us,
        step_us,
        {{ each_number('1', 'missing_count') }} as step_number
    from gaps
    where missing_count >= 1
),

missing as (
    select
        source_name,
        {{ instant_from_microseconds('slot_us + cast(round(step_number * step_us) as bigint)') }} as slot_at
    from numbered_gaps
),

expected as (
    select
        source_name,
        slot_at,
        observed_date,
        false as is_gap
    from collections
    union all
    select
        source_name,
        slot_at,
        {{ local_date('slot_at') }} as observed_date,
        true as is_gap
    from missing
),

formats as (
    select
        source_name,
        min(format) as format
    from {{ ref('stg_quality__file_ledger') }}
    group by source_name
)

select
    expected.source_name,
    formats.format,
    expected.slot_at,
    expected.observed_date,
    expected.is_gap,
    {{ build_id() }} as build_id
from expected
left join formats on expected.source_name = formats.source_name
