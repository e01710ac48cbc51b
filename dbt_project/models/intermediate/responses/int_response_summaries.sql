-- Grain: one curve (stratum x group of responders) that is not empty and tells more than its counts do
-- (read_from of int_response_totals), with rates, median and restricted mean; where removals
-- compete, with the incidences. A median is within reach only where it is read from steps.
{%- set hours = [1, 5, 6, 24, 48, 72] %}
with read_from_steps as (
    {{ kaplan_meier_summary(ref('int_response_curves'), ['curve_id']) }}
),

stretches as (
    select
        *,
        ln(cast(at_risk - responded as double) / at_risk) as log_factor
    from {{ ref('int_response_stretches') }}
),

fallen as (
    select
        *,
        exp(coalesce(sum(log_factor) over (
            partition by curve_id
            order by until_us nulls last
            rows between unbounded preceding and 1 preceding
        ), 0e0)) / at_risk as fall
    from stretches
),

summed as (
    select
        curve_id,
        {%- for h in hours %}
        sum(case when until_us <= {{ h }} * 3600000000 then fall * responded else 0e0 end) as rate_{{ h }}h,
        {%- endfor %}
        72e0 - sum(fall * (72e0 * responded - waited_us / 3.6e9)) as rmst_72h_hours
    from fallen
    group by curve_id
),

read_from_stretches as (
    select
        totals.curve_id,
        {%- for h in hours %}
        coalesce(summed.rate_{{ h }}h, 0e0) as rate_{{ h }}h,
        {%- endfor %}
        coalesce(summed.rmst_72h_hours, 72e0) as rmst_72h_hours
    from {{ ref('int_response_totals') }} as totals
    left join summed on totals.curve_id = summed.curve_id
    where totals.read_from = 'stretches'
),

incidences as (
    select
        curve_id,
        cast(sum(removed) as bigint) as removed,
        {%- for h in [24, 72] %}
        case
            when max(hours) >= {{ h }} or min(1 - incidence - incidence_removed) <= 1e-9
                then round(max(case when hours <= {{ h }} then incidence end), 9)
        end as incidence_{{ h }}h,
        case
            when max(hours) >= {{ h }} or min(1 - incidence - incidence_removed) <= 1e-9
                then round(max(case when hours <= {{ h }} then incidence_removed end), 9)
        end as incidence_removed_{{ h }}h{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_response_curves') }}
    where incidence is not null
    group by curve_id
)

select
    summaries.*,
    incidences.incidence_24h,
    incidences.incidence_removed_24h,
    incidences.incidence_72h,
    incidences.incidence_removed_72h,
    incidences.removed
from read_from_steps as summaries
left join incidences on summaries.curve_id = incidences.curve_id
union all
select
    curve_id,
    {%- for h in hours %}
    round(rate_{{ h }}h, 9) as rate_{{ h }}h,
    {%- endfor %}
    cast(null as double) as median_hours,
    cast(null as double) as median_hours_lo,
    cast(null as double) as median_hours_hi,
    round(rmst_72h_hours, 9) as rmst_72h_hours,
    cast(null as double) as incidence_24h,
    cast(null as double) as incidence_removed_24h,
    cast(null as double) as incidence_72h,
    cast(null as double) as incidence_removed_72h,
    cast(0 as bigint) as removed
from read_from_stretches
union all
select
    medians.curve_id,
    {%- for h in hours %}
    {{ counted_rate('totals', h) }} as rate_{{ h }}h,
    {%- endfor %}
    medians.median_hours,
    medians.median_hours_lo,
    medians.median_hours_hi,
    {{ counted_rmst_72h('totals') }} as rmst_72h_hours,
    cast(null as double) as incidence_24h,
    cast(null as double) as incidence_removed_24h,
    cast(null as double) as incidence_72h,
    cast(null as double) as incidence_removed_72h,
    cast(0 as bigint) as removed
from {{ ref('int_response_medians') }} as medians
inner join {{ ref('int_response_totals') }} as totals on medians.curve_id = totals.curve_id
