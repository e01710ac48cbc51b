-- Grain: one account and one local day on which it published, as far as its posts were collected.
-- Only days that changed are written. A day from which the last post went, to another day or under a
-- pseudonym, stays with no posts until a build that took it in is published.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'account_id', 'posted_date'],
    pre_hook=hook("forget_told('posts_count = 0')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('stg_meta__builds') }} (a reference of the hook)

with days as (
    select
        platform,
        account_id,
        posted_date,
        count(*) as posts_count
    from {{ ref('int_post_versions_chosen') }}
    where posted_date is not null and account_id is not null
    group by platform, account_id, posted_date
)

{%- if grows_by_key() %}

select
    coalesce(days.platform, known.platform) as platform,
    coalesce(days.account_id, known.account_id) as account_id,
    coalesce(days.posted_date, known.posted_date) as posted_date,
    coalesce(days.posts_count, 0) as posts_count,
    {{ build_id() }} as build_id
from days
full outer join {{ this }} as known
    on
        days.platform = known.platform
        and days.account_id = known.account_id
        and days.posted_date = known.posted_date
where coalesce(days.posts_count, 0) is distinct from known.posts_count
{%- else %}

select
    platform,
    account_id,
    posted_date,
    posts_count,
    {{ build_id() }} as build_id
from days
{%- endif %}
