-- Grain: something the public talks about: a hot topic, an article, a rumour.
with events as (
    select * from {{ ref('int_hot_topic_events') }}
    union all
    select * from {{ ref('int_article_events') }}
    union all
    select * from {{ ref('int_rumor_events') }}
)

select
    event_id,
    event_type,
    title,
    topic_key,
    onset_lo_at,
    onset_hi_at,
    last_seen_at,
    source,
    -- No source of these three types says where an event happened.
    cast(null as {{ dbt.type_string() }}) as region_code,
    {{ build_id() }} as build_id
from events
