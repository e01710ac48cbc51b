-- Grain: one official post about one event, by one rule.
-- Exact rules only, so every link is certain (probability 1):
--   hashtag_v1     a hashtag of the post equals a key of the event (topic, title, or hashtag of
--                  the ruling), published from 72 h before its first sighting to 14 days after;
--   cited_post_v1  the ruling cites the post by its id, whenever it was published.
-- Linking by text comes with its own rules and probabilities.
with events as (
    select * from {{ ref('events') }}
),

posts as (
    select *
    from {{ ref('int_post_versions_chosen') }}
    where posted_at is not null and account_id is not null
),

post_keys as (
    select distinct
        platform,
        post_id,
        account_id,
        posted_at,
        hashtag_key
    from (
        select
            platform,
            post_id,
            account_id,
            posted_at,
            {{ each_element('hashtag_keys') }} as hashtag_key
        from posts
    ) as keys_of_posts
),

by_hashtag as (
    select
        events.event_id,
        events.onset_hi_at,
        post_keys.platform,
        post_keys.post_id,
        post_keys.account_id,
        post_keys.posted_at,
        'hashtag_v1' as link_method,
        min(post_keys.hashtag_key) as matched
    from {{ ref('int_event_keys') }} as event_keys
    inner join events on event_keys.event_id = events.event_id
    inner join post_keys on event_keys.hashtag_key = post_keys.hashtag_key
    where
        post_keys.posted_at >= events.onset_hi_at - interval 72 hours
        and post_keys.posted_at <= events.onset_hi_at + interval 14 days
    group by
        events.event_id,
        events.onset_hi_at,
        post_keys.platform,
        post_keys.post_id,
        post_keys.account_id,
        post_keys.posted_at
),

citations as (
    select distinct
        event_id,
        platform,
        cited_post_id
    from (
        select
            event_id,
            platform,
            {{ each_element('cited_post_ids') }} as cited_post_id
        from {{ ref('int_rulings_chosen') }}
    ) as cited_by_rulings
),

by_citation as (
    select
        events.event_id,
        events.onset_hi_at,
        posts.platform,
        posts.post_id,
        posts.account_id,
        posts.posted_at,
        'cited_post_v1' as link_method,
        posts.post_id as matched
    from citations
    inner join events on citations.event_id = events.event_id
    inner join posts
        on
            citations.platform = posts.platform
            and citations.cited_post_id = posts.post_id
),

links as (
    select * from by_hashtag
    union all
    select * from by_citation
)

select
    event_id,
    platform,
    post_id,
    account_id,
    posted_at,
    'exact' as link_level,
    link_method,
    1e0 as link_probability,
    {{ json_text([
        ['rule', 'link_method'],
        ['matched', 'matched'],
        ['hours_after_onset', 'round(' ~ hours_between('onset_hi_at', 'posted_at') ~ ', 4)'],
    ]) }} as evidence,
    {{ build_id() }} as build_id
from links
