{#-
    Kaplan-Meier, for every model that has waiting times.

    kaplan_meier_curve(steps, groups, carried=[]): `steps` is a CTE or relation with one row per group and
    time: the group's columns, at_us (microseconds waited), at_risk (still waiting and still
    observed just before), responded (answered at exactly that time). Every group needs a row
    at 0 and one at its longest follow-up, so that the curve's range is known. Answers come
    before censorings of the same instant, which is how at_risk must have been counted. Columns `carried` come along.

    - survival: product of (1 - responded / at_risk), as exp of a sum of logs. Rounded to 12
      digits: sums of logs come in another order on another engine, and 0.5 must be 0.5.
    - interval: Greenwood's variance on the log-log scale, 95 %. Survival 1: both ends 1 (nothing
      has happened, the variance is 0). Survival 0: NULL, the scale is undefined there, as in R's
      survival package; lifelines prints 1.0 for it.
    - next_hours: the curve's next time, for areas under it; NULL at the last.
-#}
{% macro kaplan_meier_curve(steps, groups, carried=[]) -%}
    with factors as (
        select
            {{ groups | join(', ') }},
            at_us,
            at_risk,
            responded,
            {%- for name in carried %}
            {{ name }},
            {%- endfor %}
            case
                when responded < at_risk then ln(cast(at_risk - responded as double) / at_risk)
                -- Nobody is left: below whatever the logs of counts may sum up to.
                else -1e9
            end as log_factor,
            case
                when responded < at_risk
                    then cast(responded as double) / at_risk / (at_risk - responded)
                else 0e0
            end as variance_term
        from {{ steps }}
        where at_risk > 0
    ),

    summed as (
        select
            {{ groups | join(', ') }},
            at_us,
            at_risk,
            responded,
            {%- for name in carried %}
            {{ name }},
            {%- endfor %}
            sum(log_factor) over running as log_survival,
            sum(variance_term) over running as variance,
            lead(at_us) over (
                partition by {{ groups | join(', ') }} order by at_us nulls last
            ) as next_us
        from factors
        window running as (
            partition by {{ groups | join(', ') }}
            order by at_us nulls last
            rows between unbounded preceding and current row
        )
    ),

    estimated as (
        select
            {{ groups | join(', ') }},
            at_us,
            {{ hours_from_microseconds('at_us') }} as hours,
            at_risk,
            responded,
            {%- for name in carried %}
            {{ name }},
            {%- endfor %}
            case
                when log_survival <= -1e9 then 0e0 else round(exp(log_survival), 12)
            end as survival,
            -- Half the width of the interval on the log-log scale; NULL where that is undefined.
            case
                when log_survival > -1e9 and log_survival < 0
                    then 1.959963984540054e0 * sqrt(variance) / -log_survival
            end as half_width,
            case
                when log_survival > -1e9 and log_survival < 0 then ln(-log_survival)
            end as log_log,
            log_survival = 0 as is_untouched,
            {{ hours_from_microseconds('next_us') }} as next_hours
        from summed
    )

    select
        {{ groups | join(', ') }},
        at_us,
        hours,
        at_risk,
        responded,
        {%- for name in carried %}
        {{ name }},
        {%- endfor %}
        survival,
        case
            when is_untouched then 1e0 else round(exp(-exp(log_log + half_width)), 12)
        end as survival_lo,
        case
            when is_untouched then 1e0 else round(exp(-exp(log_log - half_width)), 12)
        end as survival_hi,
        next_hours
    from estimated
{%- endmacro %}

{#-
    The bounds of kaplan_meier_curve while nobody's watching ends, from the number that waited at the beginning and
    those answered since: exp(-exp(log_log ± half_width)). NULL where nobody was
    answered, and where nobody is left.
-#}
{% macro greenwood_log_log(waiting, answered) -%}
    case
        when {{ answered }} > 0 and {{ answered }} < {{ waiting }}
            then ln(ln(cast({{ waiting }} as double) / ({{ waiting }} - {{ answered }})))
    end
{%- endmacro %}
{% macro greenwood_half_width(waiting, answered) -%}
    case
        when {{ answered }} > 0 and {{ answered }} < {{ waiting }}
            then 1.959963984540054e0
            * sqrt(cast({{ answered }} as double) / {{ waiting }} / ({{ waiting }} - {{ answered }}))
            / ln(cast({{ waiting }} as double) / ({{ waiting }} - {{ answered }}))
    end
{%- endmacro %}

{#-
    aalen_johansen_curve(steps, groups): cumulative incidence of the answer where the removal of
    the stimulus competes with it. `steps` as above with `removed` beside `responded`; answers and
    removals of one instant are taken together.

    incidence(t) = sum over t_j <= t of S(t_j-) * responded / at_risk, incidence_removed alike,
    S(t-) being the product of 1 - (responded + removed) / at_risk before t: what neither befell.
-#}
{% macro aalen_johansen_curve(steps, groups) -%}
    with factors as (
        select
            *,
            case
                when responded + removed < at_risk
                    then ln(cast(at_risk - responded - removed as double) / at_risk)
                else 0e0
            end as log_factor,
            case when responded + removed < at_risk then 0 else 1 end as is_exhausted
        from {{ steps }}
        where at_risk > 0
    ),

    before as (
        select
            *,
            case
                when coalesce(max(is_exhausted) over earlier, 0) = 1 then 0e0
                else exp(coalesce(sum(log_factor) over earlier, 0e0))
            end as untouched
        from factors
        window earlier as (
            partition by {{ groups | join(', ') }}
            order by at_us nulls last
            rows between unbounded preceding and 1 preceding
        )
    )

    select
        {{ groups | join(', ') }},
        at_us,
        round(sum(untouched * responded / at_risk) over running, 12) as incidence,
        round(sum(untouched * removed / at_risk) over running, 12) as incidence_removed
    from before
    window running as (
        partition by {{ groups | join(', ') }}
        order by at_us nulls last
        rows between unbounded preceding and current row
    )
{%- endmacro %}

{#-
    kaplan_meier_summary(curve, groups, rate_hours): one row per group of such a curve.

    - rate_Nh: 1 - S(N); NULL when nobody was followed for N hours, unless everybody had been
      answered before (S = 0 stays 0).
    - median: first time with S <= 0.5, else NULL; its interval from the times at which the
      bounds of S cross 0.5 (Brookmeyer and Crowley).
    - rmst_72h_hours: area under S up to 72 h; NULL under the same condition as rate_72h.
    Rounded to 9 digits, the precision at which two engines agree on products of logs.
-#}
{% macro kaplan_meier_summary(curve, groups, rate_hours=[1, 5, 6, 24, 48, 72]) -%}
    select
        {{ groups | join(', ') }},
        {%- for h in rate_hours %}
        case
            when max(hours) >= {{ h }} or min(survival) = 0
                then round(1 - min(survival) filter (where hours <= {{ h }}), 9)
        end as rate_{{ h }}h,
        {%- endfor %}
        round(min(hours) filter (where survival <= 0.5e0), 9) as median_hours,
        round(min(hours) filter (where survival_lo <= 0.5e0), 9) as median_hours_lo,
        round(min(hours) filter (where survival_hi <= 0.5e0), 9) as median_hours_hi,
        case
            when max(hours) >= 72 or min(survival) = 0
                then round(coalesce(
                    sum(survival * (least(coalesce(next_hours, 72e0), 72e0) - hours))
                        filter (where hours < 72),
                    0e0
                ), 9)
        end as rmst_72h_hours
    from {{ curve }}
    group by {{ groups | join(', ') }}
{%- endmacro %}
