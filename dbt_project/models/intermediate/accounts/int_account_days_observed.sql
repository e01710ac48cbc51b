-- Grain: one account on one local day on which it was observed. Everybody is here, in scope or
-- not, because scope may be learnt later than the observation.
-- The last snapshot of the day wins, value by value; snapshots of the same instant are ordered
-- by their values, since which file a repeated row names depends on the order of loading.
-- A state of which it is known when it was found goes before all others: a copy of an old file is as new
-- as the copy.
-- Codes about the account (kind, level, region) come from the strongest evidence of the day.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_touched_days('core.account_snapshots', 'observed_date')"),
    on_schema_change='append_new_columns',
) }}
-- depends_on: {{ ref('int_touched_days') }} (the reference below is hidden from the parser)

with snapshots as (
    select snapshots.*
    from {{ ref('stg_core__account_snapshots') }} as snapshots
    {%- if grows_by_key() %}
    {{ join_touched_days('core.account_snapshots', 'snapshots.observed_at') }}
    {%- endif %}
),

numbered as (
    select
        *,
        row_number() over (
            partition by platform, account_id, observed_date
            order by
                observed_at nulls last,
                followers_lo nulls first, followers_hi nulls first,
                confirmed_state nulls first, is_dated nulls first, screen_name nulls first,
                registered_at nulls first, registered_at_precision nulls first, verified_type nulls first,
                account_kind nulls first, kind_rule nulls first, kind_match nulls first,
                admin_level nulls first, level_rule nulls first, level_match nulls first,
                region_code nulls first, region_rule nulls first, region_match nulls first
        ) as by_time
    from snapshots
),

-- Strength of evidence comes before the time: no account has 10 million snapshots on one day.
ranked as (
    select
        *,
        by_time - 10000000 * kind_rank as kind_order,
        by_time - 10000000 * level_rank as level_order,
        by_time - 10000000 * region_rank as region_order
    from numbered
),

grouped as (
    select
        platform,
        account_id,
        observed_date,
        min(observed_at) as first_observed_at,
        max(observed_at) as last_observed_at,
        min(case when is_found then observed_at end) as first_found_at,
        max(case when is_found then observed_at end) as last_found_at,
        max_by(confirmed_state, by_time) filter (where confirmed_state is not null and is_dated) as dated_state,
        max_by(confirmed_state, by_time) filter (where confirmed_state is not null) as latest_state,
        max_by({{ record(['followers_lo', 'followers_hi']) }}, by_time)
            filter (where followers_lo is not null) as followers,
        max_by(screen_name, by_time) filter (where screen_name is not null) as screen_name,
        max_by({{ record(['registered_at', 'registered_at_precision']) }}, by_time)
            filter (where registered_at is not null) as registration,
        max_by(verified_type, by_time) filter (where verified_type is not null) as verified_type,
        min(evidence_rank) as evidence_rank,
        max_by({{ record(['account_kind', 'kind_rule', 'kind_match', 'kind_rank']) }}, kind_order)
            filter (where account_kind is not null) as kind,
        max_by({{ record(['admin_level', 'level_rule', 'level_match', 'level_rank']) }}, level_order)
            filter (where admin_level is not null) as level,
        max_by(
            {{ record(['region_code', 'region_rule', 'region_match', 'region_year', 'region_rank']) }},
            region_order
        ) filter (where region_code is not null) as region
    from ranked
    group by platform, account_id, observed_date
)

select
    platform,
    account_id,
    observed_date,
    first_observed_at,
    last_observed_at,
    first_found_at,
    last_found_at,
    coalesce(dated_state, latest_state) as confirmed_state,
    dated_state is not null as is_state_dated,
    followers.followers_lo as followers_lo,
    followers.followers_hi as followers_hi,
    screen_name,
    registration.registered_at as registered_at,
    registration.registered_at_precision as registered_at_precision,
    verified_type,
    evidence_rank,
    kind.account_kind as account_kind,
    kind.kind_rule as kind_rule,
    kind.kind_match as kind_match,
    kind.kind_rank as kind_rank,
    level.admin_level as admin_level,
    level.level_rule as level_rule,
    level.level_match as level_match,
    level.level_rank as level_rank,
    region.region_code as region_code,
    region.region_rule as region_rule,
    region.region_match as region_match,
    region.region_year as region_year,
    region.region_rank as region_rank
from grouped
