-- Grain: one official post, in its latest version.
-- Posts of people are not here, neither ordinary ones' nor officers': when a post was written and how
-- often it was liked leads to it.
with chosen as (
    select * from {{ ref('int_post_versions_chosen') }}
),

versions as (
    select * from {{ ref('stg_core__posts') }}
),

sightings as (
    select * from {{ ref('int_post_sightings') }}
)

select
    chosen.platform,
    chosen.post_id,
    chosen.account_id,
    chosen.posted_at,
    versions.posted_at_source,
    versions.posted_at_precision,
    versions.text,
    versions.hashtags,
    versions.is_repost,
    versions.kind,
    sightings.reposts_lo,
    sightings.reposts_hi,
    sightings.comments_lo,
    sightings.comments_hi,
    sightings.likes_lo,
    sightings.likes_hi,
    -- Seen is what was found present or hidden. Of a post that no look ever found so, the first look is
    -- told, and nothing is last seen.
    case
        when absences.post_id is not null then coalesce(absences.first_present_at, chosen.first_seen_at)
        else least(chosen.first_seen_at, sightings.first_seen_at)
    end as first_seen_at,
    case
        when absences.post_id is not null then absences.last_present_at
        else {{ last_sight('chosen', 'sightings') }}
    end as last_seen_at,
    -- Absent since it was last seen, in a version or by a collector's report. A post that shows
    -- counts after it was reported gone is back.
    case
        when absences.absent_state is not null then absences.absent_state
        when absences.last_present_at > chosen.post_state_at then 'present'
        else coalesce(chosen.post_state, 'present')
    end as status,
    {{ build_id() }} as build_id
from chosen
inner join versions
    on
        chosen.platform = versions.platform
        and chosen.post_id = versions.post_id
        and chosen.version_observed_at = versions.observed_at
        and chosen.version_file_id = versions.file_id
        and chosen.version_record_number = versions.record_number
left join {{ ref('int_post_absences') }} as absences
    on chosen.platform = absences.platform and chosen.post_id = absences.post_id
left join sightings
    on chosen.platform = sightings.platform and chosen.post_id = sightings.post_id
where not coalesce({{ is_person('chosen.account_id') }}, false)
