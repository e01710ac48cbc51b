-- Grain: one period x scope of topics x level of the officials, each with `all`.
-- A plain share is fair here, because only topics watched for the whole 72 hours count. Institutions
-- only: scopes of topics would divide the five people of int_responses.
with topics as (
    select
        follow_ups.event_id,
        follow_ups.onset_date,
        follow_ups.watched_us,
        {{ is_public_security('events.title') }} as is_public_security
    from {{ ref('int_event_follow_ups') }} as follow_ups
    inner join {{ ref('events') }} as events on follow_ups.event_id = events.event_id
    where follow_ups.event_type = 'hot_topic'
),

study as (
    select min(onset_date) as first_date from topics
),

periods as (
    select period from {{ growth_periods() }} as growth_periods
    union all
    select 'all' as period
),

scopes as (
    select 'all' as topic_scope
    union all
    select 'public_security' as topic_scope
),

placed as (
    select
        periods.period,
        case
            when periods.period = 'all' then study.first_date
            else {{ period_start('periods.period', 'topics.onset_date') }}
        end as period_start,
        scopes.topic_scope,
        topics.event_id,
        topics.watched_us >= 259200000000 as is_watched
    from topics
    cross join study
    cross join periods
    inner join scopes on scopes.topic_scope = 'all' or topics.is_public_security
),

denominators as (
    select
        period,
        period_start,
        topic_scope,
        count(*) as topics,
        count(case when is_watched then 1 end) as topics_watched
    from placed
    group by period, period_start, topic_scope
),

spoken as (
    select
        event_id,
        admin_level,
        min(response_us) as response_us
    from {{ ref('int_responses') }}
    where link_level = 'exact' and response_us between -259200000000 and 259200000000 and not is_person
    group by event_id, admin_level
),

spoken_by_any as (
    select
        event_id,
        admin_level,
        response_us
    from spoken
    union all
    select
        event_id,
        'all' as admin_level,
        min(response_us) as response_us
    from spoken
    group by event_id
),

numerators as (
    select
        placed.period,
        placed.period_start,
        placed.topic_scope,
        spoken_by_any.admin_level,
        count(*) as topics_covered,
        count(case when spoken_by_any.response_us < 0 then 1 end) as topics_proactive
    from placed
    inner join spoken_by_any on placed.event_id = spoken_by_any.event_id
    where placed.is_watched
    group by placed.period, placed.period_start, placed.topic_scope, spoken_by_any.admin_level
),

levels as (
    select 'all' as admin_level
    union
    select admin_level from spoken
),

counted as (
    select
        denominators.period,
        denominators.period_start,
        denominators.topic_scope,
        levels.admin_level,
        denominators.topics,
        denominators.topics_watched,
        coalesce(numerators.topics_covered, 0) as topics_covered,
        coalesce(numerators.topics_proactive, 0) as topics_proactive
    from denominators
    cross join levels
    left join numerators
        on
            denominators.period = numerators.period
            and denominators.period_start = numerators.period_start
            and denominators.topic_scope = numerators.topic_scope
            and levels.admin_level = numerators.admin_level
)

select
    period,
    period_start,
    topic_scope,
    admin_level,
    topics,
    topics_watched,
    topics_covered,
    topics_proactive,
    round(cast(topics_covered as double) / nullif(topics_watched, 0), 9) as covered_ratio,
    {{ wilson_bound('topics_covered', 'topics_watched', '-') }} as covered_ratio_lo,
    {{ wilson_bound('topics_covered', 'topics_watched', '+') }} as covered_ratio_hi,
    {{ build_id() }} as build_id
from counted
