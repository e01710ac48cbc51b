-- Grain: as int_response_steps, of the other curves whose events were not all watched for 14 days.
with others as (
    select * from {{ ref('int_response_totals') }} where read_from <> 'steps' and not is_evenly_watched
)

select * from ({{ response_steps(ref('int_response_later_outcomes'), 'others') }}) as steps
