-- Grain: one period of the study x platform x account kind x level x region, each with `all`.
-- Every group has every period, so that parts and `all` can be compared at any time. The frame
-- changes by births + frame_additions + returns - losses + corrections, and by nothing else.
with flows as (
    select * from {{ ref('int_growth_flows') }}
),

groups as (
    select distinct
        platform,
        account_kind,
        admin_level,
        region_code
    from flows
),

periods as (
    select * from {{ ref('int_growth_periods') }}
),

-- Registrations before the study have flows but no row of their own: they are summed and then
-- dropped, which is how an account registered in 2010 counts in the first period observed.
spine as (
    select
        groups.*,
        periods.period,
        periods.period_start,
        true as is_in_study
    from groups
    cross join periods
    union all
    select
        flows.platform,
        flows.account_kind,
        flows.admin_level,
        flows.region_code,
        flows.period,
        flows.period_start,
        false as is_in_study
    from flows
    left join periods
        on flows.period = periods.period and flows.period_start = periods.period_start
    where periods.period is null
),

cumulated as (
    select
        spine.*,
        {%- for measure in [
            'registered', 'births', 'frame_additions', 'losses', 'returned', 'corrections',
            'checked', 'covered', 'active_7d', 'active_14d', 'active_30d', 'active_90d', 'suspect', 'deltas',
        ] %}
        coalesce(flows.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        flows.followers_lo,
        flows.followers_hi,
        flows.followers_delta_lo,
        flows.followers_delta_hi,
        sum(coalesce(flows.registered, 0)) over group_so_far as registered_so_far,
        sum(
            coalesce(flows.births + flows.frame_additions + flows.returned - flows.losses + flows.corrections, 0)
        ) over group_so_far as seen_so_far
    from spine
    left join flows
        on
            spine.period = flows.period
            and spine.period_start = flows.period_start
            and spine.platform = flows.platform
            and spine.account_kind = flows.account_kind
            and spine.admin_level = flows.admin_level
            and spine.region_code = flows.region_code
    window group_so_far as (
        partition by
            spine.period, spine.platform, spine.account_kind, spine.admin_level, spine.region_code
        order by spine.period_start nulls last
        rows between unbounded preceding and current row
    )
)

select
    cumulated.*,
    periods.period_end_date,
    coalesce(coverage.coverage_ratio, 0e0) as coverage_ratio,
    -- Nothing arrived from the sources that watch the group: a gap, in which nothing happened
    -- as far as anybody knows.
    coalesce(coverage.coverage_ratio, 0e0) = 0
    and cumulated.checked = 0
    and cumulated.births + cumulated.frame_additions + cumulated.losses + cumulated.returned = 0
    and cumulated.corrections = 0 as is_gap
from cumulated
inner join periods
    on cumulated.period = periods.period and cumulated.period_start = periods.period_start
left join {{ ref('int_growth_coverage') }} as coverage
    on
        cumulated.period = coverage.period
        and cumulated.period_start = coverage.period_start
        and cumulated.platform = coverage.platform
        and cumulated.account_kind = coverage.account_kind
        and cumulated.admin_level = coverage.admin_level
        and cumulated.region_code = coverage.region_code
where cumulated.is_in_study
