-- Grain: one local day of the years whose holidays are known, whether it is worked, and how many
-- worked days come before it. Other days are missing: nobody knows yet what will be worked.
with exceptions as (
    select * from {{ ref('working_day_exceptions') }}
),

spine as (
    select
        {{ each_day(
            "cast(date_trunc('year', min(calendar_date)) as date)",
            add_days("cast(date_trunc('year', max(calendar_date)) as date)", 365)
        ) }} as calendar_date
    from exceptions
),

years as (
    select max(extract(year from calendar_date)) as last_year
    from exceptions
),

marked as (
    select
        spine.calendar_date,
        coalesce(
            exceptions.is_workday,
            -- 2001-01-01 was a Monday; the remainder is that of Python, not of C, before it.
            ({{ days_between("cast('2001-01-01' as date)", 'spine.calendar_date') }} + 7000000) % 7 < 5
        ) as is_workday
    from spine
    cross join years
    left join exceptions on spine.calendar_date = exceptions.calendar_date
    where extract(year from spine.calendar_date) <= years.last_year
)

select
    calendar_date,
    is_workday,
    cast(sum(case when is_workday then 1 else 0 end) over (
        order by calendar_date
        rows between unbounded preceding and current row
    ) - case when is_workday then 1 else 0 end as bigint) as workdays_before
from marked
