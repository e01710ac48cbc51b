{#- Hours since publication for which the survival of posts is published: up to a year. -#}
{% macro survival_hours() %}{{ return([1, 6, 24, 72, 168, 336, 720, 2160, 4320, 8760]) }}{% endmacro %}

{#- One end of Wilson's 95 % interval of a share; sign is '-' or '+'. NULL for none of none. -#}
{% macro wilson_bound(hits, total, sign) -%}
    case
        when {{ total }} > 0 then round(least(1e0, greatest(0e0, (
            {{ hits }} + 1.920729410347062e0
            {{ sign }} 1.959963984540054e0 * sqrt(
                cast({{ hits }} as double) * ({{ total }} - {{ hits }}) / {{ total }}
                + 0.960364705173531e0
            )
        ) / ({{ total }} + 3.841458820694124e0))), 9)
    end
{%- endmacro %}

{#-
    survival_steps(lives, groups): who was waiting, at every time at which something happened.
    `lives` is a CTE or relation with one row a life: the group's columns, entered_us (0, or when
    it came under observation), left_us and outcome (1 answered, 2 the stimulus was removed, 0
    neither was seen). A life is at risk in (entered_us, left_us], from the very beginning if
    entered_us is 0. Steps as kaplan_meier_curve and aalen_johansen_curve want them: 0, the time of
    every outcome, and the end of the longest life.
-#}
{% macro survival_steps(lives, groups) -%}
    with happenings as (
        select
            {{ groups | join(', ') }},
            entered_us as at_us,
            1 as entered,
            0 as departed,
            0 as responded,
            0 as removed,
            0 as is_step
        from {{ lives }}
        where left_us > entered_us or entered_us = 0
        union all
        select
            {{ groups | join(', ') }},
            left_us as at_us,
            0 as entered,
            1 as departed,
            case when outcome = 1 then 1 else 0 end as responded,
            case when outcome = 2 then 1 else 0 end as removed,
            case when outcome in (1, 2) then 1 else 0 end as is_step
        from {{ lives }}
        where left_us > entered_us or entered_us = 0
        union all
        select
            {{ groups | join(', ') }},
            max(left_us) as at_us,
            0 as entered,
            0 as departed,
            0 as responded,
            0 as removed,
            1 as is_step
        from {{ lives }}
        where left_us > entered_us or entered_us = 0
        group by {{ groups | join(', ') }}
        union all
        select distinct
            {{ groups | join(', ') }},
            cast(0 as bigint) as at_us,
            0 as entered,
            0 as departed,
            0 as responded,
            0 as removed,
            1 as is_step
        from {{ lives }}
    ),

    gathered as (
        select
            {{ groups | join(', ') }},
            at_us,
            sum(entered) as entered,
            sum(departed) as departed,
            sum(responded) as responded,
            sum(removed) as removed,
            max(is_step) as is_step
        from happenings
        group by {{ groups | join(', ') }}, at_us
    ),

    counted as (
        select
            *,
            sum(entered) over up_to - case when at_us = 0 then 0 else entered end
            - sum(departed) over up_to + departed as at_risk
        from gathered
        window up_to as (
            partition by {{ groups | join(', ') }}
            order by at_us
            rows between unbounded preceding and current row
        )
    )

    select
        {{ groups | join(', ') }},
        at_us,
        cast(at_risk as bigint) as at_risk,
        cast(responded as bigint) as responded,
        cast(removed as bigint) as removed
    from counted
    where is_step = 1
{%- endmacro %}
