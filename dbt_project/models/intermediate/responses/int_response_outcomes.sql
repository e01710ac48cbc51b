-- Grain: one curve (stratum x group of responders) that main.response_timing reads from its steps, and one
-- event that the group spoke of, with its waiting time, the length of watching, and whether it was
-- removed in the end. All other events of the stratum are known from the stratum itself and are
-- never multiplied by the groups. A view: what is read once is not written.
{{ config(materialized='view') }}
{{ response_outcomes("totals.read_from = 'steps'") }}
