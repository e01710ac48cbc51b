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
    select * from {{ ref('int_follower_counts') }}
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
    observed.previous_followers_hi,
    observed.is_suspect as is_followers_suspect,
    {{ days_between('observed.previous_date', 'spine.observed_date') }} as followers_delta_days
from spine
left join observed
    on
        spine.platform = observed.platform
        and spine.account_id = observed.account_id
        and spine.observed_date = observed.observed_date
