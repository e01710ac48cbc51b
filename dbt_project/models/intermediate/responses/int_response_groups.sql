-- Grain: one group of responders (kind x level x region x link level, each with `all`), numbered.
-- The group of all responders exists even when nobody ever responded: that is a rate of 0, not a
-- missing number.
--
-- Groups of the same cells have the same curves, which are worked out once, for same_as_group_id:
-- the narrowest name of those cells. All links being exact, `all` links are the exact ones.
with cells as (
    select
        account_kind,
        admin_level,
        region_code,
        link_level,
        account_kind as cell_kind,
        admin_level as cell_level,
        region_code as cell_region,
        link_level as cell_link
    from {{ ref('int_responder_cells') }}
),

cubed as (
    select
        coalesce(account_kind, 'all') as account_kind,
        coalesce(admin_level, 'all') as admin_level,
        coalesce(region_code, 'all') as region_code,
        coalesce(link_level, 'all') as link_level,
        case when min(cell_kind) = max(cell_kind) then min(cell_kind) end as only_kind,
        case when min(cell_level) = max(cell_level) then min(cell_level) end as only_level,
        case when min(cell_region) = max(cell_region) then min(cell_region) end as only_region,
        case when min(cell_link) = max(cell_link) then min(cell_link) end as only_link
    from cells
    group by cube (account_kind, admin_level, region_code, link_level)
    union all
    select
        'all' as account_kind,
        'all' as admin_level,
        'all' as region_code,
        'all' as link_level,
        null as only_kind,
        null as only_level,
        null as only_region,
        null as only_link
),

groups as (
    select
        account_kind,
        admin_level,
        region_code,
        link_level,
        coalesce(max(only_kind), 'all') as only_kind,
        coalesce(max(only_level), 'all') as only_level,
        coalesce(max(only_region), 'all') as only_region,
        coalesce(max(only_link), 'all') as only_link
    from cubed
    group by account_kind, admin_level, region_code, link_level
),

numbered as (
    select
        row_number() over (
            order by
                account_kind nulls last, admin_level nulls last,
                region_code nulls last, link_level nulls last
        ) as group_id,
        *,
        region_code = 'all' and link_level = 'all' as is_from_earliest
    from groups
),

paired as (
    select
        numbered.*,
        narrowest.group_id as same_as_group_id
    from numbered
    inner join numbered as narrowest
        on
            numbered.only_kind = narrowest.account_kind
            and numbered.only_level = narrowest.admin_level
            and numbered.only_region = narrowest.region_code
            and numbered.only_link = narrowest.link_level
)

select
    group_id,
    same_as_group_id,
    account_kind,
    admin_level,
    region_code,
    link_level,
    account_kind = 'all' and admin_level = 'all' and region_code = 'all' and link_level = 'all'
        as is_everybody,
    is_from_earliest,
    max(case when is_from_earliest then 1 else 0 end) over (
        partition by same_as_group_id
    ) = 1 as is_curve_from_earliest
from paired
