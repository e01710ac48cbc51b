-- Grain: one key under which official posts may speak of an event in exactly its words.
-- Keys are normalised by cleaning (NFKC and more), which no SQL does alike on two engines.
select
    event_id,
    title_key as hashtag_key
from {{ ref('int_event_titles') }}
union
select
    event_id,
    hashtag_key
from (
    select
        event_id,
        {{ each_element('hashtag_keys') }} as hashtag_key
    from {{ ref('int_rulings_chosen') }}
) as keys_of_rulings
where hashtag_key is not null and hashtag_key <> ''
