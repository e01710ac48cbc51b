-- Grain: one cell of responders and one of the groups it belongs to, up to sixteen; of groups of
-- the same cells only the one whose curves are worked out.
with cells as (
    select
        account_kind,
        admin_level,
        region_code,
        link_level
    from {{ ref('int_response_cells') }}
    group by account_kind, admin_level, region_code, link_level
),

switches as (
    select true as is_all
    union all
    select false as is_all
),

memberships as (
    select
        cells.*,
        case when kinds.is_all then 'all' else cells.account_kind end as group_account_kind,
        case when levels.is_all then 'all' else cells.admin_level end as group_admin_level,
        case when regions.is_all then 'all' else cells.region_code end as group_region_code,
        case when link_levels.is_all then 'all' else cells.link_level end as group_link_level
    from cells
    cross join switches as kinds
    cross join switches as levels
    cross join switches as regions
    cross join switches as link_levels
)

select
    memberships.account_kind,
    memberships.admin_level,
    memberships.region_code,
    memberships.link_level,
    groups.group_id
from memberships
inner join {{ ref('int_response_groups') }} as groups
    on
        memberships.group_account_kind = groups.account_kind
        and memberships.group_admin_level = groups.admin_level
        and memberships.group_region_code = groups.region_code
        and memberships.group_link_level = groups.link_level
        and groups.group_id = groups.same_as_group_id
