-- Grain: one set of sources (those that watch the same accounts) on one local day.
-- Accounts share few sets, so coverage is worked out per set and not per account.
-- Only days that changed are written. A day on which nothing is expected any more stays, without a
-- coverage.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['source_set', 'observed_date'],
    on_schema_change='fail',
) }}

with members as (
    select
        accounts.source_set,
        sources.source_name
    from {{ ref('int_accounts_resolved') }} as accounts
    inner join {{ ref('int_account_sources') }} as sources
        on
            accounts.platform = sources.platform
            and accounts.account_id = sources.account_id
    group by accounts.source_set, sources.source_name
),

days as (
    select * from {{ ref('coverage_days') }}
),

set_days as (
    select
        members.source_set,
        days.observed_date,
        cast(sum(days.arrived_count) as double) / sum(days.expected_count) as coverage
    from members
    inner join days on members.source_name = days.source_name
    group by members.source_set, days.observed_date
)

{%- if grows_by_key() %}

select
    coalesce(set_days.source_set, known.source_set) as source_set,
    coalesce(set_days.observed_date, known.observed_date) as observed_date,
    set_days.coverage,
    {{ build_id() }} as build_id
from set_days
full outer join {{ this }} as known
    on set_days.source_set = known.source_set and set_days.observed_date = known.observed_date
where set_days.coverage is distinct from known.coverage or known.source_set is null
{%- else %}

select
    source_set,
    observed_date,
    coverage,
    {{ build_id() }} as build_id
from set_days
{%- endif %}
