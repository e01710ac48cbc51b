-- Grain: one account and one source that has ever delivered a snapshot of it. An account that core knows
-- no more leaves.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'account_id', 'source_name'],
    pre_hook=hook("forget_accounts_gone()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} {{ ref('int_account_statements') }} (references that are hidden from the parser)

select distinct
    snapshots.platform,
    snapshots.account_id,
    snapshots.source_name
from {{ ref('stg_core__account_snapshots') }} as snapshots
{%- if grows_by_key() %}
{{ join_touched_days('core.account_snapshots', 'snapshots.observed_at') }}
{%- endif %}
