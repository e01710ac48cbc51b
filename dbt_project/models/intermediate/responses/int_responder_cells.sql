-- Grain: one cell of responders (kind, level, region, link level) that spoke of anything, numbered:
-- what follows counts on numbers, not on text.
with cells as (
    select distinct
        account_kind,
        admin_level,
        coalesce(region_code, 'unknown') as region_code,
        link_level
    from {{ ref('int_responses') }}
)

select
    row_number() over (
        order by
            account_kind nulls last, admin_level nulls last,
            region_code nulls last, link_level nulls last
    ) as cell_id,
    account_kind,
    admin_level,
    region_code,
    link_level
from cells
