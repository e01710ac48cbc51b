-- Grain: one topic on one hot list in one slot, with the slot's local day.
-- Advertising and editorially placed entries stay here, because they prove that the list
-- arrived; int_hot_topic_episodes leaves them out.
with source as (
    select * from {{ source('core', 'hot_topic_slots') }}
)

select
    platform,
    source_name,
    list_name,
    slot_at,
    {{ local_date('slot_at') }} as slot_date,
    seen_lo_at,
    seen_hi_at,
    topic,
    topic_key,
    category,
    coalesce(is_ad, false) or coalesce(is_pinned, false) as is_placed
from source
