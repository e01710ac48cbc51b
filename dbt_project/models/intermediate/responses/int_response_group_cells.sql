-- Grain: one cell of responders and one of the groups it belongs to, up to sixteen; of groups of
-- the same cells only the one whose curves are worked out.
with switches as (
    select true as is_all
    union all
    select false as is_all
),

memberships as (
    select
        cells.cell_id,
        case when kinds.is_all then 'all' else cells.account_kind end as account_kind,
        case when levels.is_all then 'all' else cells.admin_level end as admin_level,
        case when regions.is_all then 'all' else cells.region_code end as region_code,
        case when link_levels.is_all then 'all' else cells.link_level end as link_level
    from {{ ref('int_responder_cells') }} as cells
    cross join switches as kinds
    cross join switches as levels
    cross join switches as regions
    cross join switches as link_levels
)

select
    memberships.cell_id,
    groups.group_id
from memberships
inner join {{ ref('int_response_groups') }} as groups
    on
        memberships.account_kind = groups.account_kind
        and memberships.admin_level = groups.admin_level
        and memberships.region_code = groups.region_code
        and memberships.link_level = groups.link_level
        and groups.group_id = groups.same_as_group_id
