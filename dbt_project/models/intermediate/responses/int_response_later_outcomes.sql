-- Grain: as int_response_outcomes, of all other curves: main.response_curves alone asks for them.
{{ config(materialized='view') }}
{{ response_outcomes("read_from <> 'steps'") }}
