-- Grain: one topic in one slot of one hot list, with the number of its episode.
-- A topic that was on no list of the platform for more than 14 days begins a new episode.
-- Advertising and editorially placed entries are no sign of public attention.
with slots as (
    select *
    from {{ ref('stg_core__hot_topic_slots') }}
    where not is_placed and topic_key is not null
),

gapped as (
    select
        *,
        max(seen_hi_at) over (
            partition by platform, topic_key
            order by seen_hi_at nulls last, seen_lo_at nulls last, source_name, list_name
            rows between unbounded preceding and 1 preceding
        ) as last_listed_at
    from slots
)

select
    platform,
    source_name,
    list_name,
    slot_at,
    slot_date,
    seen_lo_at,
    seen_hi_at,
    topic,
    topic_key,
    category,
    sum(
        case when seen_lo_at > last_listed_at + interval 14 days then 1 else 0 end
    ) over (
        partition by platform, topic_key
        order by seen_hi_at nulls last, seen_lo_at nulls last, source_name, list_name
        rows between unbounded preceding and current row
    ) as episode_number
from gapped
