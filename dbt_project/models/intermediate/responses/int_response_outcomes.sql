-- Grain: one curve (stratum x group of responders), one waiting time and one length of watching,
-- with the number of events it stands for, and how many of them were removed in the end. Only
-- events that the group spoke of; all others of the stratum are known from the stratum itself and
-- are never multiplied by the groups.
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
        event_type,
        onset_date,
        group_id,
        response_us + onset_width_us as response_us,
        case when watched_us = 0 then 0 else watched_us + onset_width_us end as watched_us,
        0 as removed
    from {{ ref('int_group_first_responses') }}
    where onset_width_us is not null
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
    count(*) as events,
    sum(readings.removed) as removed
from readings
inner join {{ ref('int_response_strata_days') }} as days
    on
        readings.reading = days.reading
        and readings.onset_date = days.onset_date
        and readings.event_type = days.event_type
group by
    days.stratum_id,
    readings.group_id,
    readings.response_us,
    readings.watched_us
