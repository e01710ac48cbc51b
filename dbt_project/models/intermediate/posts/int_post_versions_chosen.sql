-- Grain: one official post, pointing at the version of it that counts. Without the text, which
-- main.posts fetches from that version.
-- The best precision of the time wins, then the version seen latest; versions seen at the same
-- instant are ordered by what they say, since which file a repeated row names depends on the order
-- of loading. A touched post is recomputed from all its versions: a late file may move the first
-- sighting of an old version, so merging into the previous choice would not do. A post of which no version
-- is left leaves.
-- The state is that of the look that is known to be the latest: a copied file says nothing of today.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'post_id'],
    pre_hook=hook("forget_posts_gone()"),
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
        {{ is_look_dated('posts.observed_at_source') }} as is_dated
    from {{ ref('stg_core__posts') }} as posts
    {%- if grows_by_key() %}
    inner join touched_posts
        on posts.platform = touched_posts.platform and posts.post_id = touched_posts.post_id
    {%- endif %}
    where posts.is_official
),

ranked as (
    select
        platform,
        post_id,
        account_id,
        posted_at,
        posted_at_precision,
        posted_date,
        hashtag_keys,
        observed_at as version_observed_at,
        file_id as version_file_id,
        record_number as version_record_number,
        min(observed_at) over (partition by platform, post_id) as first_seen_at,
        max(observed_at) over (partition by platform, post_id) as last_seen_at,
        max(case when is_dated then observed_at end) over (partition by platform, post_id) as last_dated_at,
        -- State of the post in the version seen latest; a failed fetch says nothing.
        first_value(post_state) over by_state_time as post_state,
        first_value(observed_at) over by_state_time as post_state_at,
        row_number() over (
            partition by platform, post_id
            order by
                precision_rank nulls last,
                observed_at desc nulls last,
                posted_at nulls last,
                md5(coalesce(text, '')) nulls last,
                file_sha256 desc nulls last,
                record_number desc nulls last,
                file_id desc nulls last
        ) as version_order
    from versions
    window by_state_time as (
        partition by platform, post_id
        order by
            case when post_state = 'fetch_failed' then 1 else 0 end nulls last,
            case when is_dated then 0 else 1 end nulls last,
            observed_at desc nulls last,
            post_state nulls last
    )
)

select
    platform,
    post_id,
    account_id,
    posted_at,
    posted_at_precision,
    posted_date,
    hashtag_keys,
    nullif(post_state, 'fetch_failed') as post_state,
    post_state_at,
    version_observed_at,
    version_file_id,
    version_record_number,
    first_seen_at,
    last_seen_at,
    last_dated_at
from ranked
where version_order = 1
