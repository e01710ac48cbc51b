-- Grain: one period x platform x account kind x level x region, each with `all`.
-- Identity: accounts_seen changes by births + frame_additions + returns - losses + corrections.
with counts as (
    select * from {{ ref('int_growth_counts') }}
),

periods as (
    select * from {{ ref('int_growth_periods') }}
),

-- The first period of a platform: its whole frame appears at once, among `all` too.
first_days as (
    select
        platform,
        min(first_seen_date) as first_date
    from {{ ref('int_accounts_resolved') }}
    group by platform
),

platforms as (
    select platform, platform as own_platform, first_date from first_days
    union all
    select 'all' as platform, platform as own_platform, first_date from first_days
),

truncated as (
    select distinct
        periods.period,
        periods.period_start,
        platforms.platform
    from periods
    inner join platforms
        on platforms.first_date >= periods.period_start and platforms.first_date <= periods.period_end_date
),

purges as (
    select distinct
        periods.period,
        periods.period_start,
        platforms.platform
    from periods
    inner join {{ ref('int_follower_counts') }} as counts
        on
            counts.is_purge_day
            and counts.observed_date >= periods.period_start
            and counts.observed_date <= periods.period_end_date
    inner join platforms on counts.platform = platforms.own_platform
),

rated as (
    select
        counts.*,
        periods.elapsed_days as period_days,
        max(case when not counts.is_gap then counts.period_end_date end) over (
            partition by
                counts.period, counts.platform, counts.account_kind, counts.admin_level, counts.region_code
            order by counts.period_start nulls last
            rows between unbounded preceding and 1 preceding
        ) as last_look_date,
        counts.registered_so_far - counts.registered as registered_before
    from counts
    inner join periods
        on counts.period = periods.period and counts.period_start = periods.period_start
),

grown as (
    select
        rated.*,
        case
            when registered_before >= 30
                then ln(cast(registered_so_far as double) / registered_before) / period_days
        end as growth_per_day
    from rated
),

flagged as (
    select
        grown.*,
        withheld.platform is not null as is_suppressed,
        truncated.platform is not null as is_left_truncated,
        purges.platform is not null as is_purge
    from grown
    left join {{ ref('int_growth_withheld') }} as withheld
        on
            grown.period = withheld.period
            and grown.period_start = withheld.period_start
            and grown.platform = withheld.platform
            and grown.account_kind = withheld.account_kind
            and grown.admin_level = withheld.admin_level
            and grown.region_code = withheld.region_code
    left join truncated
        on
            grown.period = truncated.period
            and grown.period_start = truncated.period_start
            and grown.platform = truncated.platform
    left join purges
        on
            grown.period = purges.period
            and grown.period_start = purges.period_start
            and grown.platform = purges.platform
)

-- Values of a withheld group are NULL, and flows of a gap: nobody looked.
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
        when is_suppressed then 'suppressed'
        else {{ delta_state('deltas > 0', 'followers_delta_lo', 'followers_delta_hi') }}
    end as followers_delta_state,
    case when not is_suppressed then suspect end as accounts_suspect,
    is_purge as is_purge_suspect,
    case when not is_suppressed then round(growth_per_day, 12) end as growth_per_day,
    case when not is_suppressed then case when growth_per_day > 0 then round(ln(2e0) / growth_per_day, 9) end end as doubling_days,
    case
        when is_suppressed then 'suppressed'
        when growth_per_day > 0 then 'grew'
        when growth_per_day = 0 then 'unchanged'
        else 'too_few'
    end as growth_state,
    case when not is_gap then {{ days_between('last_look_date', 'period_end_date') }} end as elapsed_days,
    coverage_ratio,
    is_left_truncated,
    is_suppressed,
    {{ build_id() }} as build_id
from flagged
