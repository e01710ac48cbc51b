-- Grain: one official account on one local day, from its first to its last day of observation.
-- Days without an observation are here with NULL followers: a gap, never zero growth. People are not
-- here: whoever knows the count of a day knows the profile.
-- Made anew are the days from the first one about which anything changed on: a hook takes them away, so
-- that nothing is left of an account that left the scope or came under a pseudonym; and days before it
-- that lie between two observations of an account, of which the later one has only come now.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'account_id', 'observed_date'],
    pre_hook=hook("forget_days_anew('observed_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} {{ ref('int_account_marks') }} {{ ref('stg_meta__builds') }} (references below that are hidden from the parser)

with accounts as (
    select
        accounts.platform,
        accounts.account_id,
        accounts.source_set,
        accounts.posts_covered_from_date,
        accounts.last_seen_date,
        {%- if grows_by_key() %}
        greatest(accounts.first_seen_date, least({{ anew_from() }}, marks.unseen_from_date)) as from_date
        {%- else %}
        accounts.first_seen_date as from_date
        {%- endif %}
    from {{ ref('int_accounts_resolved') }} as accounts
    {%- if grows_by_key() %}
    left join {{ ref('int_account_marks') }} as marks
        on
            accounts.platform = marks.platform
            and accounts.account_id = marks.account_id
            and {{ is_pending('marks.build_id') }}
    {%- endif %}
    where not {{ is_person('accounts.account_id') }}
),

spine as (
    select
        platform,
        account_id,
        source_set,
        posts_covered_from_date,
        {{ each_day('from_date', 'last_seen_date') }} as observed_date
    from accounts
    where from_date <= last_seen_date
),

counts as (
    select * from {{ ref('int_follower_counts') }}
    {%- if grows_by_key() %}
    where observed_date >= {{ anew_from() }}
    {%- endif %}
),

days as (
    select
        spine.*,
        counts.followers_lo,
        counts.followers_hi,
        counts.is_suspect as is_followers_suspect,
        -- A suspect count is no change.
        case when not counts.is_suspect then counts.previous_followers_lo end as previous_followers_lo,
        case when not counts.is_suspect then counts.previous_followers_hi end as previous_followers_hi,
        case
            when not counts.is_suspect
                then {{ days_between('counts.previous_date', 'spine.observed_date') }}
        end as followers_delta_days
    from spine
    left join counts
        on
            spine.platform = counts.platform
            and spine.account_id = counts.account_id
            and spine.observed_date = counts.observed_date
),

posts as (
    select * from {{ ref('int_account_post_days') }}
),

coverage as (
    select * from {{ ref('int_source_set_days') }}
)

select
    days.platform,
    days.account_id,
    days.observed_date,
    days.followers_lo,
    days.followers_hi,
    -- Interval arithmetic: an unbounded count (NULL upper end) leaves that side open.
    days.followers_lo - days.previous_followers_hi as followers_delta_lo,
    days.followers_hi - days.previous_followers_lo as followers_delta_hi,
    days.followers_delta_days,
    {{ delta_state(
        'days.followers_delta_days is not null',
        'days.followers_lo - days.previous_followers_hi',
        'days.followers_hi - days.previous_followers_lo'
    ) }} as followers_delta_state,
    days.is_followers_suspect,
    -- No post is 0 only on a day on which posts were collected, of an account whose posts are.
    coalesce(
        nullif(posts.posts_count, 0),
        case when days.observed_date >= days.posts_covered_from_date and watched.from_date is not null then 0 end
    ) as posts_count,
    coverage.coverage,
    {{ build_id() }} as build_id
from days
left join posts
    on
        days.platform = posts.platform
        and days.account_id = posts.account_id
        and days.observed_date = posts.posted_date
left join {{ ref('int_watched_days') }} as watched
    on days.platform = watched.platform and days.observed_date = watched.watched_date
left join coverage
    on
        days.source_set = coverage.source_set
        and days.observed_date = coverage.observed_date
