-- Grain: one period x platform x account kind x level x region, each with `all`.
-- Identity: accounts_seen changes by births + frame_additions + returns - losses + corrections.
-- Rows stand from build to build, but for the periods and groups of which sums were made anew, and for
-- rows that are now withheld or flagged otherwise; a hook takes those away, and what is missing is made.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_growth_anew()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} {{ ref('int_growth_groups_anew') }} (references below that are hidden from the parser)

{%- set group = ['period', 'platform', 'account_kind', 'admin_level', 'region_code'] %}

with counts as (
    select * from {{ ref('int_growth_counts') }}
),

periods as (
    select * from {{ ref('int_growth_periods') }}
),
{%- if grows_by_key() %}

marked as (
    select
        counts.*,
        known.period is null as is_missing
    from counts
    left join {{ this }} as known
        on
            counts.period_start = known.period_start
            {%- for name in group %}
            and counts.{{ name }} = known.{{ name }}
            {%- endfor %}
),

-- Groups of which older rows come again: they are gone through from their beginning.
from_beginning as (
    select distinct {{ group | join(', ') }}
    from marked
    where is_missing and not {{ is_period_anew('period', 'period_start') }}
),

-- When most of the others were last looked at before the periods that are made anew.
stood as (
    select
        {{ group | join(', ') }},
        max(case when coverage_ratio >= 0.5e0 then period_end_date end) as last_look_date
    from counts
    where not {{ is_period_anew('period', 'period_start') }}
    group by {{ group | join(', ') }}
),

taken as (
    select
        marked.*,
        case when from_beginning.period is null then stood.last_look_date end as stood_look_date
    from marked
    left join from_beginning
        on
            {% for name in group %}marked.{{ name }} = from_beginning.{{ name }}{{ " and " if not loop.last }}{% endfor %}
    left join stood
        on
            {% for name in group %}marked.{{ name }} = stood.{{ name }}{{ " and " if not loop.last }}{% endfor %}
    where marked.is_missing or from_beginning.period is not null
),
{%- else %}

taken as (
    select
        *,
        true as is_missing,
        cast(null as date) as stood_look_date
    from counts
),
{%- endif %}

rated as (
    select
        taken.*,
        periods.elapsed_days as period_days,
        coalesce(
            -- A look is what coverage says: that something happened in a period of which little was
            -- looked at would show behind a withheld one.
            max(case when taken.coverage_ratio >= 0.5e0 then taken.period_end_date end) over (
                partition by {% for name in group %}taken.{{ name }}{{ ", " if not loop.last }}{% endfor %}
                order by taken.period_start nulls last
                rows between unbounded preceding and 1 preceding
            ),
            taken.stood_look_date
        ) as last_look_date,
        taken.registered_so_far - taken.registered as registered_before
    from taken
    inner join periods
        on taken.period = periods.period and taken.period_start = periods.period_start
),

grown as (
    select
        rated.*,
        case
            when registered_before >= 30 and not is_gap
                then ln(cast(registered_so_far as double) / registered_before) / period_days
        end as growth_per_day
    from rated
),

flagged as (
    select
        grown.*,
        withheld.platform is not null as is_suppressed,
        coalesce(flags.is_left_truncated, false) as is_left_truncated,
        coalesce(flags.is_purge, false) as is_purge
    from grown
    left join {{ ref('int_growth_withheld') }} as withheld
        on
            grown.period_start = withheld.period_start
            {%- for name in group %}
            and grown.{{ name }} = withheld.{{ name }}
            {%- endfor %}
    left join {{ ref('int_growth_flags') }} as flags
        on
            grown.period = flags.period
            and grown.period_start = flags.period_start
            and grown.platform = flags.platform
    where grown.is_missing
)

-- Values of a withheld group are NULL, how much of it was looked at too, which is made of its size; and
-- flows and growth of a gap: nobody looked. Of people followers are withheld always: a sum of counts of
-- which most are missing, or have not changed, is the count of one (ADR 0041).
select
    period,
    period_start,
    platform,
    account_kind,
    admin_level,
    region_code,
    case when not is_suppressed then cast(registered_so_far as bigint) end as accounts_registered,
    case when not is_suppressed then cast(seen_so_far as bigint) end as accounts_seen,
    case when not is_suppressed and not is_gap then births end as births,
    case when not is_suppressed and not is_gap then frame_additions end as frame_additions,
    case when not is_suppressed and not is_gap then losses end as losses,
    case when not is_suppressed and not is_gap then returned end as returns,
    case when not is_suppressed and not is_gap then corrections end as corrections,
    case when not is_suppressed then checked end as accounts_checked,
    case when not is_suppressed then covered end as accounts_covered,
    -- Accounts whose posts nobody collects say nothing about activity.
    {%- for days in [7, 14, 30, 90] %}
    case when not is_suppressed and covered > 0 then active_{{ days }}d end as accounts_active_{{ days }}d,
    case when not is_suppressed and covered > 0 then cast(active_{{ days }}d as double) / checked end
        as active_{{ days }}d_ratio,
    {%- endfor %}
    case when not is_suppressed then followers_lo end as followers_lo,
    case when not is_suppressed then followers_hi end as followers_hi,
    case when not is_suppressed then followers_delta_lo end as followers_delta_lo,
    case when not is_suppressed then followers_delta_hi end as followers_delta_hi,
    case
        when is_suppressed or {{ is_person_kind('account_kind') }} then 'suppressed'
        else {{ delta_state('deltas > 0', 'followers_delta_lo', 'followers_delta_hi') }}
    end as followers_delta_state,
    case when not is_suppressed and not {{ is_person_kind('account_kind') }} then suspect end as accounts_suspect,
    is_purge as is_purge_suspect,
    case when not is_suppressed then round(growth_per_day, 12) end as growth_per_day,
    case when not is_suppressed then case when growth_per_day > 0 then round(ln(2e0) / growth_per_day, 9) end end as doubling_days,
    case
        when is_suppressed then 'suppressed'
        when is_gap then 'not_observed'
        when growth_per_day > 0 then 'grew'
        when growth_per_day = 0 then 'unchanged'
        else 'too_few'
    end as growth_state,
    case when not is_suppressed and not is_gap then {{ days_between('last_look_date', 'period_end_date') }} end
        as elapsed_days,
    case when not is_suppressed then coverage_ratio end as coverage_ratio,
    is_left_truncated,
    is_suppressed,
    {{ build_id() }} as build_id
from flagged
