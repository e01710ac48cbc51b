-- Grain: one curve (stratum x group of responders) and one waiting time: how many events were
-- still waiting just before it, how many were answered at exactly it, and how many were removed.
-- Times are 0, every time of a response or removal, and the end of the longest watch that ended
-- without one.
--
-- at risk(t) = events of the stratum watched for at least t
--              - those the group spoke of, if watched for at least t
--              + those the group answered at t or later.
-- The first term is the same for all groups, so events are never multiplied by groups. Events the
-- group addressed before their first sighting leave with the second term and do not come back.
with outcomes as (
    select * from {{ ref('int_response_outcomes') }}
),

totals as (
    select * from {{ ref('int_response_totals') }}
),

watches as (
    select
        days.stratum_id,
        readings.watched_us as at_us,
        count(*) as events,
        sum(readings.removed) as removed
    from {{ event_readings() }} as readings
    inner join {{ ref('int_response_strata_days') }} as days
        on
            readings.reading = days.reading
            and readings.onset_date = days.onset_date
            and readings.event_type = days.event_type
    group by days.stratum_id, readings.watched_us
),

ranked_watches as (
    select
        *,
        row_number() over (partition by stratum_id order by at_us desc nulls last) as watch_rank
    from watches
),

-- Lengths of watching at which the group spoke of every event, counted from the longest: the
-- longest one left over is the end of the group's curve.
spoken_of as (
    select
        curve_id,
        stratum_id,
        watched_us,
        sum(events) as events,
        sum(removed) as removed
    from outcomes
    group by curve_id, stratum_id, watched_us
),

used_up as (
    select
        spoken_of.curve_id,
        ranked_watches.watch_rank,
        row_number() over (
            partition by spoken_of.curve_id order by ranked_watches.watch_rank nulls last
        ) as position
    from spoken_of
    inner join ranked_watches
        on
            spoken_of.stratum_id = ranked_watches.stratum_id
            and spoken_of.watched_us = ranked_watches.at_us
            and spoken_of.events = ranked_watches.events
),

used_up_counts as (
    select
        curve_id,
        count(*) as watches
    from used_up
    where watch_rank = position
    group by curve_id
),

last_watches as (
    select
        totals.curve_id,
        totals.stratum_id,
        ranked_watches.at_us
    from totals
    left join used_up_counts on totals.curve_id = used_up_counts.curve_id
    inner join ranked_watches
        on
            totals.stratum_id = ranked_watches.stratum_id
            and ranked_watches.watch_rank = coalesce(used_up_counts.watches, 0) + 1
),

-- What happens on a curve at a time. Whoever leaves at a time counted until then, so the sums
-- below run from the longest time down.
happenings as (
    select
        curve_id,
        stratum_id,
        response_us as at_us,
        events as weight,
        events as responded,
        0 as removed,
        1 as is_step
    from outcomes
    where response_us >= 0
    union all
    select
        curve_id,
        stratum_id,
        watched_us as at_us,
        -events as weight,
        0 as responded,
        -removed as removed,
        0 as is_step
    from spoken_of
    union all
    select
        totals.curve_id,
        totals.stratum_id,
        watches.at_us,
        0 as weight,
        0 as responded,
        watches.removed,
        1 as is_step
    from totals
    inner join watches on totals.stratum_id = watches.stratum_id
    where watches.removed > 0
    union all
    select
        curve_id,
        stratum_id,
        at_us,
        0 as weight,
        0 as responded,
        0 as removed,
        1 as is_step
    from last_watches
    union all
    select
        curve_id,
        stratum_id,
        0 as at_us,
        0 as weight,
        0 as responded,
        0 as removed,
        1 as is_step
    from totals
),

gathered as (
    select
        curve_id,
        stratum_id,
        at_us,
        cast(sum(weight) as bigint) as weight,
        cast(sum(responded) as bigint) as responded,
        cast(sum(removed) as bigint) as removed,
        max(is_step) as is_step
    from happenings
    group by curve_id, stratum_id, at_us
),

adjusted as (
    select
        curve_id,
        stratum_id,
        at_us,
        responded,
        removed,
        is_step,
        sum(weight) over (
            partition by curve_id
            order by at_us desc nulls last
            rows between unbounded preceding and current row
        ) as adjustment
    from gathered
),

watched_or_step as (
    select
        stratum_id,
        at_us,
        cast(sum(events) as bigint) as events
    from (
        select
            stratum_id,
            at_us,
            events
        from watches
        union all
        select distinct
            stratum_id,
            at_us,
            0 as events
        from gathered
        where is_step = 1
    ) as times
    group by stratum_id, at_us
),

watched as (
    select
        stratum_id,
        at_us,
        sum(events) over (
            partition by stratum_id
            order by at_us desc nulls last
            rows between unbounded preceding and current row
        ) as events
    from watched_or_step
)

select
    adjusted.curve_id,
    cast(adjusted.at_us as bigint) as at_us,
    cast(watched.events + adjusted.adjustment as bigint) as at_risk,
    adjusted.responded,
    adjusted.removed
from adjusted
inner join watched
    on adjusted.stratum_id = watched.stratum_id and adjusted.at_us = watched.at_us
where adjusted.is_step = 1
