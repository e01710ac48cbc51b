-- Grain: one platform, kind, level and region that some account is or was of.
-- Only rows that changed are written. A class of which no account is left to have been stays, unused.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'account_kind', 'admin_level', 'region_code'],
    on_schema_change='fail',
) }}

{%- set keys = ['platform', 'account_kind', 'admin_level', 'region_code'] %}

with classes as (
    select distinct {{ keys | join(', ') }}
    from {{ ref('int_account_classes') }}
)

{%- if grows_by_key() %}

select
    {%- for key in keys %}
    coalesce(classes.{{ key }}, known.{{ key }}) as {{ key }},
    {%- endfor %}
    classes.platform is not null as is_used,
    {{ build_id() }} as build_id
from classes
full outer join {{ this }} as known
    on
        {% for key in keys %}classes.{{ key }} = known.{{ key }}{{ " and " if not loop.last }}{% endfor %}
where known.is_used is distinct from (classes.platform is not null)
{%- else %}

select
    {{ keys | join(', ') }},
    true as is_used,
    {{ build_id() }} as build_id
from classes
{%- endif %}
