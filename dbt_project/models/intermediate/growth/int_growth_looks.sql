-- Grain: one source on one local day and one platform, kind, level and region: how many accounts of it
-- the source delivered. An account counts in the class it had on that day.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_days_anew('observed_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

with delivered as (
    select distinct
        source_name,
        platform,
        account_id,
        observed_date
    from {{ ref('stg_core__account_snapshots') }}
    {%- if grows_by_key() %}
    where observed_at >= {{ local_midnight(anew_from()) }}
    {%- endif %}
)

select
    delivered.source_name,
    delivered.observed_date,
    classes.platform,
    classes.account_kind,
    classes.admin_level,
    classes.region_code,
    count(*) as accounts
from delivered
inner join {{ ref('int_account_classes') }} as classes
    on
        delivered.platform = classes.platform
        and delivered.account_id = classes.account_id
        and delivered.observed_date >= classes.from_date
        and (classes.until_date is null or delivered.observed_date < classes.until_date)
group by
    delivered.source_name,
    delivered.observed_date,
    classes.platform,
    classes.account_kind,
    classes.admin_level,
    classes.region_code
