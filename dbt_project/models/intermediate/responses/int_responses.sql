-- Grain: one linked official post within the window of its event, from 72 h before the first
-- sighting until watching ended, or the answer of an office at its message board. One row per
-- event, post and method of linking.
with posted as (
    select
        links.event_id,
        links.platform,
        links.post_id,
        links.account_id,
        links.posted_at,
        {{ microseconds_between('follow_ups.onset_hi_at', 'links.posted_at') }} as response_us,
        coalesce(accounts.account_kind, 'unclear') as account_kind,
        coalesce(accounts.admin_level, 'unclear') as admin_level,
        accounts.region_code,
        links.link_level,
        links.link_method,
        links.link_probability,
        links.evidence
    from {{ ref('event_links') }} as links
    inner join {{ ref('int_event_follow_ups') }} as follow_ups on links.event_id = follow_ups.event_id
    left join {{ ref('int_accounts_resolved') }} as accounts
        on links.platform = accounts.platform and links.account_id = accounts.account_id
    where
        links.posted_at >= follow_ups.onset_hi_at - interval 72 hours
        and links.posted_at <= follow_ups.watched_until_at
),

answered as (
    select
        questions.event_id,
        questions.platform,
        cast(null as {{ dbt.type_string() }}) as post_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        questions.answered_at as posted_at,
        {{ microseconds_between('questions.asked_at', 'questions.answered_at') }} as response_us,
        'organ' as account_kind,
        'unclear' as admin_level,
        questions.region_code,
        'exact' as link_level,
        'board_answer_v1' as link_method,
        1e0 as link_probability,
        {{ json_text([
            ['rule', "'board_answer_v1'"],
            ['matched', 'questions.question_id'],
            ['asked_at', 'cast(questions.asked_at as ' ~ dbt.type_string() ~ ')'],
            ['answered_at', 'cast(questions.answered_at as ' ~ dbt.type_string() ~ ')'],
            ['hours_after_onset', 'round(' ~ hours_between('questions.asked_at', 'questions.answered_at') ~ ', 4)'],
        ]) }} as evidence
    from {{ ref('int_public_questions') }} as questions
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on questions.event_id = follow_ups.event_id
    where questions.answered_at <= follow_ups.watched_until_at
)

select * from posted
union all
select * from answered
