-- Grain: as int_response_steps, of the curves that main.response_timing does not need for its numbers.
with others as (
    select * from {{ ref('int_response_totals') }} where read_from <> 'steps'
)

select * from ({{ response_steps(ref('int_response_later_outcomes'), 'others') }}) as steps
