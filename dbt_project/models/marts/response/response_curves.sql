-- Grain: the groups of response_timing x hours at which something happened: 0, every time of a
-- response, and the end of the longest watch without one. Beside the curve stand, at the same
-- hours, the one from the earliest onset and the incidence where removals compete (macro
-- event_readings): step functions, read at these hours.
{%- set all_curves %}(
    select
        curve_id,
        at_us,
        hours,
        at_risk,
        responded,
        survival,
        survival_lo,
        survival_hi,
        incidence,
        incidence_removed
    from {{ ref('int_response_curves') }}
    union all
    select
        curve_id,
        at_us,
        hours,
        at_risk,
        responded,
        survival,
        survival_lo,
        survival_hi,
        cast(null as double) as incidence,
        cast(null as double) as incidence_removed
    from {{ ref('int_response_later_curves') }}
)
{%- endset %}
{#- Rounded and read once a curve, before the groups that share it. -#}
{%- set published %}
    select
        totals.stratum_id,
        totals.group_id,
        totals.proactive + totals.responded as spoken_of,
        curves.hours,
        curves.at_risk,
        curves.responded,
        round(curves.survival, 9) as survival,
        round(curves.survival_lo, 9) as survival_lo,
        round(curves.survival_hi, 9) as survival_hi,
        case
            when curves.at_us <= others.earliest_ends_us or others.survival_earliest = 0
                then round(others.survival_earliest, 9)
        end as survival_earliest,
        case
            when others.competing_ends_us is null then round(1 - curves.survival, 9)
            when curves.at_us <= others.competing_ends_us or others.settled >= 1 - 1e-9
                then round(others.answered_incidence, 9)
        end as incidence,
        case
            when others.competing_ends_us is null then 0e0
            when curves.at_us <= others.competing_ends_us or others.settled >= 1 - 1e-9
                then round(others.removed_incidence, 9)
        end as incidence_removed
    from {{ all_curves }} as curves
    inner join totals on curves.curve_id = totals.curve_id
    left join read_together as others
        on
            curves.curve_id = others.base_curve_id
            and curves.at_us = others.at_us
            and others.reading = 1
    where totals.reading = 1
{%- endset %}
with totals as (
    select
        totals.*,
        strata.reading,
        strata.base_stratum_id * 1000000 + totals.group_id as base_curve_id
    from {{ ref('int_response_totals') }} as totals
    inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
),

-- Curves that are read in more than one way.
read_again as (
    select distinct base_curve_id
    from totals
    where reading > 1
),

curves as (
    select
        totals.base_curve_id,
        totals.reading,
        curves.at_us,
        curves.survival,
        curves.incidence,
        curves.incidence_removed
    from read_again
    inner join totals on read_again.base_curve_id = totals.base_curve_id
    inner join {{ all_curves }} as curves on totals.curve_id = curves.curve_id
),

-- Steps fall or rise throughout, so that the last value so far is the least or the largest one.
read_together as (
    select
        *,
        min(case when reading = 2 then survival end) over so_far as survival_earliest,
        max(case when reading = 2 then at_us end) over whole as earliest_ends_us,
        max(case when reading = 3 then incidence end) over so_far as answered_incidence,
        max(case when reading = 3 then incidence_removed end) over so_far as removed_incidence,
        max(case when reading = 3 then at_us end) over whole as competing_ends_us,
        max(case when reading = 3 then incidence + incidence_removed end) over whole as settled
    from curves
    window
        so_far as (
            partition by base_curve_id order by at_us
            range between unbounded preceding and current row
        ),
        whole as (partition by base_curve_id)
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
    published.hours,
    published.at_risk,
    published.responded,
    published.survival,
    published.survival_lo,
    published.survival_hi,
    case when groups.is_from_earliest then published.survival_earliest end as survival_earliest,
    published.incidence,
    published.incidence_removed,
    {{ build_id() }} as build_id
from (
{{ published }}{{ ' and totals.group_id = 0' if groups == 'silent' }}
) as published
inner join {{ ref('int_response_strata') }} as strata on published.stratum_id = strata.stratum_id
{%- if groups == 'spoken' %}
inner join {{ ref('int_response_groups') }} as groups
    on published.group_id = groups.same_as_group_id
where groups.is_everybody or published.spoken_of > 0
{%- else %}
inner join {{ ref('int_response_silences') }} as groups
    on published.stratum_id = groups.stratum_id
{%- endif %}
{{ 'union all' if not loop.last }}
{% endfor %}
