-- Grain: one text of an official post as one source saw it, numbered from 0 in the order seen.
-- Only texts of one source are compared: producers cut and escape differently. Number 0 is a row of
-- every post, so that a post whose edits fell away has a row that replaces the former ones.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'post_id'],
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

with
{%- if grows_by_key() %}
touched_posts as (
    select distinct
        posts.platform,
        posts.post_id
    from {{ ref('stg_core__posts') }} as posts
    {{ join_touched_days('core.posts', 'posts.observed_at') }}
),
{%- endif %}

versions as (
    select
        posts.*,
        lag(posts.text) over seen as text_before,
        lag(posts.observed_at) over seen as seen_before_at
    from {{ ref('stg_core__posts') }} as posts
    {%- if grows_by_key() %}
    inner join touched_posts
        on posts.platform = touched_posts.platform and posts.post_id = touched_posts.post_id
    {%- endif %}
    where posts.is_official and posts.text is not null
    window seen as (
        partition by posts.platform, posts.post_id, posts.source_name
        order by
            posts.observed_at nulls last, md5(posts.text) nulls last, posts.file_sha256 nulls last,
            posts.record_number nulls last
    )
),

texts as (
    select
        platform,
        post_id,
        source_name,
        row_number() over (
            partition by platform, post_id, source_name
            order by
                observed_at nulls last, md5(text) nulls last, file_sha256 nulls last,
                record_number nulls last
        ) - 1 as edit_number,
        seen_before_at,
        observed_at,
        text_before,
        text
    from versions
    where
        text_before is null
        or (
            text <> text_before
            -- Of the same words, rows loaded before the door hid names show a name, later ones `@…`.
            and not (text like '%@%' and text_before like '%@%' and {{ hides_a_name('text') }} <> {{ hides_a_name('text_before') }})
        )
)

select
    platform,
    post_id,
    source_name,
    cast(edit_number as bigint) as edit_number,
    seen_before_at as edited_lo_at,
    observed_at as edited_hi_at,
    text_before,
    case when edit_number > 0 then text end as text
from texts
