-- Grain: one curve (stratum x group of responders) with its counts of events.
-- A group has a curve where it spoke of at least one event of the stratum; the group of all
-- responders has one in every stratum.
with counted as (
    select
        stratum_id,
        group_id,
        cast(sum(case when response_us < 0 then events else 0 end) as bigint) as proactive,
        cast(sum(case when response_us >= 0 then events else 0 end) as bigint) as responded
    from {{ ref('int_response_outcomes') }}
    group by stratum_id, group_id
    union all
    select
        strata.stratum_id,
        groups.group_id,
        0 as proactive,
        0 as responded
    from {{ ref('int_response_strata') }} as strata
    cross join {{ ref('int_response_groups') }} as groups
    where groups.is_everybody
),

summed as (
    select
        stratum_id,
        group_id,
        cast(sum(proactive) as bigint) as proactive,
        cast(sum(responded) as bigint) as responded
    from counted
    group by stratum_id, group_id
)

select
    summed.stratum_id * 1000000 + summed.group_id as curve_id,
    summed.stratum_id,
    summed.group_id,
    strata.events,
    summed.proactive,
    summed.responded,
    strata.events - summed.proactive - summed.responded as censored
from summed
inner join {{ ref('int_response_strata') }} as strata on summed.stratum_id = strata.stratum_id
