-- Grain: one deadline of a document x period (month or all) x event type x level of responders.
-- The shares are those of main.response_timing, beside the deadlines they are to be read against.
select
    deadlines.document_number,
    deadlines.document_title,
    deadlines.issued_date,
    deadlines.deadline_hours,
    deadlines.duty,
    timing.period,
    timing.period_start,
    timing.event_type,
    timing.admin_level,
    case
        when timing.period_start >= deadlines.issued_date then 'after'
        when
            timing.period = 'all'
            and {{ local_date('bounds.data_through_at') }} >= deadlines.issued_date
            then 'partly'
        when
            timing.period = 'month'
            and {{ period_end("'month'", 'timing.period_start') }} >= deadlines.issued_date
            then 'partly'
        else 'before'
    end as in_force,
    timing.events,
    timing.proactive,
    case deadlines.deadline_hours
        when 5 then timing.rate_5h
        when 24 then timing.rate_24h
        when 48 then timing.rate_48h
    end as answered_ratio,
    {{ build_id() }} as build_id
from {{ ref('statutory_deadlines') }} as deadlines
cross join {{ ref('int_observation_bounds') }} as bounds
inner join {{ ref('response_timing') }} as timing on timing.period in ('month', 'all')
where
    timing.account_kind = 'all'
    and timing.region_code = 'all'
    and timing.link_level = 'all'
