-- Grain: one platform on one local day on which any account in scope was observed.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_days_anew('observed_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

select
    days.platform,
    days.observed_date,
    max(days.last_observed_at) as last_observed_at
from {{ ref('int_account_days_observed') }} as days
inner join {{ ref('int_accounts_resolved') }} as accounts
    on days.platform = accounts.platform and days.account_id = accounts.account_id
{%- if grows_by_key() %}
where days.observed_date >= {{ anew_from() }}
{%- endif %}
group by days.platform, days.observed_date
