-- Grain: one period x event type x responder kind x level x region x link level, each with `all`.
-- The denominator is every event of the period and type, answered or not. A group of responders
-- that spoke of none of them has a row in months and over everything, if its accounts were observed
-- then (int_response_silences).
{%- set hours = [1, 5, 6, 24, 48, 72] %}
{%- set curves %}
    select
        totals.curve_id,
        totals.stratum_id,
        totals.group_id,
        strata.base_stratum_id * 1000000 + totals.group_id as base_curve_id,
        totals.events,
        totals.proactive,
        totals.responded,
        totals.censored,
        round(cast(totals.proactive as double) / totals.events, 9) as proactive_ratio,
        {%- for h in hours %}
        case
            when totals.read_from = 'counts' then {{ counted_rate('totals', h) }} else summaries.rate_{{ h }}h
        end as rate_{{ h }}h,
        {%- endfor %}
        summaries.median_hours,
        summaries.median_hours_lo,
        summaries.median_hours_hi,
        case
            when totals.read_from = 'counts' then {{ counted_rmst_72h('totals') }} else summaries.rmst_72h_hours
        end as rmst_72h_hours,
        summaries.removed,
        {%- for h in [24, 72] %}
        summaries.incidence_{{ h }}h,
        summaries.incidence_removed_{{ h }}h{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_response_totals') }} as totals
    inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
    left join {{ ref('int_response_summaries') }} as summaries
        on totals.curve_id = summaries.curve_id
{%- endset %}
with from_earliest as (
{{ curves }}
    where strata.reading = 2
),

-- An empty curve competes with nothing.
competing as (
{{ curves }}
    where strata.reading = 3 and summaries.removed is not null
),

onsets_known as (
    select
        base_stratum_id,
        events
    from {{ ref('int_response_strata') }}
    where reading = 2
)

{% for groups in ['spoken', 'silent'] -%}
select
    strata.period,
    strata.period_start,
    strata.event_type,
    groups.account_kind,
    groups.admin_level,
    groups.region_code,
    groups.link_level,
    curves.events,
    curves.proactive,
    curves.responded,
    curves.censored,
    curves.proactive_ratio,
    {%- for h in hours %}
    curves.rate_{{ h }}h,
    {%- endfor %}
    curves.median_hours,
    curves.median_hours_lo,
    curves.median_hours_hi,
    curves.rmst_72h_hours,
    coalesce(onsets_known.events, 0) as events_onset_known,
    {%- for h in hours %}
    from_earliest.rate_{{ h }}h as rate_{{ h }}h_earliest,
    {%- endfor %}
    from_earliest.median_hours as median_hours_earliest,
    from_earliest.rmst_72h_hours as rmst_72h_hours_earliest,
    coalesce(competing.removed, 0) as removed,
    {%- for h in [24, 72] %}
    case
        when competing.curve_id is null then curves.rate_{{ h }}h
        else competing.incidence_{{ h }}h
    end as incidence_{{ h }}h,
    case
        when competing.curve_id is not null then competing.incidence_removed_{{ h }}h
        when curves.rate_{{ h }}h is not null then 0e0
    end as incidence_removed_{{ h }}h,
    {%- endfor %}
    bootstrap.accounts as cluster_accounts,
    {%- for h in [24, 72] %}
    case when curves.rate_{{ h }}h is not null then bootstrap.rate_{{ h }}h_cluster_lo end as rate_{{ h }}h_cluster_lo,
    case when curves.rate_{{ h }}h is not null then bootstrap.rate_{{ h }}h_cluster_hi end as rate_{{ h }}h_cluster_hi,
    {%- endfor %}
    {{ build_id() }} as build_id
from (
{{ curves }}
    where strata.reading = 1{{ ' and totals.group_id = 0' if groups == 'silent' }}
) as curves
inner join {{ ref('int_response_strata') }} as strata on curves.stratum_id = strata.stratum_id
{%- if groups == 'spoken' %}
inner join {{ ref('int_response_groups') }} as groups on curves.group_id = groups.same_as_group_id
{%- else %}
inner join {{ ref('int_response_silences') }} as groups
    on curves.stratum_id = groups.stratum_id
{%- endif %}
left join onsets_known on curves.stratum_id = onsets_known.base_stratum_id
left join from_earliest
    on
        from_earliest.base_curve_id
        = case when groups.is_from_earliest then curves.curve_id end
left join competing on curves.curve_id = competing.base_curve_id
left join {{ ref('int_response_bootstrap') }} as bootstrap on curves.curve_id = bootstrap.curve_id
{%- if groups == 'spoken' %}
where groups.is_everybody or curves.proactive + curves.responded > 0
{%- endif %}
{{ 'union all' if not loop.last }}
{% endfor %}
