-- Grain: one event and one group of responders that spoke of it, with the group's own first post:
-- a county's answer after the province's is the county's first all the same.
select
    follow_ups.event_number,
    follow_ups.event_type,
    follow_ups.onset_date,
    follow_ups.watched_us,
    follow_ups.onset_width_us,
    follow_ups.removed_us,
    members.group_id,
    min(cells.response_us) as response_us
from {{ ref('int_response_cells') }} as cells
inner join {{ ref('int_response_group_cells') }} as members
    on
        cells.account_kind = members.account_kind
        and cells.admin_level = members.admin_level
        and cells.region_code = members.region_code
        and cells.link_level = members.link_level
inner join {{ ref('int_event_follow_ups') }} as follow_ups on cells.event_id = follow_ups.event_id
group by
    follow_ups.event_number,
    follow_ups.event_type,
    follow_ups.onset_date,
    follow_ups.watched_us,
    follow_ups.onset_width_us,
    follow_ups.removed_us,
    members.group_id
