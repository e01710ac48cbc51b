-- Grain: one period x event type x responder kind x level x region x link level, each with `all`.
-- The denominator is every event of the period and type, answered or not. A group of responders
-- that spoke of none of them has no row.
with totals as (
    select * from {{ ref('int_response_totals') }}
),

summaries as (
    select * from {{ ref('int_response_summaries') }}
)

select
    strata.period,
    strata.period_start,
    strata.event_type,
    groups.account_kind,
    groups.admin_level,
    groups.region_code,
    groups.link_level,
    totals.events,
    totals.proactive,
    totals.responded,
    totals.censored,
    summaries.rate_1h,
    summaries.rate_5h,
    summaries.rate_6h,
    summaries.rate_24h,
    summaries.rate_48h,
    summaries.rate_72h,
    summaries.median_hours,
    summaries.median_hours_lo,
    summaries.median_hours_hi,
    summaries.rmst_72h_hours,
    {{ build_id() }} as build_id
from totals
inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
inner join {{ ref('int_response_groups') }} as groups on totals.group_id = groups.group_id
left join summaries on totals.curve_id = summaries.curve_id
