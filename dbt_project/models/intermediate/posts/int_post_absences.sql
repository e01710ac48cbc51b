-- Grain: one official post that some look did not find present: when it was seen first and last,
-- and, if it was found absent after that, between which two looks it went and whether that is
-- confirmed.
-- Confirmed: two looks found it absent, or a collector that follows posts reports it as gone
-- (core.deletions). A failed fetch, a login wall or the author's own display setting is neither
-- presence nor absence.
-- A sighting whose time is only an upper bound (a file's modification time) is one of before that: it counts
-- where no look with a known time is earlier, and else brings no post back.
with states as (
    select
        platform,
        post_id,
        post_state,
        observed_at,
        {{ is_look_dated('observed_at_source') }} as is_dated
    from {{ ref('stg_core__posts') }}
    where is_official and coalesce(post_state, 'present') <> 'present'
),

reports as (
    select
        deletions.platform,
        deletions.post_id,
        deletions.post_state,
        deletions.seen_until_at,
        coalesce(deletions.missing_at, deletions.observed_at) as missing_at
    from {{ ref('stg_core__deletions') }} as deletions
    inner join {{ ref('int_post_versions_chosen') }} as chosen
        on deletions.platform = chosen.platform and deletions.post_id = chosen.post_id
    where coalesce(deletions.post_state, 'not_found') not in ('present', 'hidden', 'fetch_failed')
),

looks as (
    select
        platform,
        post_id,
        post_state,
        observed_at as missing_at,
        0 as from_report
    from states
    where {{ is_absent('post_state') }}
    union all
    select
        platform,
        post_id,
        coalesce(post_state, 'not_found') as post_state,
        missing_at,
        1 as from_report
    from reports
),

suspects as (
    select
        platform,
        post_id
    from states
    union
    select
        platform,
        post_id
    from reports
),

-- When posts were seen, by any source and in any version; dated_at: what is known to be the time of the look.
seen as (
    select
        versions.platform,
        versions.post_id,
        versions.observed_at as from_at,
        versions.observed_at as until_at,
        case when {{ is_look_dated('versions.observed_at_source') }} then versions.observed_at end as dated_at
    from {{ ref('stg_core__posts') }} as versions
    where versions.is_official and coalesce(versions.post_state, 'present') in ('present', 'hidden')
    union all
    select
        platform,
        post_id,
        first_dated_at as from_at,
        last_dated_at as until_at,
        first_dated_at as dated_at
    from {{ ref('int_post_sightings') }}
    where first_dated_at is not null
    {%- for end in ['first_seen_at', 'last_seen_at'] %}
    union all
    select
        platform,
        post_id,
        {{ end }} as from_at,
        {{ end }} as until_at,
        null as dated_at
    from {{ ref('int_post_sightings') }}
    {%- endfor %}
    union all
    select
        platform,
        post_id,
        seen_until_at as from_at,
        seen_until_at as until_at,
        seen_until_at as dated_at
    from reports
    union all
    select
        platform,
        post_id,
        null as from_at,
        null as until_at,
        observed_at as dated_at
    from states
    where is_dated and {{ is_absent('post_state') }}
),

compared as (
    select
        suspects.platform,
        suspects.post_id,
        seen.from_at,
        seen.until_at,
        seen.dated_at,
        min(seen.dated_at) over (partition by suspects.platform, suspects.post_id) as first_dated_at
    from suspects
    left join seen
        on suspects.platform = seen.platform and suspects.post_id = seen.post_id
),

presence as (
    select
        platform,
        post_id,
        min(from_at) filter (where counts) as first_present_at,
        max(until_at) filter (where counts) as last_present_at
    from (
        select
            *,
            dated_at is not null or coalesce(from_at < first_dated_at, true) as counts
        from compared
    ) as weighed
    group by platform, post_id
),

-- Absent before it was last seen: it came back, and nothing is left of that absence.
absences as (
    select
        looks.platform,
        looks.post_id,
        max_by(looks.post_state, {{ epoch_microseconds('looks.missing_at') }} * 2 + looks.from_report) as post_state,
        min(looks.missing_at) as gone_hi_at,
        count(distinct looks.missing_at) >= 2 or max(looks.from_report) = 1 as is_confirmed
    from looks
    inner join presence
        on looks.platform = presence.platform and looks.post_id = presence.post_id
    where presence.last_present_at is null or looks.missing_at > presence.last_present_at
    group by looks.platform, looks.post_id
)

select
    presence.platform,
    presence.post_id,
    presence.first_present_at,
    presence.last_present_at,
    absences.post_state as absent_state,
    absences.gone_hi_at,
    absences.is_confirmed
from presence
left join absences
    on presence.platform = absences.platform and presence.post_id = absences.post_id
