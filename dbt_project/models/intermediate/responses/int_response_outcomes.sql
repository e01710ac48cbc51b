-- Grain: one curve (stratum x group of responders) and one event that the group spoke of, with its
-- waiting time, the length of watching, and whether it was removed in the end. All other events
-- of the stratum are known from the stratum itself and are never multiplied by the groups. Events
-- of the same time are counted together in int_response_steps, once.
-- curve_id is stratum_id * 1,000,000 + group_id; there are at most some ten thousand groups.
with readings as (
    select
        cast(1 as bigint) as reading,
        event_type,
        onset_date,
        group_id,
        response_us,
        watched_us,
        0 as removed
    from {{ ref('int_group_first_responses') }}
    union all
    select
        cast(2 as bigint) as reading,
        firsts.event_type,
        firsts.onset_date,
        firsts.group_id,
        firsts.response_us + firsts.onset_width_us as response_us,
        case
            when firsts.watched_us = 0 then 0
            else firsts.watched_us + firsts.onset_width_us
        end as watched_us,
        0 as removed
    from {{ ref('int_group_first_responses') }} as firsts
    inner join {{ ref('int_response_groups') }} as groups on firsts.group_id = groups.group_id
    where firsts.onset_width_us is not null and groups.is_curve_from_earliest
    union all
    -- Whoever speaks after the removal does not answer what was there.
    select
        cast(3 as bigint) as reading,
        event_type,
        onset_date,
        group_id,
        response_us,
        coalesce(removed_us, watched_us) as watched_us,
        case when removed_us is null then 0 else 1 end as removed
    from {{ ref('int_group_first_responses') }}
    where response_us <= coalesce(removed_us, watched_us)
)

select
    days.stratum_id * 1000000 + readings.group_id as curve_id,
    days.stratum_id,
    readings.group_id,
    readings.response_us,
    readings.watched_us,
    1 as events,
    readings.removed
from readings
inner join {{ ref('int_response_strata_days') }} as days
    on
        readings.reading = days.reading
        and readings.onset_date = days.onset_date
        and readings.event_type = days.event_type
where readings.reading <> 2 or {{ is_period_from_earliest('days.period') }}
