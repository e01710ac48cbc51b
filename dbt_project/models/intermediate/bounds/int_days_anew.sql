-- Grain: one build, with the first local day from which it makes account days anew: the earliest day
-- about which anything changed. The latest day is always made anew, so that a table which was passed
-- over is noticed by its rows.
-- What a build that was not published had to make is made by the next one.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key='build_id',
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} {{ ref('int_account_post_days') }} {{ ref('int_source_set_days') }} {{ ref('int_watched_days') }} {{ ref('stg_meta__builds') }} {{ ref('int_account_days_observed') }}

with study as (
    select
        min(first_seen_date) as first_date,
        max(last_seen_date) as last_date
    from {{ ref('int_account_marks') }}
)

{%- if grows_by_key() %},

changed as (
    select last_date as on_date from study
    union all
    -- Weeks and months that ended with the data have got longer.
    select {{ add_days('max(last_date)', 1) }} as on_date from {{ this }}
    union all
    select from_date as on_date from {{ this }} where {{ is_pending('build_id') }}
    union all
    select observed_date as on_date from {{ ref('int_touched_days') }}
    where table_name = 'core.account_snapshots'
    union all
    select redo_from_date as on_date from {{ ref('int_account_marks') }}
    where {{ is_pending('build_id') }}
    union all
    select posted_date as on_date from {{ ref('int_account_post_days') }}
    where {{ is_pending('build_id') }}
    union all
    select observed_date as on_date from {{ ref('int_source_set_days') }}
    where {{ is_pending('build_id') }}
    union all
    select watched_date as on_date from {{ ref('int_watched_days') }}
    where {{ is_pending('build_id') }}
),

earliest as (
    select least(min(changed.on_date), max(study.last_date)) as from_date
    from changed
    cross join study
),

-- A count that was suspect until the next one: the count that came now may have settled it.
doubtful as (
    select counts.*
    from {{ doubtful_counts_so_far() }} as counts
    cross join earliest
    where counts.observed_date < earliest.from_date
),

following as (
    select
        doubtful.platform,
        doubtful.account_id,
        doubtful.observed_date,
        -- An open end is kept: it confirms nothing.
        min_by(coalesce(days.followers_hi, {{ no_upper_bound() }}), days.observed_date) as followers_hi
    from doubtful
    inner join {{ ref('int_account_days_observed') }} as days
        on doubtful.platform = days.platform and doubtful.account_id = days.account_id
    where
        days.observed_date > doubtful.observed_date
        and days.followers_lo is not null
        and not {{ is_beyond_reason('days.followers_lo') }}
    group by doubtful.platform, doubtful.account_id, doubtful.observed_date
),

settled as (
    select doubtful.observed_date
    from doubtful
    left join following
        on
            doubtful.platform = following.platform
            and doubtful.account_id = following.account_id
            and doubtful.observed_date = following.observed_date
    where
        doubtful.is_suspect
        = {{ is_fall_confirmed('following.followers_hi', 'doubtful.last_followers_lo', 'doubtful.followers_hi') }}
)
{%- endif %}

select
    {{ build_id() }} as build_id,
    {%- if grows_by_key() %}
    least(max(earliest.from_date), (select min(observed_date) from settled)) as from_date,
    {%- else %}
    max(study.first_date) as from_date,
    {%- endif %}
    max(study.last_date) as last_date
from study
{%- if grows_by_key() %}
cross join earliest
{%- endif %}
