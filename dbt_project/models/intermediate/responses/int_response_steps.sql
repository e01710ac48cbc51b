-- Grain: one curve that main.response_timing reads from its steps, and one waiting time: how many events
-- were still waiting just before it, how many were answered at exactly it, and how many were removed.
with stepped as (
    select * from {{ ref('int_response_totals') }} where read_from = 'steps'
)

select * from ({{ response_steps(ref('int_response_outcomes'), 'stepped') }}) as steps
