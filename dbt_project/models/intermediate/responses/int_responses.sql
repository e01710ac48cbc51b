-- Grain: one linked official post within the window of its event, from 72 h before the first
-- sighting, or its earliest onset where that is earlier (macro spoken_of_from), until watching ended;
-- or the answer of an office at its message board. One row per event, post and method of linking.
-- Answers of people are here for what counts many of them, in whole hours, and only where five or
-- more people answered events of one day: each number made of them is a sum over such cells, so
-- that no difference of two numbers tells of fewer. Tables with a row for an event leave them out.
{%- set cell = ['onset_date', 'event_type', 'account_kind', 'admin_level', 'link_level'] %}
with linked as (
    select
        links.event_id,
        follow_ups.event_type,
        follow_ups.onset_date,
        follow_ups.watched_us,
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
        links.evidence,
        coalesce({{ is_person('links.account_id') }}, false) as is_person
    from {{ ref('event_links') }} as links
    inner join {{ ref('int_event_follow_ups') }} as follow_ups on links.event_id = follow_ups.event_id
    left join {{ ref('int_accounts_resolved') }} as accounts
        on links.platform = accounts.platform and links.account_id = accounts.account_id
    where
        links.posted_at >= {{ spoken_of_from('follow_ups.onset_lo_at', 'follow_ups.onset_hi_at') }}
        and links.posted_at <= follow_ups.watched_until_at
),

crowds as (
    select
        {{ cell | join(', ') }},
        coalesce(region_code, 'unknown') as known_region_code
    from linked
    where is_person
    group by {{ cell | join(', ') }}, coalesce(region_code, 'unknown')
    having count(distinct account_id) >= {{ fewest_people() }}
),

posted as (
    select
        event_id,
        platform,
        post_id,
        account_id,
        posted_at,
        response_us,
        account_kind,
        admin_level,
        region_code,
        link_level,
        link_method,
        link_probability,
        evidence,
        is_person
    from linked
    where not is_person
    union all
    select
        linked.event_id,
        linked.platform,
        linked.post_id,
        linked.account_id,
        linked.posted_at,
        -- Away from the first sighting, which keeps early answers early and those within some hours within.
        case
            when linked.response_us < 0
                then cast(floor(linked.response_us / 3.6e9) as bigint) * 3600000000
            else least(cast(ceil(linked.response_us / 3.6e9) as bigint) * 3600000000, linked.watched_us)
        end as response_us,
        linked.account_kind,
        linked.admin_level,
        linked.region_code,
        linked.link_level,
        linked.link_method,
        linked.link_probability,
        linked.evidence,
        linked.is_person
    from linked
    inner join crowds
        on
            {%- for name in cell %}
            linked.{{ name }} = crowds.{{ name }} and
            {%- endfor %}
            coalesce(linked.region_code, 'unknown') = crowds.known_region_code
    where linked.is_person
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
        ]) }} as evidence,
        false as is_person
    from {{ ref('int_public_questions') }} as questions
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on questions.event_id = follow_ups.event_id
    where questions.answered_at <= follow_ups.watched_until_at
)

select * from posted
union all
select * from answered
