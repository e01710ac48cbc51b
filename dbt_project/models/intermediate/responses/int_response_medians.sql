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
    inner join ({{ response_outcomes("read_from = 'ranks'") }}) as outcomes
        on totals.curve_id = outcomes.curve_id
    where outcomes.response_us >= 0
),

left_over as (
    select
        *,
        ln(cast(waiting as double) / nullif(waiting - answered, 0)) as hazard
    from answered
),

bounded as (
    select
        curve_id,
        response_us,
        2 * answered >= waiting as is_half,
        ln(hazard) as log_log,
        1.959963984540054e0
        * sqrt(cast(answered as double) / waiting / nullif(waiting - answered, 0)) / hazard as half_width
    from left_over
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
