-- Grain: one row. The instant every model means by "now": the latest observation in core.
-- Nothing in this project asks the machine for the time. NULL on an empty warehouse.
with observed as (
    {%- for table in [
        'account_snapshots', 'posts', 'post_metric_snapshots', 'articles', 'comments',
        'inquiries', 'rulings', 'repost_timings',
    ] %}
    select max(observed_at) as latest_at from {{ source('core', table) }}
    union all
    {%- endfor %}
    select max(seen_hi_at) as latest_at from {{ source('core', 'hot_topic_slots') }}
),

latest as (
    select max(latest_at) as data_through_at from observed
)

select
    data_through_at,
    {{ local_date('data_through_at') }} as data_through_date
from latest
