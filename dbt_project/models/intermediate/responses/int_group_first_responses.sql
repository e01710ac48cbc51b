-- Grain: one event and one group of responders that spoke of it, with the group's own first post:
-- a county's answer after the province's is the county's first all the same.
select
    cells.event_number,
    members.group_id,
    min(cells.response_us) as response_us
from {{ ref('int_response_cells') }} as cells
inner join {{ ref('int_response_group_cells') }} as members on cells.cell_id = members.cell_id
group by cells.event_number, members.group_id
