-- Grain: one period and one platform, kind, level and region with checked accounts: what was counted of
-- them. An account counts in the class it had on the last day of the period.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_periods_anew()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

{%- set sums_with_null = ['followers_lo', 'followers_hi', 'followers_delta_lo', 'followers_delta_hi'] %}

select
    checked.period,
    checked.period_start,
    classes.platform,
    classes.account_kind,
    classes.admin_level,
    classes.region_code,
    count(*) as checked,
    sum(case when checked.has_posts_covered then 1 else 0 end) as covered,
    {%- for days in [7, 14, 30, 90] %}
    sum(case when checked.is_active_{{ days }}d then 1 else 0 end) as active_{{ days }}d,
    {%- endfor %}
    sum(case when checked.is_followers_suspect then 1 else 0 end) as suspect,
    {%- for measure in sums_with_null %}
    sum(checked.{{ measure }}) as {{ measure }},
    {%- endfor %}
    sum(case when checked.has_delta then 1 else 0 end) as deltas,
    -- An open end on one account leaves the group's end open.
    sum(case when checked.followers_lo is not null and checked.followers_hi is null then 1 else 0 end)
        as unbounded,
    sum(case when checked.has_delta and checked.followers_delta_lo is null then 1 else 0 end)
        as unbounded_delta_lo,
    sum(case when checked.has_delta and checked.followers_delta_hi is null then 1 else 0 end)
        as unbounded_delta_hi
from {{ ref('int_account_periods') }} as checked
inner join {{ ref('int_account_classes') }} as classes
    on
        checked.platform = classes.platform
        and checked.account_id = classes.account_id
        and checked.period_end_date >= classes.from_date
        and (classes.until_date is null or checked.period_end_date < classes.until_date)
{%- if grows_by_key() %}
where {{ is_period_anew('checked.period', 'checked.period_start') }}
{%- endif %}
group by
    checked.period,
    checked.period_start,
    classes.platform,
    classes.account_kind,
    classes.admin_level,
    classes.region_code
