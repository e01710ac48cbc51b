-- Grain: one period x event type x responder kind x level x region x link level, each with `all`.
-- The denominator is every event of the period and type, answered or not. A group of responders
-- that spoke of none of them has no row.
with totals as (
    select
        totals.*,
        strata.reading,
        strata.base_stratum_id * 1000000 + totals.group_id as base_curve_id
    from {{ ref('int_response_totals') }} as totals
    inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
),

summaries as (
    select * from {{ ref('int_response_summaries') }}
),

from_earliest as (
    select
        totals.base_curve_id,
        summaries.*
    from totals
    inner join summaries on totals.curve_id = summaries.curve_id
    where totals.reading = 2
),

onsets_known as (
    select
        base_stratum_id,
        events
    from {{ ref('int_response_strata') }}
    where reading = 2
),

competing as (
    select
        totals.base_curve_id,
        summaries.*
    from totals
    inner join summaries on totals.curve_id = summaries.curve_id
    where totals.reading = 3
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
    round(cast(totals.proactive as double) / totals.events, 9) as proactive_ratio,
    {%- for h in [1, 5, 6, 24, 48, 72] %}
    summaries.rate_{{ h }}h,
    {%- endfor %}
    summaries.median_hours,
    summaries.median_hours_lo,
    summaries.median_hours_hi,
    summaries.rmst_72h_hours,
    coalesce(onsets_known.events, 0) as events_onset_known,
    {%- for h in [1, 5, 6, 24, 48, 72] %}
    from_earliest.rate_{{ h }}h as rate_{{ h }}h_earliest,
    {%- endfor %}
    from_earliest.median_hours as median_hours_earliest,
    from_earliest.rmst_72h_hours as rmst_72h_hours_earliest,
    coalesce(competing.removed, 0) as removed,
    {%- for h in [24, 72] %}
    case
        when competing.curve_id is null then summaries.rate_{{ h }}h
        else competing.incidence_{{ h }}h
    end as incidence_{{ h }}h,
    case
        when competing.curve_id is not null then competing.incidence_removed_{{ h }}h
        when summaries.rate_{{ h }}h is not null then 0e0
    end as incidence_removed_{{ h }}h,
    {%- endfor %}
    {{ build_id() }} as build_id
from totals
inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
inner join {{ ref('int_response_groups') }} as groups on totals.group_id = groups.same_as_group_id
left join summaries on totals.curve_id = summaries.curve_id
left join onsets_known on totals.stratum_id = onsets_known.base_stratum_id
left join from_earliest
    on
        from_earliest.base_curve_id
        = case when groups.is_from_earliest then totals.curve_id end
left join competing on totals.curve_id = competing.base_curve_id
where
    totals.reading = 1
    and (groups.is_everybody or totals.proactive + totals.responded > 0)
