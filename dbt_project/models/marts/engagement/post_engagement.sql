-- Grain: one official post at one age (1, 6, 24, 72, 168 h) at which its counts were observed or
-- can be interpolated. No row: no snapshot near enough, never 0.
-- Between two snapshots the counts are interpolated, from one alone they are taken as they stand; each
-- count from the snapshots that have it. A fall is kept and flagged. A publication time known to the
-- hour or the day is too vague for ages below twice that.
{%- set metrics = ['reposts', 'comments', 'likes'] %}
with snapshots as (
    select * from {{ ref('int_post_engagement') }} where age_hours > 0
),

posts as (
    select * from {{ ref('posts') }}
),

paired as (
    select
        posts.platform,
        posts.post_id,
        posts.account_id,
        {{ local_date('posts.posted_at') }} as posted_date,
        snapshots.age_hours,
        snapshots.age_hours * 3600000000 as target_us,
        -- One that stands alone is on both sides of itself.
        {%- for metric in metrics %}
        coalesce(snapshots.{{ metric }}_before, snapshots.{{ metric }}_after) as {{ metric }}_before,
        coalesce(snapshots.{{ metric }}_after, snapshots.{{ metric }}_before) as {{ metric }}_after
        {{- "," if not loop.last }}
        {%- endfor %}
    from snapshots
    inner join posts
        on snapshots.platform = posts.platform and snapshots.post_id = posts.post_id
    where
        snapshots.age_hours >= case posts.posted_at_precision
            when 'second' then 0
            when 'minute' then 0
            when 'hour' then 2
            when 'day' then 48
            else 1000
        end
),

-- us: age of the nearer of the two snapshots, of equally near ones of the earlier.
weighed as (
    select
        *,
        {%- for metric in metrics %}
        {%- set before_us, after_us = metric ~ '_before.age_us', metric ~ '_after.age_us' %}
        case
            when {{ after_us }} > {{ before_us }}
                then cast(target_us - {{ before_us }} as double) / ({{ after_us }} - {{ before_us }})
            else 0e0
        end as {{ metric }}_weight,
        case
            when target_us - {{ before_us }} <= {{ after_us }} - target_us or {{ before_us }} = {{ after_us }}
                then {{ before_us }}
            else {{ after_us }}
        end as {{ metric }}_us,
        -- Of one count, from least to most certain.
        case
            when {{ before_us }} = target_us then 3
            when {{ after_us }} > {{ before_us }} then 2
            when {{ before_us }} is not null then 1
        end as {{ metric }}_certainty{{ "," if not loop.last }}
        {%- endfor %}
    from paired
),

measured as (
    select
        *,
        least({% for metric in metrics %}{{ metric }}_certainty{{ ", " if not loop.last }}{% endfor %}) as certainty,
        greatest({% for metric in metrics %}abs({{ metric }}_us - target_us){{ ", " if not loop.last }}{% endfor %}) as distance_us
    from weighed
),

-- Rounded outwards to whole counts; the inner rounding takes off what floating point adds.
interpolated as (
    select
        platform,
        post_id,
        account_id,
        posted_date,
        age_hours,
        -- What the least certain count rests on, and the snapshot that is farthest from the age.
        case certainty when 3 then 'exact' when 2 then 'interpolated' else 'nearest' end as engagement_method,
        {{ hours_from_microseconds("case when target_us - distance_us in (" ~ metrics | join("_us, ") ~ "_us) then target_us - distance_us else target_us + distance_us end") }}
            as age_at_observation_hours,
        {%- for metric in metrics %}
        cast(floor(round(
            {{ metric }}_before.{{ metric }}_lo
            + {{ metric }}_weight * ({{ metric }}_after.{{ metric }}_lo - {{ metric }}_before.{{ metric }}_lo), 6
        )) as bigint) as {{ metric }}_lo,
        cast(ceil(round(
            {{ metric }}_before.{{ metric }}_hi
            + {{ metric }}_weight * ({{ metric }}_after.{{ metric }}_hi - {{ metric }}_before.{{ metric }}_hi), 6
        )) as bigint) as {{ metric }}_hi,
        {%- endfor %}
        {% for metric in metrics -%}
        coalesce({{ metric }}_after.{{ metric }}_hi < {{ metric }}_before.{{ metric }}_lo, false){{ " or " if not loop.last }}
        {%- endfor %} as fell_between
    from measured
),

compared as (
    select
        *,
        reposts_lo + comments_lo + likes_lo as engagement_lo,
        reposts_hi + comments_hi + likes_hi as engagement_hi,
        fell_between
        {%- for metric in metrics %}
        or coalesce({{ metric }}_hi < max({{ metric }}_lo) over younger, false)
        {%- endfor %} as has_decrease
    from interpolated
    window younger as (
        partition by platform, post_id
        order by age_hours nulls last
        rows between unbounded preceding and 1 preceding
    )
),

post_days as (
    select distinct
        platform,
        account_id,
        posted_date
    from compared
),

-- Followers at posting: the last trusted count on or before that day and the first on or after it.
counted_days as (
    select
        post_days.platform,
        post_days.account_id,
        post_days.posted_date,
        days.followers_lo,
        days.followers_hi,
        {{ days_between('post_days.posted_date', 'days.observed_date') }} as days_later
    from post_days
    inner join {{ ref('int_follower_counts') }} as days
        on
            post_days.platform = days.platform
            and post_days.account_id = days.account_id
            and days.observed_date >= {{ add_days('post_days.posted_date', -7) }}
            and days.observed_date <= {{ add_days('post_days.posted_date', 7) }}
    where not days.is_suspect
),

followers_sides as (
    select
        platform,
        account_id,
        posted_date,
        max_by({{ record(['followers_lo', 'followers_hi']) }}, days_later)
            filter (where days_later <= 0) as before_it,
        min_by({{ record(['followers_lo', 'followers_hi']) }}, days_later)
            filter (where days_later >= 0) as after_it,
        min(abs(days_later)) as gap_days
    from counted_days
    group by platform, account_id, posted_date
),

followers_doubled as (
    select
        platform,
        account_id,
        posted_date,
        gap_days,
        coalesce(before_it, after_it) as before_it,
        coalesce(after_it, before_it) as after_it
    from followers_sides
),

followers as (
    select
        platform,
        account_id,
        posted_date,
        cast(gap_days as bigint) as gap_days,
        least(before_it.followers_lo, after_it.followers_lo) as followers_lo,
        case
            when before_it.followers_hi is not null and after_it.followers_hi is not null
                then greatest(before_it.followers_hi, after_it.followers_hi)
        end as followers_hi
    from followers_doubled
)

select
    compared.platform,
    compared.post_id,
    cast(compared.age_hours as bigint) as age_hours,
    compared.engagement_method,
    round(compared.age_at_observation_hours, 9) as age_at_observation_hours,
    {%- for metric in metrics %}
    compared.{{ metric }}_lo,
    compared.{{ metric }}_hi,
    {%- endfor %}
    compared.engagement_lo,
    compared.engagement_hi,
    compared.has_decrease,
    followers.followers_lo as followers_at_posting_lo,
    followers.followers_hi as followers_at_posting_hi,
    followers.gap_days as followers_gap_days,
    case
        when followers.followers_hi > 0
            then round(cast(compared.engagement_lo as double) / followers.followers_hi, 12)
    end as engagement_per_follower_lo,
    case
        when followers.followers_lo > 0
            then round(cast(compared.engagement_hi as double) / followers.followers_lo, 12)
    end as engagement_per_follower_hi,
    {{ build_id() }} as build_id
from compared
left join followers
    on
        compared.platform = followers.platform
        and compared.account_id = followers.account_id
        and compared.posted_date = followers.posted_date
