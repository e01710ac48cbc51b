-- Grain: one period, platform, kind, level and region, each also as `all`, with the collections
-- expected from the sources that watch accounts of the group.
with members as (
    select
        coalesce(accounts.platform, 'all') as platform,
        coalesce(accounts.account_kind, 'all') as account_kind,
        coalesce(accounts.admin_level, 'all') as admin_level,
        coalesce(accounts.region_code, 'all') as region_code,
        sources.source_name
    -- Every class the account was ever of: a group has its sources even after everybody left it.
    from {{ ref('int_account_classes') }} as accounts
    inner join {{ ref('int_account_sources') }} as sources
        on
            accounts.platform = sources.platform
            and accounts.account_id = sources.account_id
    group by
        sources.source_name,
        cube (accounts.platform, accounts.account_kind, accounts.admin_level, accounts.region_code)
),

source_periods as (
    select
        days.source_name,
        kinds.period,
        {{ period_start('kinds.period', 'days.observed_date') }} as period_start,
        sum(days.expected_count) as expected_count,
        sum(days.arrived_count) as arrived_count
    from {{ ref('coverage_days') }} as days
    cross join {{ growth_periods() }} as kinds
    group by 1, 2, 3
)

select
    source_periods.period,
    source_periods.period_start,
    members.platform,
    members.account_kind,
    members.admin_level,
    members.region_code,
    cast(sum(source_periods.arrived_count) as double) / sum(source_periods.expected_count) as coverage_ratio
from members
inner join source_periods on members.source_name = source_periods.source_name
group by
    source_periods.period,
    source_periods.period_start,
    members.platform,
    members.account_kind,
    members.admin_level,
    members.region_code
