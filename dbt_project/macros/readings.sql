{#-
    Three readings of the same waiting, counted alike all the way down:
      1  from the first sighting: what is published as survival and rates;
      2  from the earliest onset (onset_lo_at), of events where that is known: the longest the
         public may have waited; in whole months and over everything, for responders of all
         regions and links taken together (is_from_earliest of int_response_groups);
      3  from the first sighting until the stimulus was removed, which competes with the answer.
    A relation over int_event_follow_ups, to select from.
-#}
{% macro event_readings() -%}
    (
        select
            cast(1 as bigint) as reading,
            onset_date,
            event_type,
            watched_us,
            0 as removed
        from {{ ref('int_event_follow_ups') }}
        union all
        select
            cast(2 as bigint) as reading,
            onset_date,
            event_type,
            earliest_watched_us as watched_us,
            0 as removed
        from {{ ref('int_event_follow_ups') }}
        where onset_width_us is not null
        union all
        select
            cast(3 as bigint) as reading,
            onset_date,
            event_type,
            coalesce(removed_us, watched_us) as watched_us,
            case when removed_us is null then 0 else 1 end as removed
        from {{ ref('int_event_follow_ups') }}
    )
{%- endmacro %}

{#- Periods whose waiting is counted from the earliest onset as well. -#}
{% macro is_period_from_earliest(period) -%}
    {{ period }} in ('month', 'all')
{%- endmacro %}

{#-
    The first response of each group of responders to each event it spoke of, in the three
    readings: a relation to select from. response_us is negative where the group spoke before the
    event was seen; that is no answer, and no wait.
-#}
{% macro response_readings() -%}
    (
        select
            cast(1 as bigint) as reading,
            follow_ups.onset_date,
            follow_ups.event_type,
            firsts.group_id,
            firsts.response_us,
            follow_ups.watched_us,
            0 as removed
        from {{ ref('int_group_first_responses') }} as firsts
        inner join {{ ref('int_event_follow_ups') }} as follow_ups
            on firsts.event_number = follow_ups.event_number
        union all
        select
            cast(2 as bigint) as reading,
            follow_ups.onset_date,
            follow_ups.event_type,
            firsts.group_id,
            firsts.response_us + follow_ups.onset_width_us as response_us,
            follow_ups.earliest_watched_us as watched_us,
            0 as removed
        from {{ ref('int_group_first_responses') }} as firsts
        inner join {{ ref('int_event_follow_ups') }} as follow_ups
            on firsts.event_number = follow_ups.event_number
        inner join {{ ref('int_response_groups') }} as groups on firsts.group_id = groups.group_id
        -- What was said after the stretch of the earliest onset had ended, elsewhere say, is no answer in it.
        where
            firsts.response_us + follow_ups.onset_width_us <= follow_ups.earliest_watched_us
            and groups.is_curve_from_earliest
        union all
        -- Whoever speaks after the removal does not answer what was there.
        select
            cast(3 as bigint) as reading,
            follow_ups.onset_date,
            follow_ups.event_type,
            firsts.group_id,
            firsts.response_us,
            coalesce(follow_ups.removed_us, follow_ups.watched_us) as watched_us,
            case when follow_ups.removed_us is null then 0 else 1 end as removed
        from {{ ref('int_group_first_responses') }} as firsts
        inner join {{ ref('int_event_follow_ups') }} as follow_ups
            on firsts.event_number = follow_ups.event_number
        where
            firsts.response_us <= coalesce(follow_ups.removed_us, follow_ups.watched_us)
            and follow_ups.onset_date in (
                select onset_date
                from {{ ref('int_response_strata_days') }}
                where reading = 3
            )
    )
{%- endmacro %}

{#- One row per curve that meets a condition on int_response_totals, and event its group spoke of. -#}
{% macro response_outcomes(condition) -%}
    select
        totals.curve_id,
        totals.stratum_id,
        totals.group_id,
        readings.response_us,
        readings.watched_us,
        1 as events,
        readings.removed
    from {{ response_readings() }} as readings
    inner join (
        select
            strata_days.stratum_id,
            strata_days.reading,
            strata_days.onset_date,
            strata_days.event_type
        from {{ ref('int_response_strata_days') }} as strata_days
        inner join (
            select distinct stratum_id from {{ ref('int_response_totals') }} as totals where {{ condition }}
        ) as strata on strata_days.stratum_id = strata.stratum_id
    ) as days
        on
            readings.reading = days.reading
            and readings.onset_date = days.onset_date
            and readings.event_type = days.event_type
    inner join {{ ref('int_response_totals') }} as totals
        on days.stratum_id = totals.stratum_id and readings.group_id = totals.group_id
    where {{ condition }}
{%- endmacro %}

{#- curve_id is stratum_id * 1,000,000 + group_id; there are at most some ten thousand groups. -#}
{% macro stratum_of_curve(curve_id) %}cast(floor({{ curve_id }} / 1e6) as bigint){% endmacro %}
{% macro group_of_curve(curve_id) %}({{ curve_id }} % 1000000){% endmacro %}

{#- What counts alone tell of a curve of int_response_totals, where nobody's watching ended within 72 h. -#}
{% macro counted_rate(totals, hours) -%}
    round(
        cast({{ totals }}.within_{{ hours }}h as double) / ({{ totals }}.events - {{ totals }}.proactive), 9
    )
{%- endmacro %}
{% macro counted_rmst_72h(totals) -%}
    round((
        {{ hours_from_microseconds(totals ~ '.waited_72h_us') }}
        + 72e0 * ({{ totals }}.events - {{ totals }}.proactive - {{ totals }}.within_72h)
    ) / ({{ totals }}.events - {{ totals }}.proactive), 9)
{%- endmacro %}

{#- Periods in which a group of responders is told to have been silent; in a day or week most are. -#}
{% macro is_period_of_silences(period) -%}
    {{ period }} in ('month', 'all')
{%- endmacro %}
