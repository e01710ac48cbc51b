-- Grain: one official account on one local day, from its first to its last day of observation.
with days as (
    select * from {{ ref('int_account_days_spined') }}
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
    case when days.has_posts_covered then coalesce(posts.posts_count, 0) end as posts_count,
    coverage.coverage,
    {{ build_id() }} as build_id
from days
left join posts
    on
        days.platform = posts.platform
        and days.account_id = posts.account_id
        and days.observed_date = posts.posted_date
left join coverage
    on
        days.source_set = coverage.source_set
        and days.observed_date = coverage.observed_date
