-- The frame changes by what joined, returned, was lost and was reclassified, and by nothing else;
-- where it ends, it holds the accounts that are there, in the class they are resolved to.
{{ config(meta={"dagster": {"ref": {"name": "account_growth"}}}) }}
with compared as (
    select
        *,
        lag(accounts_seen) over history as seen_before,
        lag(is_suppressed) over history as was_suppressed
    from {{ ref('account_growth') }}
    window history as (
        partition by period, platform, account_kind, admin_level, region_code
        order by period_start
    )
),

states as (
    select
        platform,
        account_id,
        max_by(change, change_date) as last_change
    from {{ ref('int_account_changes') }}
    group by platform, account_id
),

present as (
    select
        accounts.platform,
        accounts.account_kind,
        accounts.admin_level,
        coalesce({{ province_of('accounts.region_code') }}, 'unknown') as region_code,
        count(*) as accounts
    from {{ ref('int_accounts_resolved') }} as accounts
    inner join states
        on accounts.platform = states.platform and accounts.account_id = states.account_id
    where states.last_change <> 'lost'
    group by 1, 2, 3, 4
),

ends as (
    select
        platform,
        account_kind,
        admin_level,
        region_code,
        seen_so_far
    from {{ ref('int_growth_counts') }}
    where
        platform <> 'all'
        and account_kind <> 'all'
        and admin_level <> 'all'
        and region_code <> 'all'
        and period = 'day'
        and period_start = (select max(days.period_start) from {{ ref('int_growth_periods') }} as days where days.period = 'day')
)

select
    platform,
    account_kind,
    admin_level,
    region_code,
    'identity' as broken
from compared
where
    not is_suppressed
    and not coalesce(was_suppressed, false)
    and accounts_seen - coalesce(seen_before, 0)
    <> coalesce(births + frame_additions + returns - losses + corrections, 0)
union all
select
    coalesce(ends.platform, present.platform) as platform,
    coalesce(ends.account_kind, present.account_kind) as account_kind,
    coalesce(ends.admin_level, present.admin_level) as admin_level,
    coalesce(ends.region_code, present.region_code) as region_code,
    'end' as broken
from ends
full outer join present
    on
        ends.platform = present.platform
        and ends.account_kind = present.account_kind
        and ends.admin_level = present.admin_level
        and ends.region_code = present.region_code
where coalesce(ends.seen_so_far, 0) <> coalesce(present.accounts, 0)
