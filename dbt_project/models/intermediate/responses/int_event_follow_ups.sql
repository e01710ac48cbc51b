-- Grain: one event and how long it was watched for a response: 14 days, or until the stretch of
-- official posts ends in which it began (int_watch_stretches). A hot topic or rumour is watched in the
-- stretches of its own platform, an article in those of any one. An event that began in none was
-- watched for no time at all: that nobody answered it is not known, and it is at risk at no hour. A
-- question at a message board is watched as long as the board shows it; that does not hang on anybody's posts.
--
-- late_entry_us, late_until_us: of an event that began in no stretch, up to 14 days before one, how
-- long after its first sighting that stretch begins, and the watch that might be counted in it ends.
-- removed_us: from the first sighting until the post that started a rumour was found deleted.
-- onset_width_us: how much earlier than its first sighting the event may have begun.
-- earliest_watched_us: how long it was watched if it began then. Where the stretch of its first
-- sighting is none, but its earliest onset lies in one, that is until that one ends.
with events as (
    select * from {{ ref('events') }}
),

platforms as (
    select
        event_id,
        platform
    from {{ ref('int_hot_topic_events') }}
    union all
    select
        event_id,
        platform
    from {{ ref('int_rulings_chosen') }}
),

stretches as (
    select
        platform,
        from_at,
        through_at
    from {{ ref('int_watch_stretches') }}
    union all
    select
        'any' as platform,
        from_at,
        through_at
    from {{ ref('int_watch_stretches') }}
),

-- The stretch that was open at the first sighting, the longest of several, else the next to begin.
collections as (
    select
        events.event_id,
        greatest(events.onset_hi_at, stretches.from_at) as from_at,
        least(events.onset_hi_at + interval 14 days, stretches.through_at) as through_at,
        row_number() over (
            partition by events.event_id
            order by greatest(events.onset_hi_at, stretches.from_at), stretches.through_at desc
        ) as nearness
    from events
    left join platforms on events.event_id = platforms.event_id
    inner join stretches
        on
            coalesce(platforms.platform, 'any') = stretches.platform
            and events.onset_hi_at + interval 14 days > stretches.from_at
            and events.onset_hi_at <= stretches.through_at
    where events.event_type <> 'inquiry'
),

-- The stretch that was open at the earliest onset.
earliest_collections as (
    select
        events.event_id,
        max(stretches.through_at) as through_at
    from events
    left join platforms on events.event_id = platforms.event_id
    inner join stretches
        on
            coalesce(platforms.platform, 'any') = stretches.platform
            and events.onset_lo_at >= stretches.from_at
            and events.onset_lo_at <= stretches.through_at
    where events.event_type <> 'inquiry'
    group by events.event_id
),

questions as (
    select
        event_id,
        watched_until_at
    from {{ ref('int_public_questions') }}
    where event_id is not null
),

found_missing as (
    select
        platform,
        post_id,
        coalesce(missing_at, observed_at) as missing_at
    from {{ ref('stg_core__deletions') }}
    where post_state in ('deleted_by_author', 'removed_by_platform')
    union all
    select
        platform,
        post_id,
        observed_at as missing_at
    from {{ ref('stg_core__posts') }}
    where not is_official and post_state in ('deleted_by_author', 'removed_by_platform')
),

removals as (
    select
        rulings.event_id,
        min(found_missing.missing_at) as removed_at
    from {{ ref('int_rulings_chosen') }} as rulings
    inner join found_missing
        on
            rulings.platform = found_missing.platform
            and rulings.ruling_id = found_missing.post_id
    group by rulings.event_id
),

watched as (
    select
        events.event_id,
        events.event_type,
        events.onset_lo_at,
        events.onset_hi_at,
        {{ local_date('events.onset_hi_at') }} as onset_date,
        removals.removed_at,
        case
            when questions.event_id is not null
                then greatest(
                    events.onset_hi_at,
                    least(events.onset_hi_at + interval 14 days, questions.watched_until_at)
                )
            when collections.from_at = events.onset_hi_at then collections.through_at
            else events.onset_hi_at
        end as watched_until_at,
        case
            when questions.event_id is null and coalesce(collections.from_at > events.onset_hi_at, true)
                then coalesce(earliest_collections.through_at, events.onset_lo_at)
        end as earliest_watched_until_at,
        case when collections.from_at > events.onset_hi_at then collections.from_at end as late_entry_at,
        case when collections.from_at > events.onset_hi_at then collections.through_at end as late_until_at
    from events
    left join collections on events.event_id = collections.event_id and collections.nearness = 1
    left join earliest_collections on events.event_id = earliest_collections.event_id
    left join questions on events.event_id = questions.event_id
    left join removals on events.event_id = removals.event_id
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
    {{ microseconds_between('onset_hi_at', 'watched_until_at') }} as watched_us,
    {{ microseconds_between('onset_lo_at', 'onset_hi_at') }} as onset_width_us,
    {{ microseconds_between('onset_lo_at', 'coalesce(earliest_watched_until_at, watched_until_at)') }}
        as earliest_watched_us,
    case
        when removed_at <= watched_until_at
            then greatest({{ microseconds_between('onset_hi_at', 'removed_at') }}, 0)
    end as removed_us,
    {{ microseconds_between('onset_hi_at', 'late_entry_at') }} as late_entry_us,
    {{ microseconds_between('onset_hi_at', 'late_until_at') }} as late_until_us
from watched
