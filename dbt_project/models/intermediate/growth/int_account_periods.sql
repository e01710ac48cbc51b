-- Grain: one account in scope and one day, week or month in which its state was checked.
-- Followers are the last count within the period; their change is against the last count of
-- the period immediately before, where there is one. Suspect counts are left out.
-- Of activity nothing is known of an account none of whose posts was collected, or was long after
-- (posts_covered_from), nor where the 14 days that end with the period are not all in one stretch of the
-- platform's posts.
-- Periods that end before the first day made anew stand as they are.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_periods_anew()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

{%- set covered -%}
coalesce(accounts.posts_covered_from_date <= dated.period_end_date, false) and {{ is_window_watched('watched', 'dated.period_end_date') }}
{%- endset %}

with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

periods as (
    select * from {{ ref('int_growth_periods') }}
),

checked_days as (
    select
        accounts.account_number,
        days.observed_date,
        case when not counts.is_suspect then counts.followers_lo end as followers_lo,
        case when not counts.is_suspect then counts.followers_hi end as followers_hi,
        coalesce(counts.is_suspect, false) as is_suspect
    from {{ ref('int_account_days_observed') }} as days
    inner join accounts
        on days.platform = accounts.platform and days.account_id = accounts.account_id
    left join {{ ref('int_follower_counts') }} as counts
        on
            days.platform = counts.platform
            and days.account_id = counts.account_id
            and days.observed_date = counts.observed_date
            {%- if grows_by_key() %}
            and counts.observed_date >= {{ anew_from() }}
            {%- endif %}
    where
        days.confirmed_state is not null
        {%- if grows_by_key() %}
        and days.observed_date >= {{ anew_from() }}
        {%- endif %}
),

-- A week or month that began before the first day made anew starts with days that stand.
days_of_periods as (
    select * from checked_days
    {%- if grows_by_key() %}
    union all
    select
        accounts.account_number,
        known.period_start as observed_date,
        known.followers_lo,
        known.followers_hi,
        known.is_followers_suspect as is_suspect
    from {{ this }} as known
    inner join accounts
        on known.platform = accounts.platform and known.account_id = accounts.account_id
    where
        known.period = 'day'
        and known.period_start < {{ anew_from() }}
        and known.period_start >= least(
            {{ period_start("'week'", anew_from()) }}, {{ period_start("'month'", anew_from()) }}
        )
    {%- endif %}
),

longer as (
    {%- for period in ['week', 'month'] %}
    select
        account_number,
        '{{ period }}' as period,
        {{ period_start("'" ~ period ~ "'", 'observed_date') }} as period_start,
        max_by({{ record(['followers_lo', 'followers_hi']) }}, observed_date)
            filter (where followers_lo is not null) as followers,
        max_by(is_suspect, observed_date) filter (where followers_lo is not null or is_suspect) as is_suspect
    from days_of_periods
    {%- if grows_by_key() %}
    where observed_date >= {{ period_start("'" ~ period ~ "'", anew_from()) }}
    {%- endif %}
    group by account_number, {{ period_start("'" ~ period ~ "'", 'observed_date') }}
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

checked as (
    select
        account_number,
        'day' as period,
        observed_date as period_start,
        followers_lo,
        followers_hi,
        is_suspect
    from checked_days
    union all
    select
        account_number,
        period,
        period_start,
        followers.followers_lo as followers_lo,
        followers.followers_hi as followers_hi,
        is_suspect
    from longer
),

dated as (
    select
        checked.account_number,
        checked.period,
        checked.period_start,
        checked.followers_lo,
        checked.followers_hi,
        coalesce(checked.is_suspect, false) as is_followers_suspect,
        periods.period_end_date,
        periods.previous_period_start
    from checked
    inner join periods
        on checked.period = periods.period and checked.period_start = periods.period_start
),

-- What the first periods are compared with.
known as (
    select
        account_number,
        period,
        period_start,
        followers_lo,
        followers_hi
    from dated
    {%- if grows_by_key() %}
    union all
    select
        accounts.account_number,
        known.period,
        known.period_start,
        known.followers_lo,
        known.followers_hi
    from {{ this }} as known
    inner join accounts
        on known.platform = accounts.platform and known.account_id = accounts.account_id
    inner join {{ growth_periods() }} as kinds
        on
            known.period = kinds.period
            and known.period_start
            = {{ previous_period_start('kinds.period', period_start('kinds.period', anew_from())) }}
    where known.period_start >= {{ add_days(anew_from(), -62) }}
    {%- endif %}
),

post_days as (
    select
        accounts.account_number,
        post_days.posted_date
    from {{ ref('int_account_post_days') }} as post_days
    inner join accounts
        on post_days.platform = accounts.platform and post_days.account_id = accounts.account_id
    where
        post_days.posts_count > 0
        {%- if grows_by_key() %}
        -- No activity looks further back.
        and post_days.posted_date >= {{ add_days(anew_from(), -100) }}
        {%- endif %}
),

-- The last post on or before each last day of a period, by one pass over posts and ends together;
-- on the same day the posts come first.
timeline as (
    select
        account_number,
        posted_date as on_date,
        0 as turn,
        posted_date
    from post_days
    union all
    select distinct
        account_number,
        period_end_date as on_date,
        1 as turn,
        cast(null as date) as posted_date
    from dated
),

looked_back as (
    select
        account_number,
        on_date,
        turn,
        max(posted_date) over (
            partition by account_number
            order by on_date nulls last, turn nulls last
            rows between unbounded preceding and current row
        ) as last_posted_date
    from timeline
),

last_posts as (
    select
        account_number,
        on_date,
        last_posted_date
    from looked_back
    where turn = 1
),

-- Each last day of a period with the stretch that holds it or the day before.
watched as (
    select
        ends.period_end_date,
        days.platform,
        max(days.from_date) as from_date
    from (select distinct period_end_date from dated) as ends
    inner join {{ ref('int_watched_days') }} as days
        on
            days.watched_date >= {{ add_days('ends.period_end_date', -1) }}
            and days.watched_date <= ends.period_end_date
    group by ends.period_end_date, days.platform
)

select
    accounts.platform,
    accounts.account_id,
    dated.period,
    dated.period_start,
    dated.period_end_date,
    dated.followers_lo,
    dated.followers_hi,
    dated.is_followers_suspect,
    before.followers_lo is not null and dated.followers_lo is not null as has_delta,
    dated.followers_lo - before.followers_hi as followers_delta_lo,
    dated.followers_hi - before.followers_lo as followers_delta_hi,
    {{ covered }} as has_posts_covered,
    {%- for days in [7, 14, 30, 90] %}
    {{ covered }} and coalesce(
        {{ days_between('last_posts.last_posted_date', 'dated.period_end_date') }} < {{ days }}, false
    ) as is_active_{{ days }}d{{ "," if not loop.last }}
    {%- endfor %}
from dated
inner join accounts on dated.account_number = accounts.account_number
left join known as before
    on
        dated.account_number = before.account_number
        and dated.period = before.period
        and dated.previous_period_start = before.period_start
left join last_posts
    on
        dated.account_number = last_posts.account_number
        and dated.period_end_date = last_posts.on_date
left join watched
    on accounts.platform = watched.platform and dated.period_end_date = watched.period_end_date
