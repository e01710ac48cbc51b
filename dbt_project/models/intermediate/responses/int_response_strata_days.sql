-- Grain: one local day and type of events, and one of the eight strata its events count in: day,
-- week, month and everything, each for their own type and for all types.
with days as (
    select
        onset_date,
        event_type,
        count(*) as events
    from {{ ref('int_event_follow_ups') }}
    group by onset_date, event_type
),

study as (
    select min(onset_date) as first_date from days
),

periods as (
    select period from {{ growth_periods() }} as growth_periods
    union all
    select 'all' as period
),

types as (
    select true as is_own_type
    union all
    select false as is_own_type
),

placed as (
    select
        days.onset_date,
        days.event_type,
        periods.period,
        case
            when periods.period = 'all' then study.first_date
            else {{ period_start('periods.period', 'days.onset_date') }}
        end as period_start,
        case when types.is_own_type then days.event_type else 'all' end as stratum_event_type,
        days.events
    from days
    cross join study
    cross join periods
    cross join types
)

select
    cast(dense_rank() over (
        order by period nulls last, period_start nulls last, stratum_event_type nulls last
    ) as bigint) as stratum_id,
    onset_date,
    event_type,
    period,
    period_start,
    stratum_event_type,
    events
from placed
