-- Grain: one official post and one age in hours, with the snapshots on both sides of that age that
-- are near enough (not further from it than half of it). Each count has its own two: a source that
-- records likes alone must not stand before those that know the rest. Age 0 is a row of every post:
-- nothing can have been counted before publication, and a post whose snapshots all fell away still has
-- a row that replaces the former ones.
-- An age is the distance from publication, so a post is worked out again from its snapshots of the
-- first ten days when one of them is new, and when a version of it is (which may date it anew).
-- Snapshots whose own time is only an upper bound have no age and are left out. Several sources at
-- the same instant count as one snapshot that spans them all.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'post_id'],
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} {{ ref('stg_core__posts') }} (references below that are hidden from the parser)

{%- set metrics = ['reposts', 'comments', 'likes'] %}
{#- One and a half times the oldest age. #}
{%- set horizon_us = 252 * 3600000000 %}

with
{%- if grows_by_key() %}
touched_posts as (
    select
        snapshots.platform,
        snapshots.post_id
    from {{ ref('stg_core__post_metric_snapshots') }} as snapshots
    inner join {{ ref('int_post_versions_chosen') }} as chosen
        on snapshots.platform = chosen.platform and snapshots.post_id = chosen.post_id
    {{ join_touched_days('core.post_metric_snapshots', 'snapshots.observed_at') }}
        and {{ microseconds_between('chosen.posted_at', 'snapshots.observed_at') }}
        between 0 and {{ horizon_us }}
    union
    select
        posts.platform,
        posts.post_id
    from {{ ref('stg_core__posts') }} as posts
    {{ join_touched_days('core.posts', 'posts.observed_at') }}
),
{%- endif %}

posts as (
    select
        chosen.platform,
        chosen.post_id,
        chosen.posted_at
    from {{ ref('int_post_versions_chosen') }} as chosen
    {%- if grows_by_key() %}
    inner join touched_posts
        on chosen.platform = touched_posts.platform and chosen.post_id = touched_posts.post_id
    {%- endif %}
),

-- The bounds spare the reading of snapshots that no post of this night can need.
reach as (
    select
        min(posted_at) as from_at,
        max(posted_at) + interval 252 hours as to_at
    from posts
),

early_snapshots as (
    select
        posts.platform,
        posts.post_id,
        {{ microseconds_between('posts.posted_at', 'snapshots.observed_at') }} as age_us,
        {%- for metric in metrics %}
        snapshots.{{ metric }}_lo,
        snapshots.{{ metric }}_hi{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('stg_core__post_metric_snapshots') }} as snapshots
    inner join posts
        on snapshots.platform = posts.platform and snapshots.post_id = posts.post_id
    where
        snapshots.observed_at >= (select from_at from reach)
        and snapshots.observed_at <= (select to_at from reach)
        and {{ microseconds_between('posts.posted_at', 'snapshots.observed_at') }}
        between 1 and {{ horizon_us }}
        and {{ is_look_dated('snapshots.observed_at_source') }}
        and coalesce(snapshots.reposts_lo, snapshots.comments_lo, snapshots.likes_lo) is not null
),

instants as (
    select
        platform,
        post_id,
        age_us,
        {%- for metric in metrics %}
        min({{ metric }}_lo) as {{ metric }}_lo,
        case
            when count({{ metric }}_lo) = count({{ metric }}_hi) then max({{ metric }}_hi)
        end as {{ metric }}_hi{{ "," if not loop.last }}
        {%- endfor %}
    from early_snapshots
    group by platform, post_id, age_us
),

ages as (
    {%- for hours in [1, 6, 24, 72, 168] %}
    select cast({{ hours }} as integer) as age_hours, cast({{ hours * 3600000000 }} as bigint) as target_us
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

-- Comparisons in doubled microseconds: half an age is a whole number again.
near as (
    select
        instants.*,
        ages.age_hours,
        ages.target_us
    from instants
    inner join ages
        on
            instants.age_us * 2 >= ages.target_us
            and instants.age_us * 2 <= ages.target_us * 3
)

select
    platform,
    post_id,
    age_hours,
    {%- for metric in metrics %}
    {%- set counts = record(['age_us', metric ~ '_lo', metric ~ '_hi']) %}
    max_by({{ counts }}, age_us) filter (where age_us <= target_us and {{ metric }}_lo is not null) as {{ metric }}_before,
    min_by({{ counts }}, age_us) filter (where age_us >= target_us and {{ metric }}_lo is not null) as {{ metric }}_after
    {{- "," if not loop.last }}
    {%- endfor %}
from near
group by platform, post_id, age_hours
union all
select
    platform,
    post_id,
    0 as age_hours,
    {%- for metric in metrics %}
    null as {{ metric }}_before,
    null as {{ metric }}_after{{ "," if not loop.last }}
    {%- endfor %}
from posts
