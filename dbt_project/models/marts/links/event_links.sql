-- Grain: one official post about one event, by one rule.
-- exact, so certain (probability 1):
--   hashtag_v1        a hashtag of the post equals a key of the event (topic, title of an article of
--                     the story, or hashtag of the ruling), published from 72 h before its first sighting, or from its earliest
--                     onset where that is earlier (macro spoken_of_from), to 14 days after;
--   cited_post_v1     the ruling cites the post by its id, whenever it was published;
--   repost_v1, reply_v1
--                     the post reposts one that is linked by these two or denies by a tie below, or
--                     replies to it, in the window of hashtags: so denials are taken back;
--   address_v1        the text of the post names the address of an article, likewise;
--   rumour_repost_v1, rumour_reply_v1, rumour_url_v1, ruling_mention_v1
--                     the post denies something or takes it back (rule rebuttal_v3) and reposts the
--                     rumour, replies to it, or cites its address; or the ruling credits its author
--                     with a denial; likewise.
-- lexical, with the probability of the model in orchestration/linking:
--   text_v1           the text of the post speaks of a title of the event, published from 72 h before
--                     its first sighting to 24 h after; only links that need no review, and that no
--                     editor has decided on.
-- reviewed, by a person (probability 1):
--   editor_v1         an editor says yes, in the window of hashtags;
--   alias_hashtag_v1  a hashtag equals an editor's other wording of the title, likewise.
with events as (
    select
        *,
        {{ spoken_of_from('onset_lo_at', 'onset_hi_at') }} as spoken_of_from_at
    from {{ ref('events') }}
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
        min(post_keys.hashtag_key) as matched
    from {{ ref('int_event_keys') }} as event_keys
    inner join events on event_keys.event_id = events.event_id
    inner join post_keys on event_keys.hashtag_key = post_keys.hashtag_key
    where
        post_keys.posted_at >= events.spoken_of_from_at
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
        posts.post_id as matched
    from citations
    inner join events on citations.event_id = events.event_id
    inner join posts
        on
            citations.platform = posts.platform
            and citations.cited_post_id = posts.post_id
),

by_tie as (
    select
        events.event_id,
        events.onset_hi_at,
        posts.platform,
        posts.post_id,
        posts.account_id,
        posts.posted_at,
        ties.matched,
        case ties.target_rule
            when 'repost' then 'rumour_repost_v1'
            when 'reply' then 'rumour_reply_v1'
            when 'post_url' then 'rumour_url_v1'
            else 'ruling_mention_v1'
        end as link_method
    from {{ ref('int_rumour_ties') }} as ties
    inner join events on ties.event_id = events.event_id
    inner join posts on ties.platform = posts.platform and ties.post_id = posts.post_id
    where
        posts.posted_at >= events.spoken_of_from_at
        and posts.posted_at <= events.onset_hi_at + interval 14 days
),

originals as (
    select * from by_hashtag
    union all
    select * from by_citation
    union all
    select
        event_id,
        onset_hi_at,
        platform,
        post_id,
        account_id,
        posted_at,
        matched
    from by_tie
),

by_parent as (
    select distinct
        originals.event_id,
        originals.onset_hi_at,
        parents.platform,
        parents.post_id,
        parents.account_id,
        parents.posted_at,
        parents.parent_post_id as matched,
        parents.relation || '_v1' as link_method
    from {{ ref('int_post_parents') }} as parents
    inner join originals
        on
            parents.platform = originals.platform
            and parents.parent_post_id = originals.post_id
    inner join events on originals.event_id = events.event_id
    where
        parents.posted_at >= events.spoken_of_from_at
        and parents.posted_at <= originals.onset_hi_at + interval 14 days
),

event_titles as (
    select * from {{ ref('int_event_titles') }}
),

by_alias as (
    select
        events.event_id,
        events.onset_hi_at,
        post_keys.platform,
        post_keys.post_id,
        post_keys.account_id,
        post_keys.posted_at,
        min(post_keys.hashtag_key) as matched
    from {{ ref('stg_core__event_aliases') }} as aliases
    inner join event_titles on aliases.title_key = event_titles.title_key
    inner join events on event_titles.event_id = events.event_id
    inner join post_keys on aliases.alias_key = post_keys.hashtag_key
    where
        post_keys.posted_at >= events.spoken_of_from_at
        and post_keys.posted_at <= events.onset_hi_at + interval 14 days
    group by
        events.event_id,
        events.onset_hi_at,
        post_keys.platform,
        post_keys.post_id,
        post_keys.account_id,
        post_keys.posted_at
),

reviewed as (
    select * from {{ ref('stg_core__reviewed_links') }}
),

-- Who decided on one title of a story decided on the story.
decided as (
    select distinct
        event_titles.event_id,
        reviewed.platform,
        reviewed.post_id
    from reviewed
    inner join event_titles on reviewed.title_key = event_titles.title_key
    where reviewed.decision is not null
),

-- A post may speak of several titles of one story: the most probable stands for the link.
by_titles as (
    select
        events.event_id,
        case when texts.link_method = 'address_v1' then 'exact' else 'lexical' end as link_level,
        posts.platform,
        posts.post_id,
        posts.account_id,
        posts.posted_at,
        texts.link_method,
        texts.link_probability,
        texts.evidence,
        row_number() over (
            partition by events.event_id, posts.platform, posts.post_id, texts.link_method
            order by texts.link_probability desc, texts.title_key
        ) as title_order
    from {{ ref('stg_core__text_links') }} as texts
    inner join event_titles on texts.title_key = event_titles.title_key
    inner join events on event_titles.event_id = events.event_id
    left join decided
        on
            events.event_id = decided.event_id
            and texts.platform = decided.platform
            and texts.post_id = decided.post_id
    inner join posts
        on texts.platform = posts.platform and texts.post_id = posts.post_id
    where
        texts.link_state = 'linked'
        -- An editor decides what the model thinks; an address in the text is no opinion.
        and (texts.link_method = 'address_v1' or decided.event_id is null)
        and posts.posted_at >= events.onset_hi_at - interval 72 hours
        and posts.posted_at <= events.onset_hi_at
        + case when texts.link_method = 'address_v1' then interval 14 days else interval 24 hours end
),

by_text as (
    select *
    from by_titles
    where title_order = 1
),

confirmed as (
    select
        events.event_id,
        events.onset_hi_at,
        posts.platform,
        posts.post_id,
        posts.account_id,
        posts.posted_at,
        reviewed.title_key as matched,
        reviewed.reviewer,
        reviewed.note,
        row_number() over (
            partition by events.event_id, posts.platform, posts.post_id order by reviewed.title_key
        ) as title_order
    from reviewed
    inner join event_titles on reviewed.title_key = event_titles.title_key
    inner join events on event_titles.event_id = events.event_id
    inner join posts
        on reviewed.platform = posts.platform and reviewed.post_id = posts.post_id
    where
        reviewed.decision = 'yes'
        and posts.posted_at >= events.spoken_of_from_at
        and posts.posted_at <= events.onset_hi_at + interval 14 days
),

by_editor as (
    select *
    from confirmed
    where title_order = 1
),

by_rule as (
    select
        *,
        'exact' as link_level,
        'hashtag_v1' as link_method,
        cast(null as {{ dbt.type_string() }}) as reviewer,
        cast(null as {{ dbt.type_string() }}) as note
    from by_hashtag
    union all
    select
        *,
        'exact' as link_level,
        'cited_post_v1' as link_method,
        cast(null as {{ dbt.type_string() }}) as reviewer,
        cast(null as {{ dbt.type_string() }}) as note
    from by_citation
    union all
    select
        event_id,
        onset_hi_at,
        platform,
        post_id,
        account_id,
        posted_at,
        matched,
        'exact' as link_level,
        link_method,
        cast(null as {{ dbt.type_string() }}) as reviewer,
        cast(null as {{ dbt.type_string() }}) as note
    from by_parent
    union all
    select
        event_id,
        onset_hi_at,
        platform,
        post_id,
        account_id,
        posted_at,
        matched,
        'exact' as link_level,
        link_method,
        cast(null as {{ dbt.type_string() }}) as reviewer,
        cast(null as {{ dbt.type_string() }}) as note
    from by_tie
    union all
    select
        *,
        'reviewed' as link_level,
        'alias_hashtag_v1' as link_method,
        cast(null as {{ dbt.type_string() }}) as reviewer,
        cast(null as {{ dbt.type_string() }}) as note
    from by_alias
    union all
    select
        event_id,
        onset_hi_at,
        platform,
        post_id,
        account_id,
        posted_at,
        matched,
        'reviewed' as link_level,
        'editor_v1' as link_method,
        reviewer,
        note
    from by_editor
)

select
    event_id,
    platform,
    post_id,
    account_id,
    posted_at,
    link_level,
    link_method,
    1e0 as link_probability,
    {{ json_text([
        ['rule', 'link_method'],
        ['matched', 'matched'],
        ['hours_after_onset', 'round(' ~ hours_between('onset_hi_at', 'posted_at') ~ ', 4)'],
        ['reviewer', 'reviewer'],
        ['note', 'note'],
    ]) }} as evidence,
    {{ build_id() }} as build_id
from by_rule
union all
select
    event_id,
    platform,
    post_id,
    account_id,
    posted_at,
    link_level,
    link_method,
    link_probability,
    evidence,
    {{ build_id() }} as build_id
from by_text
