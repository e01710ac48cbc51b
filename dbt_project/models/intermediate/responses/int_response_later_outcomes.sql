-- Grain: as int_response_outcomes, of the other curves whose events were not all watched for 14 days:
-- main.response_curves alone asks for them.
{{ config(materialized='view') }}
{{ response_outcomes("totals.read_from <> 'steps' and not totals.is_evenly_watched") }}
