-- Grain: one row. The instants every model means by "now"; nothing here asks the machine.
--
-- data_through_at: how far the data reach. A file's modification time says only that something
-- was written by then, often years after the collector looked, so it counts only where nothing
-- better is known.
with observed as (
    {%- for table in [
        'account_snapshots', 'posts', 'post_metric_snapshots', 'articles', 'comments',
        'inquiries', 'rulings', 'repost_timings',
    ] %}
    select
        max(observed_at) as any_at,
        max(observed_at) filter (where observed_at_source not in ('file_mtime', 'upper_bound')) as seen_at
    from {{ source('core', table) }}
    union all
    {%- endfor %}
    select max(seen_hi_at) as any_at, max(seen_hi_at) as seen_at
    from {{ source('core', 'hot_topic_slots') }}
),

official_posts as (
    select max(posted_at) as through_at
    from {{ source('core', 'posts') }}
    where is_official
),

latest as (
    select
        coalesce(
            greatest(max(observed.seen_at), max(official_posts.through_at)),
            max(observed.seen_at),
            max(official_posts.through_at),
            max(observed.any_at)
        ) as data_through_at
    from observed
    cross join official_posts
)

select
    data_through_at,
    {{ local_date('data_through_at') }} as data_through_date
from latest
