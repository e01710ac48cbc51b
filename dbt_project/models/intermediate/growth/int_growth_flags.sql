-- Grain: one period and platform, each also as `all`, in which something must be known of every group.
-- Left-truncated: the first period of a platform, in which its whole frame appears at once, among
-- `all` too. A purge: followers of many accounts fell on a day of the period.
with first_days as (
    select
        platform,
        min(first_found_date) as first_date
    from {{ ref('int_accounts_resolved') }}
    group by platform
),

purge_days as (
    select distinct
        platform,
        observed_date
    from {{ ref('int_follower_counts') }}
    where is_purge_day
),

flagged_days as (
    select
        platform,
        first_date as on_date,
        true as is_left_truncated,
        false as is_purge
    from first_days
    union all
    select
        platform,
        observed_date as on_date,
        false as is_left_truncated,
        true as is_purge
    from purge_days
),

scopes as (
    select true as is_all
    union all
    select false as is_all
)

select
    periods.period,
    periods.period_start,
    case when scopes.is_all then 'all' else flagged_days.platform end as platform,
    max(case when flagged_days.is_left_truncated then 1 else 0 end) = 1 as is_left_truncated,
    max(case when flagged_days.is_purge then 1 else 0 end) = 1 as is_purge
from flagged_days
cross join scopes
inner join {{ ref('int_growth_periods') }} as periods
    on
        flagged_days.on_date >= periods.period_start
        and flagged_days.on_date <= periods.period_end_date
group by
    periods.period,
    periods.period_start,
    case when scopes.is_all then 'all' else flagged_days.platform end
