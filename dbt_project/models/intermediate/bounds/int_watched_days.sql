-- Grain: one platform and one local day within a stretch of its official posts (int_watch_stretches),
-- with the first day of that stretch. On any other day who published nothing cannot be told from whose
-- posts nobody collected.
-- Only days that changed are written. A day that is in no stretch any more stays, without a first day.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'watched_date'],
    on_schema_change='fail',
) }}

with stretches as (
    select
        platform,
        {{ local_date('from_at') }} as from_date,
        {{ local_date('through_at') }} as through_date
    from {{ ref('int_watch_stretches') }}
),

days as (
    select
        platform,
        from_date,
        {{ each_day('from_date', 'through_date') }} as watched_date
    from stretches
)

{%- if grows_by_key() %}

select
    coalesce(days.platform, known.platform) as platform,
    coalesce(days.watched_date, known.watched_date) as watched_date,
    days.from_date,
    {{ build_id() }} as build_id
from days
full outer join {{ this }} as known
    on days.platform = known.platform and days.watched_date = known.watched_date
where days.from_date is distinct from known.from_date
{%- else %}

select
    platform,
    watched_date,
    from_date,
    {{ build_id() }} as build_id
from days
{%- endif %}
