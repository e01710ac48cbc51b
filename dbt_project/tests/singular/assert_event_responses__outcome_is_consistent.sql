-- An event was answered or censored; proactive means negative hours; waiting is what was watched.
-- Nobody answers before a post may speak of the event, nor a question before it was asked.
{{ config(meta={"dagster": {"ref": {"name": "event_responses"}}}) }}
select responses.event_id
from {{ ref('event_responses') }} as responses
inner join {{ ref('events') }} as events on responses.event_id = events.event_id
where
    responses.is_censored <> (responses.responded_at is null)
    or responses.is_censored <> (responses.evidence is null)
    or (responses.event_type <> 'inquiry' and responses.is_censored <> (responses.post_id is null))
    or responses.is_censored <> (responses.censored_at is not null)
    or responses.is_censored <> (responses.response_hours is null)
    or responses.is_proactive <> coalesce(responses.response_hours < 0, false)
    or responses.responded_at < {{ spoken_of_from('events.onset_lo_at', 'events.onset_hi_at') }}
    or responses.response_hours > 336
    or (responses.event_type = 'inquiry' and responses.response_hours < 0)
    or responses.follow_up_hours not between 0 and 336
    or (
        not responses.is_censored
        and abs(responses.follow_up_hours - greatest(responses.response_hours, 0)) > 1e-9
    )
    or responses.response_hours_hi < responses.response_hours
