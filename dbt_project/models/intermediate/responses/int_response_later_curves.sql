-- Grain: as int_response_curves, of the curves that main.response_timing does not read from their steps.
-- Where all events were watched for 14 days, survival is the share not yet answered, with
-- Greenwood's variance in closed form.
with even as (
    select
        curve_id,
        events - proactive as waiting,
        responded
    from {{ ref('int_response_totals') }}
    where read_from <> 'steps' and is_evenly_watched
),

ranked as (
    select
        even.curve_id,
        even.waiting,
        outcomes.response_us as at_us,
        rank() over by_time as from_rank,
        row_number() over by_time as place,
        count(*) over (
            partition by even.curve_id
            order by outcomes.response_us
            range between unbounded preceding and current row
        ) as answered
    from even
    inner join ({{ response_outcomes("totals.read_from <> 'steps' and totals.is_evenly_watched") }}) as outcomes
        on even.curve_id = outcomes.curve_id
    where outcomes.response_us >= 0
    window by_time as (partition by even.curve_id order by outcomes.response_us)
),

happened as (
    select
        curve_id,
        waiting,
        at_us,
        from_rank - 1 as answered_before,
        answered
    from ranked
    where place = from_rank
    union all
    -- The beginning, and the end where somebody waited for it in vain.
    select
        even.curve_id,
        even.waiting,
        ends.at_us,
        case when ends.at_us = 0 then 0 else even.responded end as answered_before,
        case when ends.at_us = 0 then 0 else even.responded end as answered
    from even
    cross join (
        select cast(0 as bigint) as at_us
        union all
        select cast(1209600000000 as bigint) as at_us
    ) as ends
    left join ranked
        on even.curve_id = ranked.curve_id and ends.at_us = ranked.at_us and ranked.place = ranked.from_rank
    where ranked.curve_id is null and (ends.at_us = 0 or even.responded < even.waiting)
),

estimated as (
    select
        curve_id,
        at_us,
        waiting - answered_before as at_risk,
        answered - answered_before as responded,
        cast(waiting - answered as double) / waiting as survival,
        answered = 0 as is_untouched,
        {{ greenwood_log_log('waiting', 'answered') }} as log_log,
        {{ greenwood_half_width('waiting', 'answered') }} as half_width
    from happened
),

stepped as (
    {{ kaplan_meier_curve(ref('int_response_later_steps'), ['curve_id']) }}
)

select
    curve_id,
    at_us,
    {{ hours_from_microseconds('at_us') }} as hours,
    at_risk,
    responded,
    survival,
    case when is_untouched then 1e0 else exp(-exp(log_log + half_width)) end as survival_lo,
    case when is_untouched then 1e0 else exp(-exp(log_log - half_width)) end as survival_hi
from estimated
union all
select
    curve_id,
    at_us,
    hours,
    at_risk,
    responded,
    survival,
    survival_lo,
    survival_hi
from stepped
