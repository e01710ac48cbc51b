-- Grain: one post of an ordinary person and one account in scope that it calls upon by name, with
-- the account's first answer: a repost of the post, a reply to it, or a comment under it.
--
-- Whose name it is follows from when it was said: of the accounts that bore the name, the one that
-- was last seen to take it before the post, else the first one to take it afterwards.
-- Times told by the hour or day are intervals: the post counts from its first instant, the answer at its last,
-- but no later than the look that found it.
-- That nobody answered is known only while somebody looked: in the stretch of the platform's official
-- posts that holds the post (int_watch_stretches), between the account's first collected post and its
-- last; and until the comments under the post were last collected. A post outside both was watched for
-- no time at all.
with asking as (
    select *
    from (
        select
            platform,
            post_id,
            account_id,
            posted_at,
            posted_date,
            addressed_names,
            source_name,
            row_number() over (
                partition by platform, post_id
                order by
                    precision_rank nulls last,
                    observed_at desc nulls last,
                    posted_at,
                    file_sha256 desc nulls last,
                    record_number desc nulls last
            ) as version_order
        from {{ ref('stg_core__posts') }}
        where not is_official and addressed_names is not null and posted_at is not null
    ) as versions
    where version_order = 1
),

called as (
    select
        platform,
        post_id,
        posted_at,
        posted_date,
        source_name,
        {{ each_element('addressed_names') }} as called_name
    from asking
),

names as (
    select distinct
        said.platform,
        said.screen_name as called_name,
        said.account_id,
        said.observed_date
    from {{ ref('int_account_statements') }} as said
    inner join {{ ref('int_accounts_resolved') }} as accounts
        on said.platform = accounts.platform and said.account_id = accounts.account_id
    where said.screen_name is not null
),

bearers as (
    select
        called.platform,
        called.post_id,
        called.posted_at,
        called.source_name,
        names.account_id,
        row_number() over (
            partition by called.platform, called.post_id, called.called_name
            order by
                case when names.observed_date <= called.posted_date then 0 else 1 end,
                abs({{ days_between('names.observed_date', 'called.posted_date') }}),
                names.account_id
        ) as bearer_order
    from called
    inner join names
        on called.platform = names.platform and called.called_name = names.called_name
),

addressed as (
    select distinct
        platform,
        post_id,
        account_id,
        posted_at,
        source_name
    from bearers
    where bearer_order = 1
),

-- A collector that gives no time of looking has seen at least the latest comment it brings.
comments as (
    select
        platform,
        post_id,
        account_id,
        comment_id,
        commented_at,
        commented_at_precision,
        is_official,
        text,
        observed_at,
        source_name,
        case
            when not {{ is_look_dated('observed_at_source') }} then commented_at
            else observed_at
        end as looked_at
    from {{ source('core', 'comments') }}
    where commented_at is not null
),

looks as (
    select
        platform,
        post_id,
        max(looked_at) as looked_at
    from comments
    group by platform, post_id
),

collected as (
    select
        platform,
        account_id,
        min(posted_at) as from_at,
        max(posted_at) as through_at
    from {{ ref('int_post_versions_chosen') }}
    where posted_at is not null
    group by platform, account_id
),

watched as (
    select
        addressed.*,
        greatest(
            case
                when addressed.posted_at >= collected.from_at
                    then least(collected.through_at, stretches.through_at)
            end,
            looks.looked_at
        ) as watched_until_at
    from addressed
    left join {{ ref('int_watch_stretches') }} as stretches
        on
            addressed.platform = stretches.platform
            and addressed.posted_at >= stretches.from_at
            and addressed.posted_at <= stretches.through_at
    left join collected
        on
            stretches.platform = collected.platform
            and addressed.account_id = collected.account_id
    left join looks
        on addressed.platform = looks.platform and addressed.post_id = looks.post_id
),

said_back as (
    select
        platform,
        parent_post_id as post_id,
        account_id,
        posted_at as said_at,
        posted_at_precision as said_at_precision,
        post_id as answer_id,
        answer_hash,
        first_seen_at as found_at,
        source_name
    from {{ ref('int_post_parents') }}
    union all
    select
        platform,
        post_id,
        account_id,
        commented_at as said_at,
        commented_at_precision as said_at_precision,
        comment_id as answer_id,
        {{ answer_hash('text', 'comment_id', 'commented_at_precision') }} as answer_hash,
        observed_at as found_at,
        source_name
    from comments
    where is_official
),

said_to_them as (
    select
        watched.platform,
        watched.post_id,
        watched.account_id,
        watched.posted_at,
        {{ seen_by(
            latest_instant('said_back.said_at', 'said_back.said_at_precision', 'sources.timezone'),
            'said_back.found_at', 'greatest(said_back.said_at, watched.posted_at)'
        ) }} as answered_at,
        said_back.answer_id,
        said_back.answer_hash
    from watched
    inner join said_back
        on
            watched.platform = said_back.platform
            and watched.post_id = said_back.post_id
            and watched.account_id = said_back.account_id
            and said_back.said_at <= watched.watched_until_at
    left join {{ ref('stg_meta__sources') }} as sources
        on said_back.source_name = sources.source_name
),

answers as (
    select
        *,
        row_number() over (
            partition by platform, post_id, account_id order by answered_at, answer_id
        ) as answer_order
    from said_to_them
    where answered_at >= posted_at
)

select
    watched.platform,
    watched.post_id,
    watched.account_id,
    watched.posted_at as asked_at,
    answers.answered_at,
    answers.answer_hash,
    greatest(watched.posted_at, watched.watched_until_at) as watched_until_at,
    case
        when answers.answered_at is not null then 'answered'
        when watched.watched_until_at > watched.posted_at then 'open'
        else 'unknown'
    end as question_status,
    watched.source_name
from watched
left join answers
    on
        watched.platform = answers.platform
        and watched.post_id = answers.post_id
        and watched.account_id = answers.account_id
        and answers.answer_order = 1
