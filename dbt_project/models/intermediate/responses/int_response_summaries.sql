-- Grain: one curve (stratum x group of responders) that is not empty, with rates, median and
-- restricted mean; where removals compete, with the incidences.
with summaries as (
    {{ kaplan_meier_summary(ref('int_response_curves'), ['curve_id']) }}
),

incidences as (
    select
        curve_id,
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
),

removals as (
    select
        curve_id,
        cast(sum(removed) as bigint) as removed
    from {{ ref('int_response_steps') }}
    group by curve_id
)

select
    summaries.*,
    incidences.incidence_24h,
    incidences.incidence_removed_24h,
    incidences.incidence_72h,
    incidences.incidence_removed_72h,
    removals.removed
from summaries
left join incidences on summaries.curve_id = incidences.curve_id
left join removals on summaries.curve_id = removals.curve_id
