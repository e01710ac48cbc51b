-- A link joins an event that is published and an official post that was observed.
{{ config(meta={"dagster": {"ref": {"name": "event_links"}}}) }}
select
    links.event_id,
    links.post_id
from {{ ref('event_links') }} as links
left join {{ ref('events') }} as events on links.event_id = events.event_id
left join {{ ref('int_post_versions_chosen') }} as posts
    on links.platform = posts.platform and links.post_id = posts.post_id
where events.event_id is null or posts.post_id is null
