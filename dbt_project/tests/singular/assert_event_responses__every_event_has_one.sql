-- Silence is a result: every event has exactly one row, and no row is without its event.
{{ config(meta={"dagster": {"ref": {"name": "event_responses"}}}) }}
select coalesce(events.event_id, responses.event_id) as event_id
from {{ ref('events') }} as events
full outer join {{ ref('event_responses') }} as responses on events.event_id = responses.event_id
where events.event_id is null or responses.event_id is null
