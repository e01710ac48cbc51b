-- The row of everybody in `all` periods holds every event once, answered or not as event_responses
-- says; proactive is whoever spoke before by any link.
{{ config(meta={"dagster": {"ref": {"name": "response_timing"}}}) }}
with responses as (
    select
        count(*) as events,
        count(early.event_id) as proactive,
        count(*) filter (where responses.is_censored) as censored
    from {{ ref('event_responses') }} as responses
    left join (select distinct event_id from {{ ref('int_responses') }} where response_us < 0) as early
        on responses.event_id = early.event_id
),

everybody as (
    select *
    from {{ ref('response_timing') }}
    where
        period = 'all'
        and event_type = 'all'
        and account_kind = 'all'
        and admin_level = 'all'
        and region_code = 'all'
        and link_level = 'all'
)

select
    responses.events,
    everybody.events as counted
from responses
left join everybody on 1 = 1
where
    responses.events > 0
    and (
        everybody.events is null
        or responses.events <> everybody.events
        or responses.proactive <> everybody.proactive
        or responses.censored <> everybody.censored
    )
