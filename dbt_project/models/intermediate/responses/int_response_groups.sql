-- Grain: one group of responders (kind x level x region x link level, each with `all`), numbered.
-- The group of all responders exists even when nobody ever responded: that is a rate of 0, not a
-- missing number.
with cells as (
    select
        account_kind,
        admin_level,
        region_code,
        link_level
    from {{ ref('int_response_cells') }}
    group by account_kind, admin_level, region_code, link_level
),

groups as (
    select
        coalesce(account_kind, 'all') as account_kind,
        coalesce(admin_level, 'all') as admin_level,
        coalesce(region_code, 'all') as region_code,
        coalesce(link_level, 'all') as link_level
    from cells
    group by cube (account_kind, admin_level, region_code, link_level)
    union
    select
        'all' as account_kind,
        'all' as admin_level,
        'all' as region_code,
        'all' as link_level
)

select
    row_number() over (
        order by
            account_kind nulls last, admin_level nulls last,
            region_code nulls last, link_level nulls last
    ) as group_id,
    account_kind,
    admin_level,
    region_code,
    link_level,
    account_kind = 'all' and admin_level = 'all' and region_code = 'all' and link_level = 'all'
        as is_everybody
from groups
