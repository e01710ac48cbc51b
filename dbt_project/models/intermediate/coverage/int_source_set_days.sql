-- Grain: one set of sources (those that watch the same accounts) on one local day.
-- Accounts share few sets, so coverage is worked out per set and not per account.
with members as (
    select
        accounts.source_set,
        sources.source_name
    from {{ ref('int_accounts_resolved') }} as accounts
    inner join {{ ref('int_account_sources') }} as sources
        on
            accounts.platform = sources.platform
            and accounts.account_id = sources.account_id
    group by accounts.source_set, sources.source_name
),

days as (
    select * from {{ ref('coverage_days') }}
)

select
    members.source_set,
    days.observed_date,
    cast(sum(days.arrived_count) as double) / sum(days.expected_count) as coverage
from members
inner join days on members.source_name = days.source_name
group by members.source_set, days.observed_date
