-- Grain: one official account.
-- What the observatory knows about it at data_through_at; history is in account_days. Of people only
-- what many have in common: the instant of a registration and a count of followers name a profile.
with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

bounds as (
    select * from {{ ref('int_observation_bounds') }}
),

watched as (
    select
        days.platform,
        max(days.from_date) as from_date
    from {{ ref('int_watched_days') }} as days
    cross join bounds
    where
        days.watched_date >= {{ add_days('bounds.data_through_date', -1) }}
        and days.watched_date <= bounds.data_through_date
    group by days.platform
),

recent_posts as (
    select distinct
        posts.platform,
        posts.account_id
    from {{ ref('int_post_versions_chosen') }} as posts
    cross join bounds
    where
        posts.posted_at > bounds.data_through_at - interval 14 days
        and posts.posted_at <= bounds.data_through_at
),

-- A latest count that is suspect is left out, as everywhere: the one before it counts.
suspect_counts as (
    select
        platform,
        account_id,
        observed_date,
        previous_followers_lo,
        previous_followers_hi
    from {{ ref('int_follower_counts') }}
    where is_suspect
),

followers as (
    select
        accounts.platform,
        accounts.account_id,
        case when suspect.account_id is null then accounts.followers_lo else suspect.previous_followers_lo end
            as followers_lo,
        case when suspect.account_id is null then accounts.followers_hi else suspect.previous_followers_hi end
            as followers_hi
    from accounts
    left join suspect_counts as suspect
        on
            accounts.platform = suspect.platform
            and accounts.account_id = suspect.account_id
            and accounts.followers_date = suspect.observed_date
    where not {{ is_person('accounts.account_id') }}
)

select
    accounts.platform,
    accounts.account_id,
    accounts.screen_name,
    accounts.account_kind,
    accounts.admin_level,
    accounts.region_code,
    accounts.kind_rule,
    accounts.kind_match,
    accounts.level_rule,
    accounts.level_match,
    accounts.region_rule,
    accounts.region_match,
    accounts.region_year,
    accounts.scope_evidence,
    case when not {{ is_person('accounts.account_id') }} then accounts.registered_at end as registered_at,
    -- Seen is what a look found, or a register named; of an account that none did nothing is seen.
    accounts.first_found_at as first_seen_at,
    accounts.last_found_at as last_seen_at,
    accounts.confirmed_state as status,
    followers.followers_lo,
    followers.followers_hi,
    -- Silence is only a fact about an account that was found within these days and whose
    -- posts are collected at all. Where the posts of some of these days were not collected, nothing is
    -- said of those that are known to have posted either: a share of them would be of themselves.
    case
        when not {{ is_window_watched('watched', 'bounds.data_through_date') }} then null
        when recent_posts.account_id is not null then true
        when
            accounts.posts_covered_from_date is not null
            and accounts.last_found_at > bounds.data_through_at - interval 14 days
            then false
    end as is_active_14d,
    {{ build_id() }} as build_id
from accounts
cross join bounds
left join watched on accounts.platform = watched.platform
left join recent_posts
    on
        accounts.platform = recent_posts.platform
        and accounts.account_id = recent_posts.account_id
left join followers
    on accounts.platform = followers.platform and accounts.account_id = followers.account_id
