-- Grain: what one source said about one account at one instant, with its local day.
-- `confirmed_state` is what a successful check found: a failed fetch says nothing, and a snapshot
-- with counts but without a state shows an account that was there. A snapshot of which only an
-- upper bound of its time is known says neither: its counts would stand still under every new
-- bound, which would be zero growth made of nothing.
with source as (
    select * from {{ source('core', 'account_snapshots') }}
)

select
    platform,
    account_id,
    observed_at,
    {{ local_date('observed_at') }} as observed_date,
    screen_name,
    nullif(account_kind, 'unclear') as account_kind,
    nullif(admin_level, 'unclear') as admin_level,
    region_code,
    kind_rule,
    kind_match,
    {{ rule_rank('kind_rule', 'scope_evidence') }} as kind_rank,
    level_rule,
    level_match,
    {{ rule_rank('level_rule', 'scope_evidence') }} as level_rank,
    region_rule,
    region_match,
    region_year,
    {{ rule_rank('region_rule', 'scope_evidence') }} as region_rank,
    verified_type,
    scope_evidence,
    {{ evidence_rank('scope_evidence') }} as evidence_rank,
    registered_at,
    -- What a file does not say how exactly it knows is known to the second.
    case when registered_at is not null then coalesce(registered_at_precision, 'second') end
        as registered_at_precision,
    case
        when account_state is not null then {{ is_found('account_state') }}
        else followers_lo is not null or statuses_lo is not null
    end as is_found,
    case
        when account_state = 'fetch_failed' or observed_at_source = 'upper_bound' then null
        when account_state is not null then account_state
        when followers_lo is not null or statuses_lo is not null then 'present'
    end as confirmed_state,
    {{ is_look_dated('observed_at_source') }} as is_dated,
    case when observed_at_source = 'upper_bound' then null else followers_lo end as followers_lo,
    case when observed_at_source = 'upper_bound' then null else followers_hi end as followers_hi,
    source_name,
    file_sha256,
    record_number
from source
