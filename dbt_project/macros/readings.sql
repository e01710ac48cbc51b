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
            case when watched_us = 0 then 0 else watched_us + onset_width_us end as watched_us,
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
