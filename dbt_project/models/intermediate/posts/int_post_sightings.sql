-- Grain: one post with metric snapshots: first and last sighting (of any, and of those whose time is more
-- than an upper bound), and its latest counts, each from the latest snapshot that has it (sources
-- differ in what they record).
-- A night merges the touched days into what is known; "earliest" and "latest" give the same
-- result in any order and when a day is taken in twice. Snapshots of the same instant with
-- different counts are ordered by the counts themselves, for the same reason.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'post_id'],
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

{%- set metrics = ['reposts', 'comments', 'likes'] %}

with snapshots as (
    select
        snapshots.platform,
        snapshots.post_id,
        snapshots.observed_at as first_seen_at,
        snapshots.observed_at as last_seen_at,
        case when {{ is_look_dated('snapshots.observed_at_source') }} then snapshots.observed_at end as first_dated_at,
        case when {{ is_look_dated('snapshots.observed_at_source') }} then snapshots.observed_at end as last_dated_at,
        {%- for metric in metrics %}
        snapshots.{{ metric }}_lo,
        snapshots.{{ metric }}_hi,
        case when snapshots.{{ metric }}_lo is not null then snapshots.observed_at end as {{ metric }}_at
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_core__post_metric_snapshots') }} as snapshots
    {%- if grows_by_key() %}
    {{ join_touched_days('core.post_metric_snapshots', 'snapshots.observed_at') }}
    {%- endif %}
),

{%- if grows_by_key() %}

touched_posts as (
    select distinct
        platform,
        post_id
    from snapshots
),

known as (
    select known.*
    from {{ this }} as known
    inner join touched_posts
        on known.platform = touched_posts.platform and known.post_id = touched_posts.post_id
),
{%- endif %}

sightings as (
    select * from snapshots
    {%- if grows_by_key() %}
    union all
    select * from known
    {%- endif %}
),

ranked as (
    select
        *
        {%- for metric in metrics %},
        row_number() over (
            partition by platform, post_id
            order by
                {{ metric }}_at desc nulls last,
                {{ metric }}_lo nulls last,
                {{ metric }}_hi nulls last
        ) as {{ metric }}_order
        {%- endfor %}
    from sightings
)

select
    platform,
    post_id,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at,
    min(first_dated_at) as first_dated_at,
    max(last_dated_at) as last_dated_at,
    {%- for metric in metrics %}
    max({{ metric }}_lo) filter (where {{ metric }}_order = 1) as {{ metric }}_lo,
    max({{ metric }}_hi) filter (where {{ metric }}_order = 1) as {{ metric }}_hi,
    max({{ metric }}_at) filter (where {{ metric }}_order = 1) as {{ metric }}_at
    {{- "," if not loop.last }}
    {%- endfor %}
from ranked
group by platform, post_id
