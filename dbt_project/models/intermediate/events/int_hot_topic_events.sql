-- Grain: one episode of one topic on a platform's hot lists, all archives merged.
-- onset_hi_at: the first sighting in any archive. onset_lo_at: the latest list before all that the
-- first sighting covers, of an archive which came to show the topic; it arrived and did not contain
-- the topic. The union of a day covers the day: that lists of its hours lack the topic leaves it the
-- time between them. Archives that never showed it prove nothing. NULL where nothing precedes: the
-- onset is left-truncated.
with listed as (
    select * from {{ ref('int_hot_topic_episodes') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by platform, topic_key, episode_number
            order by
                seen_hi_at nulls last, seen_lo_at nulls last,
                source_name nulls last, list_name nulls last, topic nulls last
        ) as sighting_order
    from listed
),

episodes as (
    select
        platform,
        topic_key,
        episode_number,
        max(topic) filter (where sighting_order = 1) as title,
        max(source_name) filter (where sighting_order = 1) as source_name,
        max(slot_date) filter (where sighting_order = 1) as first_date,
        max(category) filter (where sighting_order = 1) as subject,
        min(seen_hi_at) as onset_hi_at,
        max(coalesce(seen_lo_at, seen_hi_at)) filter (where sighting_order = 1) as covered_from_at,
        max(seen_hi_at) as last_seen_at
    from ranked
    group by platform, topic_key, episode_number
),

archives_of_episodes as (
    select distinct
        listed.platform,
        listed.source_name,
        listed.list_name,
        listed.topic_key,
        listed.episode_number,
        episodes.covered_from_at
    from listed
    inner join episodes
        on
            listed.platform = episodes.platform
            and listed.topic_key = episodes.topic_key
            and listed.episode_number = episodes.episode_number
),

arrived_slots as (
    select distinct
        platform,
        source_name,
        list_name,
        seen_hi_at
    from {{ ref('stg_core__hot_topic_slots') }}
),

-- One pass over slots and first sightings together instead of a range join; at equal instants the
-- sighting comes first, so that only earlier slots count.
timeline as (
    select
        platform,
        source_name,
        list_name,
        seen_hi_at as on_at,
        1 as turn,
        seen_hi_at,
        cast(null as {{ dbt.type_string() }}) as topic_key,
        cast(null as bigint) as episode_number
    from arrived_slots
    union all
    select
        platform,
        source_name,
        list_name,
        covered_from_at as on_at,
        0 as turn,
        cast(null as {{ instant_type() }}) as seen_hi_at,
        topic_key,
        cast(episode_number as bigint) as episode_number
    from archives_of_episodes
),

looked_back as (
    select
        platform,
        topic_key,
        episode_number,
        max(seen_hi_at) over (
            partition by platform, source_name, list_name
            order by on_at nulls last, turn nulls last
            rows between unbounded preceding and current row
        ) as previous_slot_at
    from timeline
),

onsets as (
    select
        platform,
        topic_key,
        episode_number,
        max(previous_slot_at) as onset_lo_at
    from looked_back
    where topic_key is not null
    group by platform, topic_key, episode_number
)

select
    'hot_topic:' || {{ short_hash(
        "episodes.platform || chr(31) || episodes.topic_key || chr(31) || cast(episodes.first_date as " ~ dbt.type_string() ~ ")"
    ) }} as event_id,
    'hot_topic' as event_type,
    episodes.platform,
    episodes.title,
    episodes.topic_key,
    onsets.onset_lo_at,
    episodes.onset_hi_at,
    episodes.last_seen_at,
    episodes.source_name as source,
    episodes.subject
from episodes
inner join onsets
    on
        episodes.platform = onsets.platform
        and episodes.topic_key = onsets.topic_key
        and episodes.episode_number = onsets.episode_number
