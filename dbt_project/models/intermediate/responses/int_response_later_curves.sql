-- Grain: as int_response_curves, of the curves that main.response_timing does not need for its numbers.
{{ kaplan_meier_curve(ref('int_response_later_steps'), ['curve_id']) }}
