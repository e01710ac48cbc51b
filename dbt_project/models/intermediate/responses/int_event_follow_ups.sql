-- Grain: one event and how long it was watched for a response: 14 days, or until the collection of
-- official posts ends. An event outside that collection was watched for no time at all: that
-- nobody answered it is not known, and it is at risk at no hour.
with events as (
    select * from {{ ref('events') }}
),

bounds as (
    select * from {{ ref('int_observation_bounds') }}
),

watched as (
    select
        events.event_id,
        events.event_type,
        events.onset_lo_at,
        events.onset_hi_at,
        {{ local_date('events.onset_hi_at') }} as onset_date,
        case
            when events.onset_hi_at >= bounds.official_posts_from_at
                then greatest(
                    events.onset_hi_at,
                    least(events.onset_hi_at + interval 14 days, bounds.official_posts_through_at)
                )
            else events.onset_hi_at
        end as watched_until_at
    from events
    cross join bounds
)

select
    event_id,
    -- The heavy steps that follow count on numbers, not on text.
    row_number() over (order by event_id nulls last) as event_number,
    event_type,
    onset_lo_at,
    onset_hi_at,
    onset_date,
    watched_until_at,
    {{ microseconds_between('onset_hi_at', 'watched_until_at') }} as watched_us
from watched
