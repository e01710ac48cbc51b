-- Grain: one account in scope on every local day from its first to its last observation.
-- Days without an observation are here with NULL followers: a gap, never zero growth.
with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

spine as (
    select
        platform,
        account_id,
        source_set,
        has_posts_covered,
        {{ each_day('first_seen_date', 'last_seen_date') }} as observed_date
    from accounts
),

observed as (
    select
        days.platform,
        days.account_id,
        days.observed_date,
        days.followers_lo,
        days.followers_hi,
        -- The previous day with a count, whenever that was.
        lag(days.followers_lo) over counted_days as previous_followers_lo,
        lag(days.followers_hi) over counted_days as previous_followers_hi
    from {{ ref('int_account_days_observed') }} as days
    inner join accounts
        on days.platform = accounts.platform and days.account_id = accounts.account_id
    where days.followers_lo is not null
    window counted_days as (
        partition by days.platform, days.account_id order by days.observed_date nulls last
    )
)

select
    spine.platform,
    spine.account_id,
    spine.observed_date,
    spine.source_set,
    spine.has_posts_covered,
    observed.followers_lo,
    observed.followers_hi,
    observed.previous_followers_lo,
    observed.previous_followers_hi
from spine
left join observed
    on
        spine.platform = observed.platform
        and spine.account_id = observed.account_id
        and spine.observed_date = observed.observed_date
