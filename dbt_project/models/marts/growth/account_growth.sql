-- Grain: one period x platform x account kind x level x region, each with `all`.
-- Every group has every period of the study, so that parts and `all` can be compared at any time.
-- Identity: accounts_seen changes by births + frame_additions + returns - losses.
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

-- The platform's first period: its whole frame appears at once.
truncated as (
    select
        platform,
        min(first_seen_date) as first_date
    from {{ ref('int_accounts_resolved') }}
    group by platform
    union all
    select
        'all' as platform,
        min(first_seen_date) as first_date
    from {{ ref('int_accounts_resolved') }}
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
        coalesce(flows.registered, 0) as registered,
        coalesce(flows.births, 0) as births,
        coalesce(flows.frame_additions, 0) as frame_additions,
        coalesce(flows.losses, 0) as losses,
        coalesce(flows.returned, 0) as returned,
        coalesce(flows.checked, 0) as checked,
        coalesce(flows.covered, 0) as covered,
        coalesce(flows.active, 0) as active,
        flows.followers_lo,
        flows.followers_hi,
        flows.followers_delta_lo,
        flows.followers_delta_hi,
        sum(coalesce(flows.registered, 0)) over group_so_far as registered_so_far,
        sum(
            coalesce(flows.births + flows.frame_additions + flows.returned - flows.losses, 0)
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
),

rated as (
    select
        cumulated.*,
        periods.period_end_date,
        case
            when cumulated.registered_so_far - cumulated.registered >= 30
                then
                    ln(
                        cast(cumulated.registered_so_far as double)
                        / (cumulated.registered_so_far - cumulated.registered)
                    ) / periods.elapsed_days
        end as growth_per_day
    from cumulated
    inner join periods
        on cumulated.period = periods.period and cumulated.period_start = periods.period_start
    where cumulated.is_in_study
)

select
    rated.period,
    rated.period_start,
    rated.platform,
    rated.account_kind,
    rated.admin_level,
    rated.region_code,
    cast(rated.registered_so_far as bigint) as accounts_registered,
    cast(rated.seen_so_far as bigint) as accounts_seen,
    rated.births,
    rated.frame_additions,
    rated.losses,
    rated.returned as returns,
    rated.checked as accounts_checked,
    -- Accounts whose posts nobody collects say nothing about activity.
    case when rated.covered > 0 then rated.active end as accounts_active_14d,
    case when rated.covered > 0 then cast(rated.active as double) / rated.checked end as active_14d_ratio,
    rated.followers_lo,
    rated.followers_hi,
    rated.followers_delta_lo,
    rated.followers_delta_hi,
    round(rated.growth_per_day, 12) as growth_per_day,
    case when rated.growth_per_day > 0 then round(ln(2e0) / rated.growth_per_day, 9) end as doubling_days,
    coverage.coverage_ratio,
    truncated.first_date >= rated.period_start and truncated.first_date <= rated.period_end_date
        as is_left_truncated,
    {{ build_id() }} as build_id
from rated
inner join truncated on rated.platform = truncated.platform
left join {{ ref('int_growth_coverage') }} as coverage
    on
        rated.period = coverage.period
        and rated.period_start = coverage.period_start
        and rated.platform = coverage.platform
        and rated.account_kind = coverage.account_kind
        and rated.admin_level = coverage.admin_level
        and rated.region_code = coverage.region_code
