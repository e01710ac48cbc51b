-- Grain: one expected collection of one source.
-- A source's own rhythm says what to expect: the median distance of its collections. Hot lists
-- are expected at every step between their first and last slot, any other source if its step is a
-- day or a week; an irregular one expects only what arrived. A source of four collections or more, half
-- of whose distances are its step (within a tenth), is also expected after its last one, as far as the
-- data reach; 14 days without any end it (ADR 0039).
{%- set a_day, a_week = 86400000000, 604800000000 %}

with collections as (
    select
        *,
        {{ epoch_microseconds('slot_at') }} as slot_us,
        lead({{ epoch_microseconds('slot_at') }}) over (
            partition by source_name order by slot_at nulls last
        ) as next_slot_us
    from {{ ref('int_source_collections') }}
),

steps as (
    select
        source_name,
        bool_and(is_hot_list) as is_hot_list,
        median(next_slot_us - slot_us) as step_us,
        count(*) as collections_count,
        max(slot_us) as last_slot_us
    from collections
    group by source_name
),

-- Distances of hardly more than a step hide no slot; the rounding allows for jitter.
distances as (
    select
        collections.source_name,
        collections.slot_us,
        cast(round((collections.next_slot_us - collections.slot_us) / steps.step_us) as bigint)
            as steps_count,
        abs(collections.next_slot_us - collections.slot_us - steps.step_us) * 10 <= steps.step_us as is_step
    from collections
    inner join steps on collections.source_name = steps.source_name
    where collections.next_slot_us is not null
),

regular as (
    select
        source_name,
        sum(case when is_step then 1 else 0 end) * 2 >= count(*) as is_regular
    from distances
    group by source_name
),

rhythms as (
    select
        steps.*,
        regular.is_regular,
        steps.is_hot_list or steps.step_us = {{ a_day }}
        or (steps.step_us = {{ a_week }} and regular.is_regular) as has_rhythm
    from steps
    inner join regular on steps.source_name = regular.source_name
),

gaps as (
    select
        distances.source_name,
        distances.slot_us,
        rhythms.step_us,
        distances.steps_count - 1 as missing_count
    from distances
    inner join rhythms on distances.source_name = rhythms.source_name
    where rhythms.has_rhythm
    union all
    select
        rhythms.source_name,
        rhythms.last_slot_us as slot_us,
        rhythms.step_us,
        cast(floor(
            (
                least({{ epoch_microseconds('bounds.data_through_at') }}, rhythms.last_slot_us + 14 * {{ a_day }})
                - rhythms.last_slot_us
            ) / rhythms.step_us
        ) as bigint) as missing_count
    from rhythms
    cross join {{ ref('int_observation_bounds') }} as bounds
    where rhythms.has_rhythm and rhythms.is_regular and rhythms.collections_count >= 4
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
