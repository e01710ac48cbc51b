-- Grain: one account on one local day on which it was observed. Everybody is here, in scope or
-- not, because scope may be learnt later than the observation.
-- The last snapshot of the day wins, value by value; snapshots of the same instant are ordered
-- by their values, since which file a repeated row names depends on the order of loading.
-- Codes about the account (kind, level, region) come from the strongest evidence of the day.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key='observed_date',
    on_schema_change='fail',
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
                confirmed_state nulls first, screen_name nulls first,
                registered_at nulls first
        ) as by_time,
        row_number() over (
            partition by platform, account_id, observed_date
            order by
                evidence_rank desc nulls last, observed_at nulls last,
                account_kind nulls first, kind_rule nulls first,
                admin_level nulls first, region_code nulls first
        ) as by_evidence
    from snapshots
),

marked as (
    select
        *,
        max(case when followers_lo is not null then by_time end) over day_of_account as counted_by_time,
        max(case when confirmed_state is not null then by_time end) over day_of_account as checked_by_time,
        max(case when screen_name is not null then by_time end) over day_of_account as named_by_time,
        max(case when registered_at is not null then by_time end) over day_of_account as registered_by_time,
        max(case when account_kind is not null then by_evidence end) over day_of_account as kind_by_evidence,
        max(case when admin_level is not null then by_evidence end) over day_of_account as level_by_evidence,
        max(case when region_code is not null then by_evidence end) over day_of_account as region_by_evidence
    from numbered
    window day_of_account as (partition by platform, account_id, observed_date)
)

select
    platform,
    account_id,
    observed_date,
    min(observed_at) as first_observed_at,
    max(observed_at) as last_observed_at,
    max(confirmed_state) filter (where by_time = checked_by_time) as confirmed_state,
    max(followers_lo) filter (where by_time = counted_by_time) as followers_lo,
    max(followers_hi) filter (where by_time = counted_by_time) as followers_hi,
    max(screen_name) filter (where by_time = named_by_time) as screen_name,
    max(registered_at) filter (where by_time = registered_by_time) as registered_at,
    min(evidence_rank) as evidence_rank,
    max(account_kind) filter (where by_evidence = kind_by_evidence) as account_kind,
    max(kind_rule) filter (where by_evidence = kind_by_evidence) as kind_rule,
    max(evidence_rank) filter (where by_evidence = kind_by_evidence) as kind_rank,
    max(admin_level) filter (where by_evidence = level_by_evidence) as admin_level,
    max(evidence_rank) filter (where by_evidence = level_by_evidence) as level_rank,
    max(region_code) filter (where by_evidence = region_by_evidence) as region_code,
    max(evidence_rank) filter (where by_evidence = region_by_evidence) as region_rank
from marked
group by platform, account_id, observed_date
