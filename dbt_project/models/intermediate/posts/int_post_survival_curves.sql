-- Grain: as int_post_survival_steps, with the Kaplan-Meier estimate.
{{ kaplan_meier_curve(ref('int_post_survival_steps'), ['period', 'period_start', 'platform', 'account_kind', 'assumption', 'start_us']) }}
