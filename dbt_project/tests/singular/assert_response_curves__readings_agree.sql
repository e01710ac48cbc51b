-- Answers and removals
-- together are at most everything; without removals the incidence is what the curve lost.
{{ config(meta={"dagster": {"ref": {"name": "response_curves"}}}) }}
select
    curves.period,
    curves.hours
from {{ ref('response_curves') }} as curves
inner join {{ ref('response_timing') }} as timing
    on
        curves.period = timing.period
        and curves.period_start = timing.period_start
        and curves.event_type = timing.event_type
        and curves.account_kind = timing.account_kind
        and curves.admin_level = timing.admin_level
        and curves.region_code = timing.region_code
        and curves.link_level = timing.link_level
where
    curves.incidence not between 0 and 1
    or curves.incidence_removed not between 0 and 1
    or curves.incidence + curves.incidence_removed > 1 + 2e-9
    or (timing.removed = 0 and abs(curves.incidence - 1 + curves.survival) > 2e-9)
    or timing.events_onset_known > timing.events
