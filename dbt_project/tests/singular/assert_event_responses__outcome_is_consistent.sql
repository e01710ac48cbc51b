-- An event was answered or censored; proactive means negative hours; waiting is what was watched.
select event_id
from {{ ref('event_responses') }}
where
    is_censored <> (responded_at is null)
    or is_censored <> (evidence is null)
    or (event_type <> 'inquiry' and is_censored <> (post_id is null))
    or is_censored <> (censored_at is not null)
    or is_censored <> (response_hours is null)
    or is_proactive <> coalesce(response_hours < 0, false)
    or response_hours not between -72 and 336
    or follow_up_hours not between 0 and 336
    or (not is_censored and abs(follow_up_hours - greatest(response_hours, 0)) > 1e-9)
    or response_hours_hi < response_hours
