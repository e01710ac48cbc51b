-- Grain: one source on one local day on which it observed anything but a hot list.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['source_name', 'observed_date'],
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

{%- set tables = [
    'account_snapshots', 'posts', 'post_metric_snapshots', 'articles', 'comments', 'inquiries',
    'rulings', 'repost_timings',
] %}

with observed as (
    {%- for table in tables %}
    select distinct
        records.source_name,
        {{ local_date('records.observed_at') }} as observed_date
    from {{ source('core', table) }} as records
    {%- if grows_by_key() %}
    {{ join_touched_days('core.' ~ table, 'records.observed_at') }}
    {%- endif %}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)

select distinct
    source_name,
    observed_date
from observed
