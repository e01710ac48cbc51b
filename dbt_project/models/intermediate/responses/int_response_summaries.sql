-- Grain: one curve (stratum x group of responders) that is not empty, with rates, median and
-- restricted mean.
{{ kaplan_meier_summary(ref('int_response_curves'), ['curve_id']) }}
