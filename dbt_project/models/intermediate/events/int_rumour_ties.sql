-- Grain: one rumour and one official post that denies something or takes something back (rule
-- rebuttal_v3) and is tied to it by name or address, by the stronger tie: the platform's ruling credits
-- its author with a denial (ruling_mention, only where the ruling cites none by address); it reposts the
-- rumour (repost) or replies to it (reply); it cites the rumour's address (post_url).
-- is_denial: it denies. A name alone ties denials only: what else its author takes back may be anything.
with rumours as (
    select
        rulings.event_id,
        rulings.platform,
        rulings.ruling_id,
        rulings.cited_names,
        events.onset_hi_at
    from {{ ref('int_rulings_chosen') }} as rulings
    inner join {{ ref('events') }} as events on rulings.event_id = events.event_id
),

cited as (
    select distinct event_id
    from (
        select
            event_id,
            {{ each_element('cited_post_ids') }} as cited_post_id
        from {{ ref('int_rulings_chosen') }}
    ) as cited_by_rulings
),

credited as (
    select distinct
        event_id,
        platform,
        onset_hi_at,
        credited_name
    from (
        select
            event_id,
            platform,
            onset_hi_at,
            {{ each_element('cited_names') }} as credited_name
        from rumours
    ) as names_in_rulings
),

marked as (
    select
        platform,
        post_id,
        repost_of_post_id,
        reply_to_post_id,
        cited_post_ids,
        is_rebuttal
    from {{ ref('stg_core__posts') }}
    where is_official and (is_rebuttal or is_reversal)
),

marks as (
    select
        platform,
        post_id,
        max(case when is_rebuttal then 1 else 0 end) = 1 as is_denial
    from marked
    group by platform, post_id
),

denials as (
    select
        chosen.platform,
        chosen.post_id,
        chosen.account_id,
        chosen.posted_at
    from {{ ref('int_post_versions_chosen') }} as chosen
    inner join marks
        on chosen.platform = marks.platform and chosen.post_id = marks.post_id
    where chosen.posted_at is not null and marks.is_denial
),

pointing as (
    select distinct
        platform,
        post_id,
        pointed_at_id,
        target_rule
    from (
        select
            platform,
            post_id,
            repost_of_post_id as pointed_at_id,
            'repost' as target_rule
        from marked
        where repost_of_post_id is not null
        union all
        select
            platform,
            post_id,
            reply_to_post_id as pointed_at_id,
            'reply' as target_rule
        from marked
        where reply_to_post_id is not null
        union all
        select
            platform,
            post_id,
            {{ each_element('cited_post_ids') }} as pointed_at_id,
            'post_url' as target_rule
        from marked
    ) as pointers
),

ties as (
    select
        credited.event_id,
        denials.platform,
        denials.post_id,
        'ruling_mention' as target_rule,
        2 as tie_order,
        credited.credited_name as matched
    from credited
    inner join {{ ref('int_accounts_resolved') }} as accounts
        on
            credited.platform = accounts.platform
            and credited.credited_name = accounts.screen_name
    inner join denials
        on
            accounts.platform = denials.platform
            and accounts.account_id = denials.account_id
            and denials.posted_at >= credited.onset_hi_at - interval 72 hours
            and denials.posted_at <= credited.onset_hi_at + interval 14 days
    -- One that is cited by address needs no guess from a name.
    left join cited on credited.event_id = cited.event_id
    where cited.event_id is null
    union all
    select
        rumours.event_id,
        pointing.platform,
        pointing.post_id,
        pointing.target_rule,
        case pointing.target_rule when 'post_url' then 4 else 3 end as tie_order,
        -- The rumour's post is an ordinary person's: its id goes no further.
        rumours.event_id as matched
    from pointing
    inner join rumours
        on pointing.platform = rumours.platform and pointing.pointed_at_id = rumours.ruling_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_id, platform, post_id order by tie_order, target_rule desc, matched nulls last
        ) as choice
    from ties
)

select
    ranked.event_id,
    ranked.platform,
    ranked.post_id,
    ranked.target_rule,
    ranked.tie_order,
    marks.is_denial,
    ranked.matched
from ranked
inner join marks on ranked.platform = marks.platform and ranked.post_id = marks.post_id
where ranked.choice = 1
