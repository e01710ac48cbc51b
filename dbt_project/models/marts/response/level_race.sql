-- Grain: one event, one level that spoke of it, and one region of that level, or `all` of them:
-- the first response of each level, and of each level's regions. Institutions only.
with responses as (
    select
        responses.*,
        follow_ups.event_type,
        coalesce(responses.region_code, 'unknown') as known_region_code
    from {{ ref('int_responses') }} as responses
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on responses.event_id = follow_ups.event_id
    where not responses.is_person
),

placed as (
    select
        *,
        'all' as race_region_code
    from responses
    union all
    select
        *,
        known_region_code as race_region_code
    from responses
),

-- The same order of ties as in event_responses.
ranked as (
    select
        *,
        row_number() over (
            partition by event_id, admin_level, race_region_code
            order by
                posted_at nulls last,
                post_id nulls last,
                platform nulls last,
                link_probability desc nulls last,
                link_method nulls last
        ) as response_order
    from placed
),

firsts as (
    select
        *,
        race_region_code = 'all' as is_between_levels,
        case when race_region_code = 'all' then 'all' else admin_level end as race
    from ranked
    where response_order = 1
)

select
    event_id,
    event_type,
    admin_level,
    race_region_code as region_code,
    posted_at as responded_at,
    {{ hours_from_microseconds('response_us') }} as response_hours,
    response_us < 0 as is_proactive,
    rank() over (
        partition by event_id, is_between_levels, race order by response_us
    ) as race_order,
    {{ hours_from_microseconds(
        '(lead(response_us) over (partition by event_id, is_between_levels, race '
        'order by response_us, admin_level, race_region_code) - response_us)'
    ) }} as hours_to_next,
    account_kind,
    platform,
    post_id,
    account_id,
    link_level,
    {{ build_id() }} as build_id
from firsts
