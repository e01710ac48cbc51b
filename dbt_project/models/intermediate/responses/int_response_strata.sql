-- Grain: one stratum of events (period x event type), numbered.
select
    stratum_id,
    period,
    period_start,
    stratum_event_type as event_type,
    cast(sum(events) as bigint) as events
from {{ ref('int_response_strata_days') }}
group by stratum_id, period, period_start, stratum_event_type
