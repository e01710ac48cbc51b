-- The row of everybody in `all` periods holds every event once, with the outcome that
-- event_responses gives it.
{{ config(meta={"dagster": {"ref": {"name": "response_timing"}}}) }}
with responses as (
    select
        count(*) as events,
        count(*) filter (where is_proactive) as proactive,
        count(*) filter (where is_censored) as censored
    from {{ ref('event_responses') }}
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
