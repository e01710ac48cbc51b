-- Grain: the groups of response_timing x hours at which something happened: 0, every time of a
-- response, and the end of the longest watch without one.
with curves as (
    select * from {{ ref('int_response_curves') }}
)

select
    strata.period,
    strata.period_start,
    strata.event_type,
    groups.account_kind,
    groups.admin_level,
    groups.region_code,
    groups.link_level,
    curves.hours,
    curves.at_risk,
    curves.responded,
    round(curves.survival, 9) as survival,
    round(curves.survival_lo, 9) as survival_lo,
    round(curves.survival_hi, 9) as survival_hi,
    {{ build_id() }} as build_id
from curves
inner join {{ ref('int_response_totals') }} as totals on curves.curve_id = totals.curve_id
inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
inner join {{ ref('int_response_groups') }} as groups on totals.group_id = groups.group_id
