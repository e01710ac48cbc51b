-- Grain: one curve that is read from stretches (int_response_totals) and one stretch of waiting in which
-- something happened: how many were at risk at its beginning, how many were answered in it, and
-- how long those had waited together.
-- Within 72 h nobody's watching ends inside a stretch, nor does one hold a reported hour, so that on it survival
-- falls by the same amount with every answer, wherever that falls.
{{ config(materialized='view') }}
with curves as (
    select
        totals.curve_id,
        totals.stratum_id,
        totals.group_id,
        totals.events - totals.proactive as waiting,
        strata.reading
    from {{ ref('int_response_totals') }} as totals
    inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
    where totals.read_from = 'stretches'
),

days as (
    select
        days.stratum_id,
        days.reading,
        days.onset_date,
        days.event_type
    from {{ ref('int_response_strata_days') }} as days
    inner join (select distinct stratum_id from curves) as cut on days.stratum_id = cut.stratum_id
),

-- The end of a stretch belongs to it. Full hours end one, so that each lies within one hour.
bounds as (
    select distinct
        reading,
        watched_us as until_us
    from {{ event_readings() }} as readings
    where reading < 3 and watched_us < 259200000000
    union
    select
        readings.reading,
        hours.hour * 3600000000 as until_us
    from (select {{ each_number(0, 72) }} as hour) as hours
    cross join (select 1 as reading union all select 2 as reading) as readings
),

stretches as (
    select
        reading,
        row_number() over (partition by reading order by until_us nulls last) as stretch,
        lag(until_us, 1, -1) over (partition by reading order by until_us nulls last) as after_us,
        until_us,
        cast(ceil({{ hours_from_microseconds('until_us') }}) as bigint) as hour
    from bounds
),

-- Of the whole stratum: watched no longer than until a stretch begins.
ended as (
    select
        days.stratum_id,
        stretches.stretch + 1 as stretch,
        count(*) as events
    from {{ event_readings() }} as readings
    inner join stretches
        on readings.reading = stretches.reading and readings.watched_us = stretches.until_us
    inner join days
        on
            readings.reading = days.reading
            and readings.onset_date = days.onset_date
            and readings.event_type = days.event_type
    group by days.stratum_id, stretches.stretch
),

ended_before as (
    select
        strata.stratum_id,
        stretches.stretch,
        sum(coalesce(ended.events, 0)) over (
            partition by strata.stratum_id
            order by stretches.stretch nulls last
            rows between unbounded preceding and current row
        ) as events
    from (select distinct stratum_id, reading from days) as strata
    inner join stretches on strata.reading = stretches.reading
    left join ended
        on strata.stratum_id = ended.stratum_id and stretches.stretch = ended.stretch
),

-- Answers, and events spoken of whose watching ended: gone already, they must not be taken off
-- again with those of the stratum.
placed as (
    select
        readings.reading,
        readings.onset_date,
        readings.event_type,
        readings.group_id,
        stretches.stretch,
        1 as responded,
        0 as returned,
        readings.response_us as waited_us
    from {{ response_readings() }} as readings
    inner join stretches
        on
            readings.reading = stretches.reading
            and cast(ceil({{ hours_from_microseconds('readings.response_us') }}) as bigint)
            = stretches.hour
            and readings.response_us > stretches.after_us
            and readings.response_us <= stretches.until_us
    where readings.response_us between 0 and 259200000000
    union all
    select
        readings.reading,
        readings.onset_date,
        readings.event_type,
        readings.group_id,
        stretches.stretch + 1 as stretch,
        0 as responded,
        1 as returned,
        cast(0 as bigint) as waited_us
    from {{ response_readings() }} as readings
    inner join stretches
        on readings.reading = stretches.reading and readings.watched_us = stretches.until_us
    where readings.watched_us < 259200000000
),

gathered as (
    select
        days.stratum_id,
        placed.group_id,
        placed.stretch,
        cast(sum(placed.responded) as bigint) as responded,
        cast(sum(placed.returned) as bigint) as returned,
        cast(sum(placed.waited_us) as bigint) as waited_us
    from placed
    inner join days
        on
            placed.reading = days.reading
            and placed.onset_date = days.onset_date
            and placed.event_type = days.event_type
    group by days.stratum_id, placed.group_id, placed.stretch
),

changed as (
    select
        curves.curve_id,
        curves.stratum_id,
        curves.reading,
        gathered.stretch,
        gathered.responded,
        gathered.waited_us,
        curves.waiting + gathered.responded
        - sum(gathered.responded - gathered.returned) over (
            partition by curves.curve_id
            order by gathered.stretch nulls last
            rows between unbounded preceding and current row
        ) as still_waiting
    from gathered
    inner join curves
        on gathered.stratum_id = curves.stratum_id and gathered.group_id = curves.group_id
)

select
    changed.curve_id,
    stretches.until_us,
    cast(changed.still_waiting - ended_before.events as bigint) as at_risk,
    changed.responded,
    changed.waited_us
from changed
inner join stretches
    on changed.reading = stretches.reading and changed.stretch = stretches.stretch
inner join ended_before
    on changed.stratum_id = ended_before.stratum_id and changed.stretch = ended_before.stretch
where changed.responded > 0
