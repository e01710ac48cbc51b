-- Grain: one account in one local month in which it was observed, in scope or not.
-- When it was seen and how many followers it last had, which differs from day to day; what
-- was said of it is in int_account_statements. Whatever asks for the first or the latest observation of
-- an account reads a thirtieth of the history. A month is made anew when one of its days was touched.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_touched_months('core.account_snapshots', 'month_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

with days as (
    select
        days.platform,
        days.account_id,
        {{ period_start("'month'", 'days.observed_date') }} as month_date,
        days.observed_date,
        days.first_observed_at,
        days.last_observed_at,
        days.first_found_at,
        days.last_found_at,
        days.followers_lo,
        days.followers_hi,
        days.screen_name,
        days.verified_type
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
        min(first_found_at) as first_found_at,
        max(last_found_at) as last_found_at,
        min(case when first_found_at is not null then observed_date end) as first_found_date,
        max_by({{ record(['followers_lo', 'followers_hi']) }}, observed_date)
            filter (where followers_lo is not null) as followers,
        max(case when followers_lo is not null then observed_date end) as followers_date,
        max(case when screen_name is not null then last_observed_at end) as screen_name_last_at,
        max(case when verified_type is not null then last_observed_at end) as verified_type_last_at
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
    first_found_at,
    last_found_at,
    first_found_date,
    followers.followers_lo as followers_lo,
    followers.followers_hi as followers_hi,
    followers_date,
    screen_name_last_at,
    verified_type_last_at
from grouped
