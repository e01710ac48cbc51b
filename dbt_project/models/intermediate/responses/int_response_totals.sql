-- Grain: one curve (stratum x group of responders) with its counts of events.
-- A group has a curve where it spoke of at least one event of the stratum; the group of all
-- responders has one in every stratum. The other readings of a stratum have the same groups, the
-- second one where the earliest onset is asked for. Groups of the same cells share a curve. Group 0
-- spoke of nothing, for whoever did not (int_response_silences).
--
-- read_from: what main.response_timing needs of the curve, the least of
--   counts     nobody's watching ended within 72 h and half is out of reach: rates and the mean follow
--              from counts alone, and there is no median;
--   ranks      nobody's watching ended within 14 days: the median is the answer of some rank;
--   stretches  half is out of reach, but watching ended: counts between the ends of watching;
--   steps      whatever else: the whole curve.
-- Half is out of reach where even a smaller crowd would not get there. Let n be the events at risk,
-- m those of them that were watched for 14 days, k the answers. At least m - j are at risk
-- after j answers within 14 days, so that survival is above 1 - k / m; and, as -ln survival is
-- between j / n and j / (m - k), with a variance of at most j / m / (m - k), the lower bound of
-- survival is above one half where j / (m - k) * exp(1.96 * n / sqrt(j * m * (m - k))) < ln 2 for all
-- j up to k. The left side falls and then rises with j: it is enough to ask at 1 and at k.
{%- set hours = [1, 5, 6, 24, 48, 72] %}
with strata as (
    select * from {{ ref('int_response_strata') }}
),

-- Most groups speak of several events a day; the eight strata of a day add up days.
by_day as (
    select
        reading,
        onset_date,
        event_type,
        group_id,
        count(case when response_us < 0 then 1 end) as proactive,
        count(case when response_us >= 0 then 1 end) as responded,
        count(case when response_us > 1209600000000 then 1 end) as responded_late,
        {%- for h in hours %}
        count(case when response_us between 0 and {{ h }} * 3600000000 then 1 end) as within_{{ h }}h,
        {%- endfor %}
        cast(sum(case
            when response_us between 0 and 259200000000 then response_us else 0
        end) as bigint) as waited_72h_us
    from {{ response_readings() }} as readings
    group by reading, onset_date, event_type, group_id
),

counted as (
    select
        days.stratum_id * 1000000 + by_day.group_id as curve_id,
        cast(sum(by_day.proactive) as bigint) as proactive,
        cast(sum(by_day.responded) as bigint) as responded,
        cast(sum(by_day.responded_late) as bigint) as responded_late,
        {%- for h in hours %}
        cast(sum(by_day.within_{{ h }}h) as bigint) as within_{{ h }}h,
        {%- endfor %}
        cast(sum(by_day.waited_72h_us) as bigint) as waited_72h_us
    from by_day
    inner join {{ ref('int_response_strata_days') }} as days
        on
            by_day.reading = days.reading
            and by_day.onset_date = days.onset_date
            and by_day.event_type = days.event_type
    where by_day.reading <> 2 or {{ is_period_from_earliest('days.period') }}
    group by days.stratum_id * 1000000 + by_day.group_id
),

-- Curves that nothing was counted for: the other readings of one that has something, and everybody's.
others as (
    select
        strata.stratum_id,
        groups.group_id
    from counted
    inner join strata
        on
            {{ stratum_of_curve('counted.curve_id') }} = strata.base_stratum_id
            and strata.stratum_id <> strata.base_stratum_id
    inner join {{ ref('int_response_groups') }} as groups
        on {{ group_of_curve('counted.curve_id') }} = groups.group_id
    where
        strata.reading = 3
        or (groups.is_curve_from_earliest and {{ is_period_from_earliest('strata.period') }})
    union
    select
        strata.stratum_id,
        groups.same_as_group_id as group_id
    from strata
    cross join {{ ref('int_response_groups') }} as groups
    where
        groups.is_everybody
        and (strata.reading <> 2 or {{ is_period_from_earliest('strata.period') }})
    union
    select
        stratum_id,
        cast(0 as bigint) as group_id
    from strata
    where {{ is_period_of_silences('period') }}
),

curves as (
    select * from counted
    union all
    select
        others.stratum_id * 1000000 + others.group_id as curve_id,
        cast(0 as bigint) as proactive,
        cast(0 as bigint) as responded,
        cast(0 as bigint) as responded_late,
        {%- for h in hours %}
        cast(0 as bigint) as within_{{ h }}h,
        {%- endfor %}
        cast(0 as bigint) as waited_72h_us
    from others
    left join counted on others.stratum_id * 1000000 + others.group_id = counted.curve_id
    where counted.curve_id is null
),

measured as (
    select
        curves.*,
        strata.stratum_id,
        {{ group_of_curve('curves.curve_id') }} as group_id,
        strata.reading,
        strata.events,
        strata.events - curves.proactive as waiting,
        strata.events - curves.proactive - (strata.events - strata.events_watched_14d)
            as waiting_14d,
        strata.shortest_watch_us,
        strata.events_watched_72h
    from curves
    inner join strata on {{ stratum_of_curve('curves.curve_id') }} = strata.stratum_id
),

-- Logarithms of what must stay below ln 2.
bounded as (
    select
        *,
        case
            when responded > 0 and waiting_14d > responded
                then greatest(
                    1.959963984540054e0 * waiting
                    / sqrt(cast(waiting_14d as double) * (waiting_14d - responded)),
                    ln(cast(responded as double))
                    + 1.959963984540054e0 * waiting
                    / sqrt(cast(responded as double) * waiting_14d * (waiting_14d - responded))
                ) - ln(cast(waiting_14d - responded as double))
        end as log_reach
    from measured
),

reached as (
    select
        *,
        case
            when reading = 1 then responded > 0 and coalesce(log_reach >= ln(0.69e0), true)
            else responded_late > 0 or waiting_14d <= 2 * responded
        end as is_half_in_reach
    from bounded
)

select
    curve_id,
    stratum_id,
    group_id,
    events,
    proactive,
    responded,
    events - proactive - responded as censored,
    {%- for h in hours %}
    within_{{ h }}h,
    {%- endfor %}
    waited_72h_us,
    case
        when reading = 3 or waiting < 1 then 'steps'
        when shortest_watch_us >= 1209600000000 and responded_late = 0
            then case when is_half_in_reach then 'ranks' else 'counts' end
        when is_half_in_reach then 'steps'
        when shortest_watch_us >= 259200000000 then 'counts'
        when events_watched_72h > proactive + responded then 'stretches'
        else 'steps'
    end as read_from,
    reading = 1 and waiting > 0 and shortest_watch_us >= 1209600000000 as is_evenly_watched
from reached
