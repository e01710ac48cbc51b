-- Grain: one period and one platform, kind, level and region with checked accounts: what was counted of
-- them. An account counts in the class it had on the last day of the period.
-- Of people no followers are summed, nor is it told how many of their counts are suspect (ADR 0041).
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_periods_anew()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

{%- set sums_with_null = ['followers_lo', 'followers_hi', 'followers_delta_lo', 'followers_delta_hi'] %}

with classed as (
    select
        checked.period,
        checked.period_start,
        classes.platform,
        classes.account_kind,
        classes.admin_level,
        classes.region_code,
        {{ is_person('checked.account_id') }} as is_person,
        checked.has_posts_covered,
        {%- for days in [7, 14, 30, 90] %}
        checked.is_active_{{ days }}d,
        {%- endfor %}
        {%- for measure in sums_with_null %}
        case when not {{ is_person_kind('classes.account_kind') }} then checked.{{ measure }} end as {{ measure }},
        {%- endfor %}
        checked.is_followers_suspect and not {{ is_person_kind('classes.account_kind') }} as is_followers_suspect,
        checked.has_delta and not {{ is_person_kind('classes.account_kind') }} as has_delta
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
)

select
    classed.period,
    classed.period_start,
    classed.platform,
    classed.account_kind,
    classed.admin_level,
    classed.region_code,
    count(*) as checked,
    sum(case when classed.is_person then 1 else 0 end) as people_checked,
    sum(case when classed.has_posts_covered then 1 else 0 end) as covered,
    {%- for days in [7, 14, 30, 90] %}
    sum(case when classed.is_active_{{ days }}d then 1 else 0 end) as active_{{ days }}d,
    {%- endfor %}
    sum(case when classed.is_followers_suspect then 1 else 0 end) as suspect,
    {%- for measure in sums_with_null %}
    sum(classed.{{ measure }}) as {{ measure }},
    {%- endfor %}
    sum(case when classed.has_delta then 1 else 0 end) as deltas,
    -- An open end on one account leaves the group's end open.
    sum(case when classed.followers_lo is not null and classed.followers_hi is null then 1 else 0 end)
        as unbounded,
    sum(case when classed.has_delta and classed.followers_delta_lo is null then 1 else 0 end)
        as unbounded_delta_lo,
    sum(case when classed.has_delta and classed.followers_delta_hi is null then 1 else 0 end)
        as unbounded_delta_hi
from classed
group by
    classed.period,
    classed.period_start,
    classed.platform,
    classed.account_kind,
    classed.admin_level,
    classed.region_code
