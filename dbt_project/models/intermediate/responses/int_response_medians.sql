-- Grain: one curve whose median is read from ranks (int_response_totals). While nobody's watching ends, the
-- share unanswered is that of the ranks to come, with Greenwood's variance in closed form; the
-- interval is that of macro kaplan_meier_curve.
with answered as (
    select
        totals.curve_id,
        totals.events - totals.proactive as waiting,
        outcomes.response_us,
        count(*) over (
            partition by totals.curve_id
            order by outcomes.response_us
            range between unbounded preceding and current row
        ) as answered
    from {{ ref('int_response_totals') }} as totals
    inner join ({{ response_outcomes("totals.read_from = 'ranks'") }}) as outcomes
        on totals.curve_id = outcomes.curve_id
    where outcomes.response_us >= 0
),

bounded as (
    select
        curve_id,
        response_us,
        2 * answered >= waiting as is_half,
        {{ greenwood_log_log('waiting', 'answered') }} as log_log,
        {{ greenwood_half_width('waiting', 'answered') }} as half_width
    from answered
)

select
    curve_id,
    round({{ hours_from_microseconds('min(case when is_half then response_us end)') }}, 9)
        as median_hours,
    round({{ hours_from_microseconds(
        'min(case when round(exp(-exp(log_log + half_width)), 12) <= 0.5e0 then response_us end)'
    ) }}, 9) as median_hours_lo,
    round({{ hours_from_microseconds(
        'min(case when round(exp(-exp(log_log - half_width)), 12) <= 0.5e0 then response_us end)'
    ) }}, 9) as median_hours_hi
from bounded
group by curve_id
