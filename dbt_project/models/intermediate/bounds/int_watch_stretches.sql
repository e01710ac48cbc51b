-- Grain: one stretch in which official posts of a platform were collected, from its first post to its
-- last. Outside them silence is not observed but unknown.
-- A stretch ends where no post is known for more than 14 days: an event is watched for 14 days, so
-- that in a longer hole a whole watch would hold nothing. One post alone is no watch: a stray post
-- says that somebody came upon it, not that somebody looked.
with days as (
    select
        platform,
        posted_date,
        min(posted_at) as from_at,
        max(posted_at) as through_at,
        count(*) as posts_count
    from {{ ref('int_post_versions_chosen') }}
    where posted_date is not null and account_id is not null
    group by platform, posted_date
),

neighbours as (
    select
        *,
        lag(posted_date) over (partition by platform order by posted_date) as previous_date
    from days
),

numbered as (
    select
        *,
        sum(
            case when {{ days_between('previous_date', 'posted_date') }} > 14 then 1 else 0 end
        ) over (
            partition by platform order by posted_date
            rows between unbounded preceding and current row
        ) as stretch
    from neighbours
)

select
    platform,
    min(from_at) as from_at,
    max(through_at) as through_at,
    cast(sum(posts_count) as bigint) as posts_count
from numbered
group by platform, stretch
having sum(posts_count) > 1 and min(from_at) < max(through_at)
