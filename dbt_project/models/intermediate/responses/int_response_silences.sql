-- Grain: one stratum of events from the first sighting, a month or everything, and one group of responders
-- (int_observed_groups, for each kind of link in use) whose accounts were observed then and spoke of none
-- of its events. All such groups of a stratum share one curve, that of group 0.
with link_levels as (
    select distinct link_level from {{ ref('int_responder_cells') }}
    union all
    select 'all' as link_level
),

spoken as (
    select
        totals.stratum_id,
        groups.account_kind,
        groups.admin_level,
        groups.region_code,
        groups.link_level
    from {{ ref('int_response_totals') }} as totals
    inner join {{ ref('int_response_strata') }} as strata
        on
            totals.stratum_id = strata.stratum_id
            and {{ is_period_of_silences('strata.period') }}
    inner join {{ ref('int_response_groups') }} as groups
        on totals.group_id = groups.same_as_group_id
    where groups.is_everybody or totals.proactive + totals.responded > 0
)

select
    strata.stratum_id,
    observed.account_kind,
    observed.admin_level,
    observed.region_code,
    link_levels.link_level,
    observed.region_code = 'all' and link_levels.link_level = 'all' as is_from_earliest
from {{ ref('int_response_strata') }} as strata
inner join {{ ref('int_observed_groups') }} as observed
    on strata.period = observed.period and strata.period_start = observed.period_start
cross join link_levels
left join spoken
    on
        strata.stratum_id = spoken.stratum_id
        and observed.account_kind = spoken.account_kind
        and observed.admin_level = spoken.admin_level
        and observed.region_code = spoken.region_code
        and link_levels.link_level = spoken.link_level
where strata.reading = 1 and spoken.stratum_id is null
