-- Grain: one day, week or month of the study: from the first to the last day on which any account
-- in scope was observed. The last period ends where the data end.
with study as (
    select
        min(first_seen_date) as first_date,
        max(last_seen_date) as last_date
    from {{ ref('int_accounts_resolved') }}
),

days as (
    select
        last_date,
        {{ each_day('first_date', 'last_date') }} as local_date
    from study
    where first_date is not null
),

starts as (
    select distinct
        periods.period,
        {{ period_start('periods.period', 'days.local_date') }} as period_start,
        days.last_date
    from days
    cross join {{ growth_periods() }} as periods
)

select
    period,
    period_start,
    least({{ period_end('period', 'period_start') }}, last_date) as period_end_date,
    {{ previous_period_start('period', 'period_start') }} as previous_period_start,
    -- Days from the end of the previous period to the end of this one.
    {{ days_between('period_start', 'least(' ~ period_end('period', 'period_start') ~ ', last_date)') }} + 1
        as elapsed_days
from starts
