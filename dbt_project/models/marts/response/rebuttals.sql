-- Grain: one rumour and one denial of it, by the strongest tie; a rumour that nobody denied; or a
-- denial whose rumour is not known. `none` stands for what is missing.
-- Ties, strongest first: the platform's ruling cites the denial, or credits its author by name
-- with one; the denial reposts the rumour, or cites it by address; both use the same hashtag. But
-- for the first, only posts that rule rebuttal_v3 marks are denials.
-- Denials of people are not here: a rumour that nobody else denied stands with `none`.
-- An official denied it only where the author is an account in scope, and not more than 72 h before
-- the copy that was ruled on; main.silence_ledger takes over what counts here.
with rumours as (
    select
        rulings.*,
        follow_ups.onset_hi_at,
        case
            when follow_ups.removed_us is not null
                then {{ instant_from_microseconds(
                    epoch_microseconds('follow_ups.onset_hi_at') ~ ' + follow_ups.removed_us'
                ) }}
        end as removed_at
    from {{ ref('int_rulings_chosen') }} as rulings
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on rulings.event_id = follow_ups.event_id
),

marks as (
    select
        platform,
        post_id,
        max(case when is_rebuttal then 1 else 0 end) as rebuts,
        max(case when is_reversal then 1 else 0 end) as reverses
    from {{ ref('stg_core__posts') }}
    where is_official and (is_rebuttal or is_reversal)
    group by platform, post_id
),

posts as (
    select
        chosen.platform,
        chosen.post_id,
        chosen.account_id,
        chosen.posted_at,
        coalesce(marks.rebuts, 0) = 1 as is_marked,
        coalesce(marks.reverses, 0) = 1 as is_reversing,
        accounts.account_kind,
        accounts.admin_level,
        accounts.region_code,
        coalesce({{ is_person('chosen.account_id') }}, false) as is_person
    from {{ ref('int_post_versions_chosen') }} as chosen
    left join marks on chosen.platform = marks.platform and chosen.post_id = marks.post_id
    left join {{ ref('int_accounts_resolved') }} as accounts
        on chosen.platform = accounts.platform and chosen.account_id = accounts.account_id
    where chosen.posted_at is not null
),

denials as (
    select * from posts where is_marked and not is_person
),

cited as (
    select distinct
        event_id,
        platform,
        cited_post_id,
        first_cited_id,
        first_account_id,
        cited_at
    from (
        select
            event_id,
            platform,
            {{ first_element('cited_post_ids') }} as first_cited_id,
            {{ first_element('cited_account_ids') }} as first_account_id,
            cited_at,
            {{ each_element('cited_post_ids') }} as cited_post_id
        from rumours
    ) as cited_by_rulings
),

ties as (
    select
        event_id,
        platform,
        cited_post_id as post_id,
        'ruling_url' as target_rule,
        1 as tie_order,
        case when cited_post_id = first_cited_id then cited_at end as clocked_at,
        case when cited_post_id = first_cited_id then first_account_id end as cited_account_id
    from cited
    union all
    select
        event_id,
        platform,
        post_id,
        target_rule,
        tie_order,
        cast(null as {{ instant_type() }}) as clocked_at,
        cast(null as {{ dbt.type_string() }}) as cited_account_id
    from {{ ref('int_rumour_ties') }}
    where is_denial
    union all
    select
        links.event_id,
        links.platform,
        links.post_id,
        'hashtag' as target_rule,
        5 as tie_order,
        cast(null as {{ instant_type() }}) as clocked_at,
        cast(null as {{ dbt.type_string() }}) as cited_account_id
    from {{ ref('event_links') }} as links
    inner join rumours on links.event_id = rumours.event_id
    inner join denials on links.platform = denials.platform and links.post_id = denials.post_id
    where links.link_method = 'hashtag_v1'
),

chosen_ties as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by event_id, platform, post_id order by tie_order, clocked_at
            ) as choice
        from ties
    ) as ranked_ties
    where choice = 1
),

targeted as (
    select
        chosen_ties.event_id,
        chosen_ties.platform,
        chosen_ties.post_id,
        chosen_ties.target_rule,
        posts.is_marked,
        -- A post that nobody collected is its author's whom the address names.
        coalesce(posts.account_id, authors.account_id) as account_id,
        coalesce(posts.account_kind, authors.account_kind) as account_kind,
        coalesce(posts.admin_level, authors.admin_level) as admin_level,
        case
            when posts.post_id is null then authors.region_code else posts.region_code
        end as region_code,
        rumours.onset_hi_at as claimed_at,
        coalesce(posts.posted_at, chosen_ties.clocked_at) as rebutted_at,
        rumours.removed_at
    from chosen_ties
    inner join rumours on chosen_ties.event_id = rumours.event_id
    left join posts
        on chosen_ties.platform = posts.platform and chosen_ties.post_id = posts.post_id
    left join {{ ref('int_accounts_resolved') }} as authors
        on
            posts.post_id is null
            and chosen_ties.platform = authors.platform
            and chosen_ties.cited_account_id = authors.account_id
    where
        not coalesce(posts.is_person, false)
        and not coalesce({{ is_person('authors.account_id') }}, false)
),

-- What an official took back about the same rumour, after the denial.
reversals as (
    select
        targeted.event_id,
        targeted.platform,
        targeted.post_id,
        posts.post_id as reversal_post_id,
        posts.posted_at as reversed_at,
        row_number() over (
            partition by targeted.event_id, targeted.platform, targeted.post_id
            order by posts.posted_at, posts.post_id
        ) as reversal_order
    from targeted
    inner join {{ ref('event_links') }} as links on targeted.event_id = links.event_id
    inner join posts
        on
            links.platform = posts.platform
            and links.post_id = posts.post_id
            and posts.is_reversing
            and not posts.is_person
            and posts.posted_at > targeted.rebutted_at
    where
        targeted.account_kind is not null
        and targeted.rebutted_at >= targeted.claimed_at - interval 72 hours
),

together as (
    select
        targeted.*,
        case
            when targeted.account_kind is null then 'cited_author_unknown'
            when targeted.rebutted_at < targeted.claimed_at - interval 72 hours
                then 'debunked_before'
            when reversals.event_id is null then 'rebutted'
            else 'reversed'
        end as outcome,
        reversals.reversal_post_id,
        reversals.reversed_at
    from targeted
    left join reversals
        on
            targeted.event_id = reversals.event_id
            and targeted.platform = reversals.platform
            and targeted.post_id = reversals.post_id
            and reversals.reversal_order = 1
    union all
    select
        rumours.event_id,
        rumours.platform,
        'none' as post_id,
        cast(null as {{ dbt.type_string() }}) as target_rule,
        cast(null as boolean) as is_marked,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as account_kind,
        cast(null as {{ dbt.type_string() }}) as admin_level,
        cast(null as {{ dbt.type_string() }}) as region_code,
        rumours.onset_hi_at as claimed_at,
        cast(null as {{ instant_type() }}) as rebutted_at,
        rumours.removed_at,
        case when rumours.removed_at is null then 'none' else 'removed' end as outcome,
        cast(null as {{ dbt.type_string() }}) as reversal_post_id,
        cast(null as {{ instant_type() }}) as reversed_at
    from rumours
    left join (select distinct event_id from targeted) as denied
        on rumours.event_id = denied.event_id
    where denied.event_id is null
    union all
    select
        'none' as event_id,
        denials.platform,
        denials.post_id,
        cast(null as {{ dbt.type_string() }}) as target_rule,
        denials.is_marked,
        denials.account_id,
        denials.account_kind,
        denials.admin_level,
        denials.region_code,
        cast(null as {{ instant_type() }}) as claimed_at,
        denials.posted_at as rebutted_at,
        cast(null as {{ instant_type() }}) as removed_at,
        'untargeted' as outcome,
        cast(null as {{ dbt.type_string() }}) as reversal_post_id,
        cast(null as {{ instant_type() }}) as reversed_at
    from denials
    left join targeted
        on denials.platform = targeted.platform and denials.post_id = targeted.post_id
    where targeted.post_id is null
)

select
    event_id,
    platform,
    post_id,
    outcome,
    target_rule,
    is_marked,
    account_id,
    account_kind,
    admin_level,
    region_code,
    claimed_at,
    rebutted_at,
    {{ hours_between('claimed_at', 'rebutted_at') }} as rebuttal_hours,
    removed_at,
    reversal_post_id,
    reversed_at,
    {{ build_id() }} as build_id
from together
