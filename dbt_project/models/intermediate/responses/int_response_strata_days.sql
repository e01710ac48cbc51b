-- Grain: one local day and type of events, one reading of their waiting (macro event_readings),
-- and one of the eight strata they count in: day, week, month and everything, each for their own
-- type and for all types. The reading with removals exists where something was removed.
with days as (
    select
        reading,
        onset_date,
        event_type,
        count(*) as events,
        sum(removed) as removed,
        min(watched_us) as shortest_watch_us,
        count(case when watched_us >= 259200000000 then 1 end) as events_watched_72h,
        count(case when watched_us >= 1209600000000 then 1 end) as events_watched_14d
    from {{ event_readings() }} as readings
    group by reading, onset_date, event_type
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
        days.reading,
        days.onset_date,
        days.event_type,
        periods.period,
        case
            when periods.period = 'all' then study.first_date
            else {{ period_start('periods.period', 'days.onset_date') }}
        end as period_start,
        case when types.is_own_type then days.event_type else 'all' end as stratum_event_type,
        days.events,
        days.removed,
        days.shortest_watch_us,
        days.events_watched_72h,
        days.events_watched_14d
    from days
    cross join study
    cross join periods
    cross join types
),

summed as (
    select
        *,
        sum(removed) over (
            partition by reading, period, period_start, stratum_event_type
        ) as stratum_removed
    from placed
)

select
    cast(dense_rank() over (
        order by
            period nulls last, period_start nulls last, stratum_event_type nulls last,
            reading nulls last
    ) as bigint) as stratum_id,
    reading,
    onset_date,
    event_type,
    period,
    period_start,
    stratum_event_type,
    events,
    shortest_watch_us,
    events_watched_72h,
    events_watched_14d
from summed
where reading < 3 or stratum_removed > 0
