-- Grain: one event and its first response of an institution from 72 h before (or its earliest onset where
-- that is earlier) to 14 days after, or none.
-- A post that says by itself what it answers, or that an editor confirmed, stands before one that only
-- its text links: the latter counts where there is none of the former.
with follow_ups as (
    select * from {{ ref('int_event_follow_ups') }}
),

-- The earliest post of the surer kind of link; at the same instant the smaller platform and id, so that a rebuild agrees.
ranked as (
    select
        *,
        row_number() over (
            partition by event_id
            order by
                case when link_level = 'lexical' then 1 else 0 end nulls last,
                posted_at nulls last,
                post_id nulls last,
                platform nulls last,
                link_probability desc nulls last,
                link_method nulls last
        ) as response_order
    from {{ ref('int_responses') }}
    where not is_person
),

first_responses as (
    select * from ranked where response_order = 1
)

select
    follow_ups.event_id,
    follow_ups.event_type,
    follow_ups.onset_hi_at,
    first_responses.posted_at as responded_at,
    {{ hours_from_microseconds('first_responses.response_us') }} as response_hours,
    {{ hours_between('follow_ups.onset_lo_at', 'first_responses.posted_at') }} as response_hours_hi,
    coalesce(first_responses.response_us < 0, false) as is_proactive,
    first_responses.event_id is null as is_censored,
    case when first_responses.event_id is null then follow_ups.watched_until_at end as censored_at,
    -- Nobody waited for an official who had spoken before.
    {{ hours_from_microseconds(
        'greatest(coalesce(first_responses.response_us, follow_ups.watched_us), 0)'
    ) }} as follow_up_hours,
    first_responses.platform,
    first_responses.post_id,
    first_responses.account_id,
    first_responses.account_kind,
    first_responses.admin_level,
    first_responses.region_code,
    first_responses.link_level,
    first_responses.link_probability,
    first_responses.evidence,
    {{ build_id() }} as build_id
from follow_ups
left join first_responses on follow_ups.event_id = first_responses.event_id
