-- Grain: one event that was watched and that no institution answered, with the post that came nearest.
-- Nearest: of the posts that use a key of the event, that its ruling cites or credits, or whose text
-- may speak of it, and of the answer of its board, the one closest in time.
-- A rumour that an official denied by a tie of main.rebuttals is not silent; one that was denied, or
-- a question that was answered, only after the watch says so in answered_later_at. So does a question that
-- its board calls answered without a usable time: the first look that found it so came after the watch.
with denials as (
    select
        rebuttals.event_id,
        rebuttals.platform,
        rebuttals.post_id,
        rebuttals.target_rule,
        rebuttals.outcome,
        rebuttals.rebutted_at,
        {{ microseconds_between('follow_ups.onset_hi_at', 'rebuttals.rebutted_at') }} as denied_us,
        follow_ups.watched_us
    from {{ ref('rebuttals') }} as rebuttals
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on rebuttals.event_id = follow_ups.event_id
    where rebuttals.rebutted_at is not null
),

denied_in_time as (
    select distinct event_id
    from denials
    where outcome in ('rebutted', 'reversed') and denied_us <= watched_us
),

silent as (
    select
        responses.event_id,
        follow_ups.onset_hi_at,
        {{ microseconds_between(
            'follow_ups.onset_hi_at', spoken_of_from('follow_ups.onset_lo_at', 'follow_ups.onset_hi_at')
        ) }} as spoken_of_from_us,
        follow_ups.watched_us
    from {{ ref('event_responses') }} as responses
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on responses.event_id = follow_ups.event_id
    left join denied_in_time on responses.event_id = denied_in_time.event_id
    where
        responses.is_censored
        and follow_ups.watched_us > 0
        and denied_in_time.event_id is null
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
        where posted_at is not null and account_id is not null and not {{ is_person('account_id') }}
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

event_titles as (
    select * from {{ ref('int_event_titles') }}
),

-- Who decided on one title of a story decided on the story.
decided as (
    select distinct
        event_titles.event_id,
        reviewed.platform,
        reviewed.post_id
    from {{ ref('stg_core__reviewed_links') }} as reviewed
    inner join event_titles on reviewed.title_key = event_titles.title_key
    where reviewed.decision is not null
),

near as (
    select
        neighbours.event_id,
        post_keys.platform,
        post_keys.post_id,
        post_keys.posted_at,
        'hashtag_v1' as link_method,
        cast(null as {{ dbt.type_string() }}) as own_refusal,
        cast(null as double) as link_probability,
        cast(null as {{ dbt.type_string() }}) as evidence,
        cast(null as {{ instant_type() }}) as answered_later_at
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
        links.link_method,
        cast(null as {{ dbt.type_string() }}) as own_refusal,
        links.link_probability,
        links.evidence,
        cast(null as {{ instant_type() }}) as answered_later_at
    from {{ ref('event_links') }} as links
    inner join silent on links.event_id = silent.event_id
    -- What a ruling cites comes from its denials, which know who wrote it.
    where links.link_method <> 'cited_post_v1' and not coalesce({{ is_person('links.account_id') }}, false)
    union all
    select
        event_id,
        platform,
        post_id,
        rebutted_at as posted_at,
        case target_rule
            when 'ruling_url' then 'cited_post_v1'
            when 'hashtag' then 'hashtag_v1'
            else target_rule
        end as link_method,
        case outcome when 'cited_author_unknown' then 'author_unknown' end as own_refusal,
        cast(null as double) as link_probability,
        cast(null as {{ dbt.type_string() }}) as evidence,
        case when outcome in ('rebutted', 'reversed') then rebutted_at end as answered_later_at
    from denials
    union all
    select
        questions.event_id,
        questions.platform,
        cast(null as {{ dbt.type_string() }}) as post_id,
        coalesce(questions.answered_at, questions.answer_seen_at) as posted_at,
        'board_answer_v1' as link_method,
        case when questions.answered_at is null then 'answered_undated' end as own_refusal,
        cast(null as double) as link_probability,
        cast(null as {{ dbt.type_string() }}) as evidence,
        coalesce(questions.answered_at, questions.answer_seen_at) as answered_later_at
    from {{ ref('int_public_questions') }} as questions
    where
        questions.event_id is not null
        and coalesce(questions.answered_at, questions.answer_seen_at) is not null
    union all
    select
        event_titles.event_id,
        posts.platform,
        posts.post_id,
        posts.posted_at,
        texts.link_method,
        'below_threshold' as own_refusal,
        texts.link_probability,
        texts.evidence,
        cast(null as {{ instant_type() }}) as answered_later_at
    from {{ ref('stg_core__text_links') }} as texts
    inner join event_titles on texts.title_key = event_titles.title_key
    left join decided
        on
            event_titles.event_id = decided.event_id
            and texts.platform = decided.platform
            and texts.post_id = decided.post_id
    inner join {{ ref('int_post_versions_chosen') }} as posts
        on texts.platform = posts.platform and texts.post_id = posts.post_id
    where
        texts.link_state = 'review'
        and decided.event_id is null
        and posts.posted_at is not null
        and posts.account_id is not null
        and not {{ is_person('posts.account_id') }}
),

nearest as (
    select
        near.*,
        min(near.answered_later_at) over (partition by near.event_id) as first_answered_later_at,
        {{ microseconds_between('silent.onset_hi_at', 'near.posted_at') }} as distance_us,
        row_number() over (
            partition by near.event_id
            order by
                abs({{ microseconds_between('silent.onset_hi_at', 'near.posted_at') }}),
                near.post_id nulls last,
                near.platform nulls last,
                near.link_method,
                near.link_probability desc nulls last,
                near.evidence
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
        when nearest.own_refusal in ('author_unknown', 'answered_undated') then nearest.own_refusal
        when nearest.distance_us < silent.spoken_of_from_us then 'before_window'
        when nearest.distance_us > silent.watched_us then 'after_watch'
        else nearest.own_refusal
    end as nearest_refusal,
    {{ hours_from_microseconds('nearest.distance_us') }} as nearest_hours,
    nearest.link_probability as nearest_probability,
    nearest.evidence as nearest_evidence,
    nearest.first_answered_later_at as answered_later_at,
    {{ build_id() }} as build_id
from silent
inner join {{ ref('events') }} as events on silent.event_id = events.event_id
left join nearest on silent.event_id = nearest.event_id and nearest.distance_order = 1
