-- Grain: one event that was watched and that no official answered, with the post that came nearest.
-- Nearest: of the posts that use a key of the event, or that its ruling cites, the one closest in
-- time; it lies outside the window, otherwise the event would not stand here.
with silent as (
    select
        responses.event_id,
        follow_ups.onset_hi_at,
        follow_ups.watched_us
    from {{ ref('event_responses') }} as responses
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on responses.event_id = follow_ups.event_id
    where responses.is_censored and follow_ups.watched_us > 0
),

keys as (
    select
        silent.event_id,
        silent.onset_hi_at,
        event_keys.hashtag_key
    from silent
    inner join {{ ref('int_event_keys') }} as event_keys on silent.event_id = event_keys.event_id
),

post_keys as (
    select
        posts.platform,
        posts.post_id,
        posts.posted_at,
        wanted.hashtag_key
    from (
        select
            platform,
            post_id,
            posted_at,
            {{ each_element('hashtag_keys') }} as hashtag_key
        from {{ ref('int_post_versions_chosen') }}
        where posted_at is not null and account_id is not null
    ) as posts
    inner join (select distinct hashtag_key from keys) as wanted
        on posts.hashtag_key = wanted.hashtag_key
),

-- One pass over posts and onsets of a key together instead of a range join.
timeline as (
    select
        hashtag_key,
        posted_at as on_at,
        posted_at,
        cast(null as {{ dbt.type_string() }}) as event_id
    from post_keys
    union all
    select
        hashtag_key,
        onset_hi_at as on_at,
        cast(null as {{ instant_type() }}) as posted_at,
        event_id
    from keys
),

neighbours as (
    select
        hashtag_key,
        event_id,
        max(posted_at) over (
            partition by hashtag_key order by on_at
            rows between unbounded preceding and current row
        ) as before_at,
        min(posted_at) over (
            partition by hashtag_key order by on_at desc
            rows between unbounded preceding and current row
        ) as after_at
    from timeline
),

near as (
    select
        neighbours.event_id,
        post_keys.platform,
        post_keys.post_id,
        post_keys.posted_at,
        'hashtag_v1' as link_method
    from neighbours
    inner join post_keys
        on
            neighbours.hashtag_key = post_keys.hashtag_key
            and (
                neighbours.before_at = post_keys.posted_at
                or neighbours.after_at = post_keys.posted_at
            )
    where neighbours.event_id is not null
    union all
    select
        links.event_id,
        links.platform,
        links.post_id,
        links.posted_at,
        links.link_method
    from {{ ref('event_links') }} as links
    inner join silent on links.event_id = silent.event_id
),

nearest as (
    select
        near.*,
        {{ microseconds_between('silent.onset_hi_at', 'near.posted_at') }} as distance_us,
        row_number() over (
            partition by near.event_id
            order by
                abs({{ microseconds_between('silent.onset_hi_at', 'near.posted_at') }}),
                near.post_id,
                near.platform,
                near.link_method
        ) as distance_order
    from near
    inner join silent on near.event_id = silent.event_id
)

select
    events.event_id,
    events.event_type,
    events.title,
    events.region_code,
    events.subject,
    events.onset_lo_at,
    events.onset_hi_at,
    events.last_seen_at,
    events.source,
    {{ hours_from_microseconds('silent.watched_us') }} as watched_hours,
    silent.watched_us >= 1209600000000 as is_watch_complete,
    nearest.platform as nearest_platform,
    nearest.post_id as nearest_post_id,
    nearest.link_method as nearest_rule,
    case
        when nearest.distance_us < 0 then 'before_window'
        when nearest.distance_us >= 0 then 'after_watch'
    end as nearest_refusal,
    {{ hours_from_microseconds('nearest.distance_us') }} as nearest_hours,
    {{ build_id() }} as build_id
from silent
inner join {{ ref('events') }} as events on silent.event_id = events.event_id
left join nearest on silent.event_id = nearest.event_id and nearest.distance_order = 1
