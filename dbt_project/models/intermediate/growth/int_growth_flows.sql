-- Grain: one period, platform, kind, level and region, each also as `all`, in which something
-- was counted. All sums over accounts are made here and nowhere else, so that a row with `all`
-- is the sum of its parts by construction.
with accounts as (
    select
        platform,
        account_id,
        account_kind,
        admin_level,
        coalesce(region_code, 'unknown') as region_code,
        registered_date
    from {{ ref('int_accounts_resolved') }}
),

changes as (
    select
        changes.platform,
        changes.account_id,
        kinds.period,
        {{ period_start('kinds.period', 'changes.change_date') }} as period_start,
        changes.change,
        changes.registered_date,
        coalesce(changes.registered_at > changes.previous_look_at, false) as is_new_since_look
    from {{ ref('int_account_changes') }} as changes
    cross join {{ growth_periods() }} as kinds
),

-- One row per account, period and reason to count it; every measure is 0 or NULL elsewhere.
facts as (
    select
        platform,
        account_id,
        period,
        period_start,
        0 as registered,
        case
            when change = 'joined' and (is_new_since_look or coalesce(registered_date >= period_start, false))
                then 1
            else 0
        end as births,
        case
            when change = 'joined' and not (is_new_since_look or coalesce(registered_date >= period_start, false))
                then 1
            else 0
        end as frame_additions,
        case when change = 'lost' then 1 else 0 end as losses,
        case when change = 'returned' then 1 else 0 end as returned,
        0 as checked,
        0 as covered,
        0 as active,
        cast(null as bigint) as followers_lo,
        cast(null as bigint) as followers_hi,
        cast(null as bigint) as followers_delta_lo,
        cast(null as bigint) as followers_delta_hi,
        0 as unbounded,
        0 as unbounded_delta_lo,
        0 as unbounded_delta_hi
    from changes
    union all
    select
        accounts.platform,
        accounts.account_id,
        kinds.period,
        {{ period_start('kinds.period', 'accounts.registered_date') }} as period_start,
        1 as registered,
        0 as births,
        0 as frame_additions,
        0 as losses,
        0 as returned,
        0 as checked,
        0 as covered,
        0 as active,
        cast(null as bigint) as followers_lo,
        cast(null as bigint) as followers_hi,
        cast(null as bigint) as followers_delta_lo,
        cast(null as bigint) as followers_delta_hi,
        0 as unbounded,
        0 as unbounded_delta_lo,
        0 as unbounded_delta_hi
    from accounts
    cross join {{ growth_periods() }} as kinds
    where accounts.registered_date is not null
    union all
    select
        platform,
        account_id,
        period,
        period_start,
        0 as registered,
        0 as births,
        0 as frame_additions,
        0 as losses,
        0 as returned,
        1 as checked,
        case when has_posts_covered then 1 else 0 end as covered,
        case when is_active_14d then 1 else 0 end as active,
        followers_lo,
        followers_hi,
        followers_delta_lo,
        followers_delta_hi,
        -- An open end on one account leaves the group's end open.
        case when followers_lo is not null and followers_hi is null then 1 else 0 end as unbounded,
        case when has_delta and followers_delta_lo is null then 1 else 0 end as unbounded_delta_lo,
        case when has_delta and followers_delta_hi is null then 1 else 0 end as unbounded_delta_hi
    from {{ ref('int_account_periods') }}
),

-- Accounts of one leaf first, all combinations with `all` second: 16 groupings of few rows.
leaves as (
    select
        facts.period,
        facts.period_start,
        accounts.platform,
        accounts.account_kind,
        accounts.admin_level,
        accounts.region_code,
        sum(facts.registered) as registered,
        sum(facts.births) as births,
        sum(facts.frame_additions) as frame_additions,
        sum(facts.losses) as losses,
        sum(facts.returned) as returned,
        sum(facts.checked) as checked,
        sum(facts.covered) as covered,
        sum(facts.active) as active,
        sum(facts.followers_lo) as followers_lo,
        sum(facts.followers_hi) as followers_hi,
        sum(facts.followers_delta_lo) as followers_delta_lo,
        sum(facts.followers_delta_hi) as followers_delta_hi,
        sum(facts.unbounded) as unbounded,
        sum(facts.unbounded_delta_lo) as unbounded_delta_lo,
        sum(facts.unbounded_delta_hi) as unbounded_delta_hi
    from facts
    inner join accounts
        on facts.platform = accounts.platform and facts.account_id = accounts.account_id
    group by
        facts.period,
        facts.period_start,
        accounts.platform,
        accounts.account_kind,
        accounts.admin_level,
        accounts.region_code
)

select
    period,
    period_start,
    coalesce(platform, 'all') as platform,
    coalesce(account_kind, 'all') as account_kind,
    coalesce(admin_level, 'all') as admin_level,
    coalesce(region_code, 'all') as region_code,
    cast(sum(registered) as bigint) as registered,
    cast(sum(births) as bigint) as births,
    cast(sum(frame_additions) as bigint) as frame_additions,
    cast(sum(losses) as bigint) as losses,
    cast(sum(returned) as bigint) as returned,
    cast(sum(checked) as bigint) as checked,
    cast(sum(covered) as bigint) as covered,
    cast(sum(active) as bigint) as active,
    cast(sum(followers_lo) as bigint) as followers_lo,
    case when sum(unbounded) = 0 then cast(sum(followers_hi) as bigint) end as followers_hi,
    case when sum(unbounded_delta_lo) = 0 then cast(sum(followers_delta_lo) as bigint) end
        as followers_delta_lo,
    case when sum(unbounded_delta_hi) = 0 then cast(sum(followers_delta_hi) as bigint) end
        as followers_delta_hi
from leaves
group by
    period,
    period_start,
    cube (platform, account_kind, admin_level, region_code)
