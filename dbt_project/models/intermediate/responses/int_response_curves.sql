-- Grain: one curve (stratum x group of responders) and one waiting time, with the Kaplan-Meier
-- estimate. Full precision; main.response_curves rounds.
{{ kaplan_meier_curve(ref('int_response_steps'), ['curve_id']) }}
