-- Every curve has its summary, and answers on the curve add up to those of the summary.
{{ config(meta={"dagster": {"ref": {"name": "response_curves"}}}) }}
with curves as (
    select
        period,
        period_start,
        event_type,
        account_kind,
        admin_level,
        region_code,
        link_level,
        sum(responded) as responded
    from {{ ref('response_curves') }}
    group by period, period_start, event_type, account_kind, admin_level, region_code, link_level
)

select curves.*
from curves
left join {{ ref('response_timing') }} as timing
    on
        curves.period = timing.period
        and curves.period_start = timing.period_start
        and curves.event_type = timing.event_type
        and curves.account_kind = timing.account_kind
        and curves.admin_level = timing.admin_level
        and curves.region_code = timing.region_code
        and curves.link_level = timing.link_level
where timing.events is null or curves.responded <> timing.responded
