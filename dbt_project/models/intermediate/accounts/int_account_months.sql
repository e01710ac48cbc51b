-- Grain: one account in one local month in which it was observed, in scope or not.
-- What the days of the month say in the end, so that whatever asks for the latest, the first or
-- the strongest statement about an account reads a thirtieth of the history; each statement bears its
-- day. A month is made anew when one of its days was touched.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key='month_date',
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

with days as (
    select
        days.*,
        {{ period_start("'month'", 'days.observed_date') }} as month_date,
        {{ days_between("date '1970-01-01'", 'days.observed_date') }} as day_number
    from {{ ref('int_account_days_observed') }} as days
    {%- if grows_by_key() %}
    {{ join_touched_months('core.account_snapshots', 'days.observed_date') }}
    {%- endif %}
),

grouped as (
    select
        platform,
        account_id,
        month_date,
        min(first_observed_at) as first_observed_at,
        max(last_observed_at) as last_observed_at,
        min(observed_date) as first_observed_date,
        max(observed_date) as last_observed_date,
        min(evidence_rank) as evidence_rank,
        {%- for name in ['screen_name', 'registered_at', 'confirmed_state'] %}
        max_by({{ name }}, observed_date) filter (where {{ name }} is not null) as {{ name }},
        max(case when {{ name }} is not null then observed_date end) as {{ name }}_date,
        {%- endfor %}
        max_by({{ record(['followers_lo', 'followers_hi']) }}, observed_date)
            filter (where followers_lo is not null) as followers,
        max(case when followers_lo is not null then observed_date end) as followers_date,
        -- A register names an account without looking at it.
        min(case
            when confirmed_state is not null and (followers_lo is not null or confirmed_state <> 'present')
                then observed_date
        end) as first_look_date,
        max(case when {{ is_absent('confirmed_state') }} then observed_date end) as absent_date,
        {%- for name, parts in identity_statements() %}
        max_by({{ record(parts + ['observed_date']) }}, day_number - 10000000 * {{ name }}_rank)
            filter (where {{ parts[0] }} is not null) as {{ name }},
        {%- endfor %}
        {%- for name in ['screen_name', 'verified_type', 'account_kind', 'admin_level', 'region_code'] %}
        min({{ name }}) as least_{{ name }},
        max({{ name }}) as greatest_{{ name }},
        {%- endfor %}
        {%- for name in ['screen_name', 'verified_type'] %}
        min(case when {{ name }} is not null then first_observed_at end) as {{ name }}_first_at,
        max(case when {{ name }} is not null then last_observed_at end) as {{ name }}_last_at{{ "," if not loop.last }}
        {%- endfor %}
    from days
    group by platform, account_id, month_date
)

select
    platform,
    account_id,
    month_date,
    first_observed_at,
    last_observed_at,
    first_observed_date,
    last_observed_date,
    evidence_rank,
    {%- for name in ['screen_name', 'registered_at', 'confirmed_state'] %}
    {{ name }},
    {{ name }}_date,
    {%- endfor %}
    followers.followers_lo as followers_lo,
    followers.followers_hi as followers_hi,
    followers_date,
    first_look_date,
    absent_date,
    {%- for name, parts in identity_statements() %}
    {%- for part in parts %}
    {{ name }}.{{ part }} as {{ part }},
    {%- endfor %}
    {{ name }}.observed_date as {{ name }}_date,
    {%- endfor %}
    {%- for name in ['screen_name', 'verified_type', 'account_kind', 'admin_level', 'region_code'] %}
    least_{{ name }},
    greatest_{{ name }},
    {%- endfor %}
    {%- for name in ['screen_name', 'verified_type'] %}
    {{ name }}_first_at,
    {{ name }}_last_at{{ "," if not loop.last }}
    {%- endfor %}
from grouped
