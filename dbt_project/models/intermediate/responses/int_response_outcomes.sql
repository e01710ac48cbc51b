-- Grain: one curve (stratum x group of responders), one waiting time and one length of watching,
-- with the number of events it stands for. Only events that the group spoke of; all others of the
-- stratum are known from the stratum itself and are never multiplied by the groups.
-- curve_id is stratum_id * 1,000,000 + group_id; there are at most some ten thousand groups.
select
    days.stratum_id * 1000000 + first_responses.group_id as curve_id,
    days.stratum_id,
    first_responses.group_id,
    first_responses.response_us,
    first_responses.watched_us,
    count(*) as events
from {{ ref('int_group_first_responses') }} as first_responses
inner join {{ ref('int_response_strata_days') }} as days
    on
        first_responses.onset_date = days.onset_date
        and first_responses.event_type = days.event_type
group by
    days.stratum_id,
    first_responses.group_id,
    first_responses.response_us,
    first_responses.watched_us
