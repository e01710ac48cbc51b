-- Every article is of one event, every event of articles counts its own, and one of them is first.
{{ config(meta={"dagster": {"ref": {"name": "event_articles"}}}) }}
with counted as (
    select
        event_id,
        count(*) as articles,
        count(distinct outlet) as outlets,
        count(*) filter (where is_first) as firsts
    from {{ ref('event_articles') }}
    group by event_id
),

told as (
    select
        event_id,
        articles_count,
        outlets_count
    from {{ ref('events') }}
    where event_type = 'article'
)

select
    coalesce(told.event_id, counted.event_id) as event_id,
    told.articles_count,
    counted.articles
from told
full outer join counted on told.event_id = counted.event_id
where
    told.event_id is null
    or counted.event_id is null
    or told.articles_count <> counted.articles
    or told.outlets_count <> counted.outlets
    or counted.firsts <> 1
