-- Grain: one account on one local day on which something was said about it that had not been said
-- last: its first day, another name, mark, code or state, stronger evidence, the first look, the
-- first and the second absence in a row. In scope or not.
-- Absences are counted, and ended, by looks of which it is known when they took place; what any other look
-- found is `undated_state`.
-- Each value is the last one stated up to that day. Nearly all days repeat the one before, so that
-- whatever follows an account through its history reads these few instead of all days.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_days_touched('core.account_snapshots', 'observed_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_touched_days') }} {{ ref('int_account_months') }} (the references below are hidden from the parser)

{%- set table_name = 'core.account_snapshots' %}
{%- set plain = ['screen_name', 'verified_type', 'registered_at', 'registered_at_precision', 'confirmed_state', 'undated_state'] %}
{%- set watched = ['observed', 'screen_name', 'verified_type'] %}
{%- set codes = [] %}
{%- for name, parts in identity_statements() %}{% set _ = codes.extend(parts) %}{% endfor %}

with days as (
    select
        platform,
        account_id,
        observed_date,
        first_observed_at,
        last_observed_at,
        evidence_rank,
        {%- for name in plain + codes if name not in ('confirmed_state', 'undated_state') %}
        {{ name }},
        {%- endfor %}
        case when is_state_dated then confirmed_state end as confirmed_state,
        case when not is_state_dated then confirmed_state end as undated_state,
        case when is_state_dated then {{ is_absent('confirmed_state') }} end as is_absent,
        -- A register names an account without looking at it.
        coalesce(is_state_dated and (followers_lo is not null or confirmed_state <> 'present'), false) as is_look
    from {{ ref('int_account_days_observed') }}
    {%- if grows_by_key() %}
    where observed_date >= {{ touched_from(table_name) }}
    {%- endif %}
),

said_days as (
    select
        *,
        {{ fingerprint(['evidence_rank', 'is_look'] + plain + codes) }} as said
    from days
),

followed as (
    select
        *,
        lag(said) over account_days as said_before,
        {%- for name in watched %}
        max({{ "last_observed_at" if name == 'observed' else "case when " ~ name ~ " is not null then last_observed_at end" }})
            over earlier_days as {{ name }}_until_at{{ "," if not loop.last }}
        {%- endfor %}
    from said_days
    window
        account_days as (partition by platform, account_id order by observed_date nulls last),
        earlier_days as (
            partition by platform, account_id order by observed_date nulls last
            rows between unbounded preceding and 1 preceding
        )
),

{%- if grows_by_key() %}

latest as (
    select
        platform,
        account_id,
        max(observed_date) as observed_date
    from {{ this }}
    group by platform, account_id
),
{%- endif %}

-- The second of two absences repeats the first one, so that all absences are kept.
apart as (
    select
        platform,
        account_id,
        observed_date,
        first_observed_at,
        evidence_rank,
        {%- for name in plain %}
        {{ name }},
        {%- endfor %}
        {%- for name, parts in identity_statements() %}
        case when {{ parts[0] }} is not null then {{ record(parts) }} end as {{ name }},
        {%- endfor %}
        case when is_look then observed_date end as first_look_date,
        is_absent,
        cast(null as integer) as known_absences,
        {%- for name in watched %}
        {{ name }}_until_at,
        {%- endfor %}
        false as is_known
    from followed
    where is_absent or said is distinct from said_before
    {%- if grows_by_key() %}
    union all
    select
        known.platform,
        known.account_id,
        known.observed_date,
        known.first_observed_at,
        known.evidence_rank,
        {%- for name in plain %}
        known.{{ name }},
        {%- endfor %}
        {%- for name, parts in identity_statements() %}
        case when known.{{ parts[0] }} is not null then {{ record(parts) }} end as {{ name }},
        {%- endfor %}
        known.first_look_date,
        known.absences > 0 as is_absent,
        known.absences as known_absences,
        {%- for name in watched %}
        cast(null as {{ instant_type() }}) as {{ name }}_until_at,
        {%- endfor %}
        true as is_known
    from {{ this }} as known
    inner join latest
        on
            known.platform = latest.platform
            and known.account_id = latest.account_id
            and known.observed_date = latest.observed_date
    {%- endif %}
),

{%- set facets = plain + ['kind', 'level', 'region'] %}

carried as (
    select
        *,
        lag(observed_date) over account_days is null as is_first,
        {%- for name in facets + ['is_absent'] %}
        {{ last_known(name) }} over earlier_days as {{ name }}_before,
        {%- endfor %}
        min(evidence_rank) over earlier_days as evidence_rank_before,
        min(first_look_date) over earlier_days as first_look_date_before
    from apart
    window
        account_days as (partition by platform, account_id order by observed_date nulls last),
        earlier_days as (
            partition by platform, account_id order by observed_date nulls last
            rows between unbounded preceding and 1 preceding
        )
),

counted as (
    select
        *,
        case
            when is_known then known_absences
            when not is_absent then 0
            when is_absent and coalesce(is_absent_before, false) then 2
            when is_absent then 1
        end as absences
    from carried
),

compared as (
    select
        *,
        {{ last_known('absences') }} over (
            partition by platform, account_id order by observed_date nulls last
            rows between unbounded preceding and 1 preceding
        ) as absences_before
    from counted
),

news as (
    select
        platform,
        account_id,
        observed_date,
        first_observed_at,
        least(evidence_rank, evidence_rank_before) as evidence_rank,
        {%- for name in facets %}
        coalesce({{ name }}, {{ name }}_before) as {{ name }},
        {%- endfor %}
        least(first_look_date, first_look_date_before) as first_look_date,
        coalesce(absences, absences_before) as absences,
        {%- for name in watched %}
        {{ name }}_until_at{{ "," if not loop.last }}
        {%- endfor %}
    from compared
    where
        not is_known
        and (
            is_first
            or evidence_rank < evidence_rank_before
            or (first_look_date is not null and first_look_date_before is null)
            or (absences is not null and absences is distinct from absences_before)
            {%- for name in facets %}
            or ({{ name }} is not null and {{ name }} is distinct from {{ name }}_before)
            {%- endfor %}
        )
)

{%- if grows_by_key() %},

-- Until when they were seen before the first touched day: in whole months and the days of its own.
spoken_of as (
    select distinct
        platform,
        account_id
    from news
),

seen as (
    select
        months.platform,
        months.account_id,
        months.last_observed_at as observed_last_at,
        months.screen_name_last_at,
        months.verified_type_last_at
    from {{ ref('int_account_months') }} as months
    where months.month_date < {{ period_start("'month'", touched_from(table_name)) }}
    union all
    select
        platform,
        account_id,
        last_observed_at as observed_last_at,
        case when screen_name is not null then last_observed_at end as screen_name_last_at,
        case when verified_type is not null then last_observed_at end as verified_type_last_at
    from {{ ref('int_account_days_observed') }}
    where
        observed_date >= {{ period_start("'month'", touched_from(table_name)) }}
        and observed_date < {{ touched_from(table_name) }}
),

last_seen as (
    select
        seen.platform,
        seen.account_id,
        {%- for name in watched %}
        max(seen.{{ name }}_last_at) as {{ name }}_last_at{{ "," if not loop.last }}
        {%- endfor %}
    from seen
    inner join spoken_of
        on seen.platform = spoken_of.platform and seen.account_id = spoken_of.account_id
    group by seen.platform, seen.account_id
)
{%- endif %}

select
    news.platform,
    news.account_id,
    news.observed_date,
    news.first_observed_at,
    news.evidence_rank,
    {%- for name in plain %}
    news.{{ name }},
    {%- endfor %}
    {%- for name, parts in identity_statements() %}
    {%- for part in parts %}
    news.{{ name }}.{{ part }} as {{ part }},
    {%- endfor %}
    {%- endfor %}
    news.first_look_date,
    news.absences,
    {%- for name in watched %}
    {%- if grows_by_key() %}
    coalesce(news.{{ name }}_until_at, last_seen.{{ name }}_last_at) as {{ name }}_until_at{{ "," if not loop.last }}
    {%- else %}
    news.{{ name }}_until_at{{ "," if not loop.last }}
    {%- endif %}
    {%- endfor %}
from news
{%- if grows_by_key() %}
left join last_seen
    on news.platform = last_seen.platform and news.account_id = last_seen.account_id
{%- endif %}
