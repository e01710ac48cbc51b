-- Grain: one curve that main.response_timing reads from its steps, and one waiting time, with the Kaplan-Meier
-- estimate, and where removals compete (reading 3) the cumulative incidence after Aalen and
-- Johansen beside it. Full precision; main.response_curves rounds.
with curves as (
    {{ kaplan_meier_curve(ref('int_response_steps'), ['curve_id'], carried=['removed']) }}
),

competing_steps as (
    select
        curves.curve_id,
        curves.at_us,
        curves.at_risk,
        curves.responded,
        curves.removed
    from curves
    inner join {{ ref('int_response_totals') }} as totals on curves.curve_id = totals.curve_id
    inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
    where strata.reading = 3
),

incidences as (
    {{ aalen_johansen_curve('competing_steps', ['curve_id']) }}
)

select
    curves.*,
    incidences.incidence,
    incidences.incidence_removed
from curves
left join incidences
    on curves.curve_id = incidences.curve_id and curves.at_us = incidences.at_us
