-- Grain: one stratum of events (period x event type x reading), numbered; base_stratum_id is the
-- same stratum in the first reading.
select
    stratum_id,
    min(stratum_id) over (
        partition by period, period_start, stratum_event_type
    ) as base_stratum_id,
    reading,
    period,
    period_start,
    stratum_event_type as event_type,
    cast(sum(events) as bigint) as events,
    min(shortest_watch_us) as shortest_watch_us,
    cast(sum(events_watched_72h) as bigint) as events_watched_72h,
    cast(sum(events_watched_14d) as bigint) as events_watched_14d
from {{ ref('int_response_strata_days') }}
group by stratum_id, reading, period, period_start, stratum_event_type
