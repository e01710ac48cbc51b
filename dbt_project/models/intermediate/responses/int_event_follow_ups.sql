-- Grain: one event and how long it was watched for a response: 14 days, or until the data end.
-- An event whose first sighting is only known to the day may begin after the data end: it was
-- watched for no time at all.
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
        greatest(
            events.onset_hi_at,
            least(events.onset_hi_at + interval 14 days, bounds.data_through_at)
        ) as watched_until_at
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
