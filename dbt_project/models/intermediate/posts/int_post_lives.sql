-- Grain: one official post with a known time of publication that was ever seen: when in its life it
-- came into view (delayed entry), until when it was seen, and, if its going is confirmed, when it
-- was first found missing. In microseconds since publication.
-- A post dated by the hour or the day may be that much younger than counted from its time: below twice that its age
-- says nothing (as in main.post_engagement), so that it comes into view no sooner.
-- An absence that is not confirmed ends the watch at the last sighting, as if nobody had looked again.
-- Posts of people (officers, accounts of unclear kind) are left out of months in which fewer than
-- 5 of them posted: no cohort holds them, so no subtraction gives them away.
with zones as (
    select
        files.file_id,
        sources.timezone
    from {{ ref('stg_quality__file_ledger') }} as files
    inner join {{ ref('stg_meta__sources') }} as sources on files.source_name = sources.source_name
),

sighted as (
    select
        chosen.platform,
        chosen.post_id,
        chosen.account_id,
        chosen.posted_date,
        {{ earliest_instant('chosen.posted_at', 'chosen.posted_at_precision') }} as posted_lo_at,
        {{ latest_instant('chosen.posted_at', 'chosen.posted_at_precision', 'zones.timezone') }} as posted_hi_at,
        accounts.account_kind,
        -- Versions that only say "absent" or "fetch failed" are no sightings.
        case
            when absences.post_id is not null then absences.first_present_at
            else least(chosen.first_seen_at, coalesce(sightings.first_seen_at, chosen.first_seen_at))
        end as first_at,
        case
            when absences.post_id is not null then absences.last_present_at
            else {{ last_sight('chosen', 'sightings') }}
        end as last_at,
        case when absences.is_confirmed then absences.gone_hi_at end as gone_hi_at
    from {{ ref('int_post_versions_chosen') }} as chosen
    inner join {{ ref('int_accounts_resolved') }} as accounts
        on chosen.platform = accounts.platform and chosen.account_id = accounts.account_id
    left join {{ ref('int_post_sightings') }} as sightings
        on chosen.platform = sightings.platform and chosen.post_id = sightings.post_id
    left join {{ ref('int_post_absences') }} as absences
        on chosen.platform = absences.platform and chosen.post_id = absences.post_id
    -- The zone is asked for by days alone. A condition beside the key would make DuckDB compare every pair.
    left join zones
        on case when chosen.posted_at_precision = 'day' then chosen.version_file_id end = zones.file_id
    where chosen.posted_at is not null
),

dated as (
    select
        *,
        cast(date_trunc('month', posted_date) as date) as posted_month
    from sighted
    where first_at is not null
),

few as (
    select
        platform,
        account_kind,
        posted_month
    from dated
    where {{ is_person_kind('account_kind') }}
    group by platform, account_kind, posted_month
    having count(distinct account_id) < {{ fewest_people() }}
)

select
    dated.platform,
    dated.post_id,
    dated.account_kind,
    dated.posted_month,
    greatest(
        {{ microseconds_between('dated.posted_lo_at', 'dated.first_at') }},
        {{ microseconds_between('dated.posted_lo_at', 'dated.posted_hi_at') }} * 2,
        0
    ) as entry_us,
    greatest({{ microseconds_between('dated.posted_lo_at', 'dated.last_at') }}, 0) as last_us,
    greatest({{ microseconds_between('dated.posted_hi_at', 'dated.last_at') }}, 0) as last_lo_us,
    {{ microseconds_between('dated.posted_lo_at', 'dated.gone_hi_at') }} as gone_hi_us
from dated
left join few
    on
        dated.platform = few.platform
        and dated.account_kind = few.account_kind
        and dated.posted_month = few.posted_month
where few.platform is null
