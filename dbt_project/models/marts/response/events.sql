-- Grain: something the public talks about: a hot topic, an article, a rumour, a question to an
-- office. Several archives of one hot list are one event (int_hot_topic_events).
with events as (
    select
        event_id,
        event_type,
        title,
        topic_key,
        onset_lo_at,
        onset_hi_at,
        last_seen_at,
        source,
        subject
    from {{ ref('int_hot_topic_events') }}
    union all
    select
        *,
        cast(null as {{ dbt.type_string() }}) as subject
    from {{ ref('int_article_events') }}
    union all
    select
        *,
        cast(null as {{ dbt.type_string() }}) as subject
    from {{ ref('int_rumor_events') }}
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
    {{ region_named('title') }} as region_code,
    subject,
    {{ build_id() }} as build_id
from events
union all
select
    event_id,
    'inquiry' as event_type,
    -- The wording of a question is its author's.
    cast(null as {{ dbt.type_string() }}) as title,
    cast(null as {{ dbt.type_string() }}) as topic_key,
    asked_at as onset_lo_at,
    asked_at as onset_hi_at,
    last_seen_at,
    source_name as source,
    region_code,
    cast(null as {{ dbt.type_string() }}) as subject,
    {{ build_id() }} as build_id
from {{ ref('int_public_questions') }}
where event_id is not null
