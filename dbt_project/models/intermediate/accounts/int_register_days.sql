-- Grain: one account named by one register on one local day, and nothing counted of it.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_touched_days('core.account_snapshots', 'observed_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

with named as (
    select
        snapshots.source_name,
        snapshots.platform,
        snapshots.account_id,
        snapshots.observed_date,
        snapshots.confirmed_state,
        snapshots.followers_lo
    from {{ ref('stg_core__account_snapshots') }} as snapshots
    {%- if grows_by_key() %}
    {{ join_touched_days('core.account_snapshots', 'snapshots.observed_at') }}
    {%- endif %}
)

select distinct
    named.source_name,
    named.platform,
    named.account_id,
    named.observed_date
from named
inner join {{ ref('stg_meta__sources') }} as sources on named.source_name = sources.source_name
where
    sources.is_register
    and named.confirmed_state = 'present'
    and named.followers_lo is null
