-- Grain: one period, platform, kind, level and region, each also as `all`, of whose accounts a look was
-- expected in it: the share of these looks whose collection arrived.
-- On each day on which a collection of a source was expected, as many looks of a group were as the
-- source had accounts of it in the last collection up to then that had any.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_periods_anew()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

{%- set keys = ['platform', 'account_kind', 'admin_level', 'region_code'] %}
{%- if grows_by_key() %}
{%- set first_day -%}
least({{ period_start("'week'", anew_from()) }}, {{ period_start("'month'", anew_from()) }})
{%- endset %}
{%- endif %}

with looks as (
    select * from {{ ref('int_growth_looks') }}
),

watched as (
    select distinct
        source_name,
        {{ keys | join(', ') }}
    from looks
),

days as (
    select
        source_name,
        observed_date,
        cast(arrived_count as double) / expected_count as arrived_share
    from {{ ref('coverage_days') }}
    {%- if grows_by_key() %}
    where observed_date >= {{ first_day }}
    {%- endif %}
),

-- Looks and expected days of one source and group in one line.
timeline as (
    select
        source_name,
        {% for key in keys %}{{ key }}, {% endfor %}
        observed_date,
        accounts,
        cast(null as double) as arrived_share
    from looks
    {%- if grows_by_key() %}
    where observed_date >= {{ first_day }}
    union all
    select
        source_name,
        {% for key in keys %}{{ key }}, {% endfor %}
        max(observed_date) as observed_date,
        max_by(accounts, observed_date) as accounts,
        cast(null as double) as arrived_share
    from looks
    where observed_date < {{ first_day }}
    group by source_name, {{ keys | join(', ') }}
    {%- endif %}
    union all
    select
        watched.source_name,
        {% for key in keys %}watched.{{ key }}, {% endfor %}
        days.observed_date,
        cast(null as bigint) as accounts,
        days.arrived_share
    from watched
    inner join days on watched.source_name = days.source_name
),

expected as (
    select
        *,
        {{ last_known('accounts') }} over (
            partition by source_name, {{ keys | join(', ') }}
            order by observed_date nulls last, case when accounts is null then 1 else 0 end nulls last
            rows between unbounded preceding and current row
        ) as expected_accounts
    from timeline
),

leaves as (
    select
        kinds.period,
        {{ period_start('kinds.period', 'expected.observed_date') }} as period_start,
        {% for key in keys %}expected.{{ key }}, {% endfor %}
        sum(expected.expected_accounts) as expected_accounts,
        sum(expected.expected_accounts * expected.arrived_share) as arrived_accounts
    from expected
    cross join {{ growth_periods() }} as kinds
    where expected.arrived_share is not null and expected.expected_accounts is not null
    group by 1, 2, {% for key in keys %}expected.{{ key }}{{ ", " if not loop.last }}{% endfor %}
)

select
    period,
    period_start,
    {%- for key in keys %}
    coalesce({{ key }}, 'all') as {{ key }},
    {%- endfor %}
    round(sum(arrived_accounts) / sum(expected_accounts), 9) as coverage_ratio
from leaves
{%- if grows_by_key() %}
where {{ is_period_anew('period', 'period_start') }}
{%- endif %}
group by period, period_start, cube ({{ keys | join(', ') }})
