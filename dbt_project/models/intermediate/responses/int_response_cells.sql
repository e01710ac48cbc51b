-- Grain: one event and one cell of responders that spoke of it, with the first post from the cell.
select
    follow_ups.event_number,
    cells.cell_id,
    min(responses.response_us) as response_us
from {{ ref('int_responses') }} as responses
inner join {{ ref('int_event_follow_ups') }} as follow_ups
    on responses.event_id = follow_ups.event_id
inner join {{ ref('int_responder_cells') }} as cells
    on
        responses.account_kind = cells.account_kind
        and responses.admin_level = cells.admin_level
        and coalesce(responses.region_code, 'unknown') = cells.region_code
        and responses.link_level = cells.link_level
group by follow_ups.event_number, cells.cell_id
