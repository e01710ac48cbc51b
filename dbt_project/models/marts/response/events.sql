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
        subject,
        cast(null as {{ dbt.type_string() }}) as lead_text,
        cast(null as bigint) as articles_count,
        cast(null as bigint) as outlets_count
    from {{ ref('int_hot_topic_events') }}
    union all
    select
        event_id,
        event_type,
        title,
        topic_key,
        onset_lo_at,
        onset_hi_at,
        last_seen_at,
        source,
        cast(null as {{ dbt.type_string() }}) as subject,
        lead_text,
        articles_count,
        outlets_count
    from {{ ref('int_article_events') }}
    union all
    select
        *,
        cast(null as {{ dbt.type_string() }}) as subject,
        cast(null as {{ dbt.type_string() }}) as lead_text,
        cast(null as bigint) as articles_count,
        cast(null as bigint) as outlets_count
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
    -- An article whose title names no place may name it where it begins.
    case
        when lead_text is null or regexp_extract({{ places_only('title') }}, '{{ province_pattern() }}', 0) <> ''
            then {{ region_named('title') }}
        else coalesce(case when {{ names_province_as_place('lead_text') }} then {{ region_named('lead_text') }} end, {{ region_named_in_english("coalesce(title, '') || ' ' || lead_text") }})
    end as region_code,
    subject,
    articles_count,
    outlets_count,
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
    cast(null as bigint) as articles_count,
    cast(null as bigint) as outlets_count,
    {{ build_id() }} as build_id
from {{ ref('int_public_questions') }}
where event_id is not null
