-- Grain: one event and one cell of responders (kind, level, region, link level) that spoke of it,
-- with the first post from the cell.
select
    event_id,
    account_kind,
    admin_level,
    coalesce(region_code, 'unknown') as region_code,
    link_level,
    min(response_us) as response_us
from {{ ref('int_responses') }}
group by event_id, account_kind, admin_level, coalesce(region_code, 'unknown'), link_level
