-- Grain: one curve (stratum x group of responders) with its counts of events.
-- A group has a curve where it spoke of at least one event of the stratum; the group of all
-- responders has one in every stratum. The other readings of a stratum have the same groups, the
-- second one where the earliest onset is asked for. Groups of the same cells share a curve.
with strata as (
    select * from {{ ref('int_response_strata') }}
),

counted as (
    select
        stratum_id,
        group_id,
        cast(sum(case when response_us < 0 then events else 0 end) as bigint) as proactive,
        cast(sum(case when response_us >= 0 then events else 0 end) as bigint) as responded
    from {{ ref('int_response_outcomes') }}
    group by stratum_id, group_id
),

wanted as (
    select
        strata.stratum_id,
        counted.group_id
    from counted
    inner join strata on counted.stratum_id = strata.base_stratum_id
    inner join {{ ref('int_response_groups') }} as groups on counted.group_id = groups.group_id
    where
        strata.reading <> 2
        or (groups.is_curve_from_earliest and {{ is_period_from_earliest('strata.period') }})
    union
    select
        strata.stratum_id,
        groups.same_as_group_id as group_id
    from strata
    cross join {{ ref('int_response_groups') }} as groups
    where
        groups.is_everybody
        and (strata.reading <> 2 or {{ is_period_from_earliest('strata.period') }})
)

select
    wanted.stratum_id * 1000000 + wanted.group_id as curve_id,
    wanted.stratum_id,
    wanted.group_id,
    strata.events,
    coalesce(counted.proactive, 0) as proactive,
    coalesce(counted.responded, 0) as responded,
    strata.events - coalesce(counted.proactive, 0) - coalesce(counted.responded, 0) as censored
from wanted
inner join strata on wanted.stratum_id = strata.stratum_id
left join counted
    on wanted.stratum_id = counted.stratum_id and wanted.group_id = counted.group_id
