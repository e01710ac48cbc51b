{#-
    Instants, local days and the distance between them. Everything here is dispatched because
    DuckDB and Spark name or order these functions differently; dbt's own datediff and dateadd
    also disagree between the two and are not used.
-#}

{#- Microseconds since 1970 as bigint: exact, so that ties are ties on both engines. -#}
{% macro epoch_microseconds(instant) %}{{ return(adapter.dispatch('epoch_microseconds', 'observatory')(instant)) }}{% endmacro %}
{% macro duckdb__epoch_microseconds(instant) %}epoch_us({{ instant }}){% endmacro %}
{% macro spark__epoch_microseconds(instant) %}unix_micros({{ instant }}){% endmacro %}

{% macro microseconds_between(from_instant, to_instant) -%}
    ({{ epoch_microseconds(to_instant) }} - {{ epoch_microseconds(from_instant) }})
{%- endmacro %}

{#- Hours as a double; 3.6e9 is a double literal on both engines, 3600000000.0 a decimal. -#}
{% macro hours_from_microseconds(microseconds) %}({{ microseconds }} / 3.6e9){% endmacro %}

{% macro hours_between(from_instant, to_instant) -%}
    {{ hours_from_microseconds(microseconds_between(from_instant, to_instant)) }}
{%- endmacro %}

{#-
    Asia/Shanghai day of an instant. On DuckDB by arithmetic, because `at time zone` costs 17
    times as much (10M rows: 1.74 against 0.10 CPU s). UTC+8 is exact from 1991-09-15 on, when
    China ended summer time; no microblog is older. Spark's own function takes the zone as its
    second argument and means the opposite of DuckDB's `at time zone` on a zoned instant.
-#}
{% macro local_date(instant) %}{{ return(adapter.dispatch('local_date', 'observatory')(instant)) }}{% endmacro %}
{% macro duckdb__local_date(instant) %}cast(make_timestamp(epoch_us({{ instant }}) + 28800000000) as date){% endmacro %}
{% macro spark__local_date(instant) %}to_date(from_utc_timestamp({{ instant }}, 'Asia/Shanghai')){% endmacro %}

{#- The instant at which a local day begins: the inverse of local_date. -#}
{% macro local_midnight(day) %}{{ return(adapter.dispatch('local_midnight', 'observatory')(day)) }}{% endmacro %}
{% macro duckdb__local_midnight(day) %}(cast(cast({{ day }} as timestamp) as timestamptz) - interval 8 hours){% endmacro %}
{% macro spark__local_midnight(day) %}to_utc_timestamp(cast({{ day }} as timestamp), 'Asia/Shanghai'){% endmacro %}

{#- An instant from microseconds since 1970. -#}
{% macro instant_from_microseconds(microseconds) %}{{ return(adapter.dispatch('instant_from_microseconds', 'observatory')(microseconds)) }}{% endmacro %}
{% macro duckdb__instant_from_microseconds(microseconds) %}make_timestamptz({{ microseconds }}){% endmacro %}
{% macro spark__instant_from_microseconds(microseconds) %}timestamp_micros({{ microseconds }}){% endmacro %}

{#- What an instant is called: DuckDB's bare `timestamp` has no zone, Spark's has. -#}
{% macro instant_type() %}{{ return(adapter.dispatch('instant_type', 'observatory')()) }}{% endmacro %}
{% macro duckdb__instant_type() %}timestamp with time zone{% endmacro %}
{% macro spark__instant_type() %}timestamp{% endmacro %}

{#- Whole days from one date to another: Spark puts the later date first. -#}
{% macro days_between(from_day, to_day) %}{{ return(adapter.dispatch('days_between', 'observatory')(from_day, to_day)) }}{% endmacro %}
{% macro duckdb__days_between(from_day, to_day) %}date_diff('day', {{ from_day }}, {{ to_day }}){% endmacro %}
{% macro spark__days_between(from_day, to_day) %}cast(datediff({{ to_day }}, {{ from_day }}) as bigint){% endmacro %}

{#- A date so many days later; the number may be an expression. -#}
{% macro add_days(day, number) %}{{ return(adapter.dispatch('add_days', 'observatory')(day, number)) }}{% endmacro %}
{% macro duckdb__add_days(day, number) %}cast({{ day }} + cast({{ number }} as integer) as date){% endmacro %}
{% macro spark__add_days(day, number) %}date_add({{ day }}, cast({{ number }} as int)){% endmacro %}

{#- First day of the period that holds a day; weeks begin on Monday on both engines. -#}
{% macro period_start(period, day) -%}
    case {{ period }}
        when 'day' then {{ day }}
        when 'week' then cast(date_trunc('week', {{ day }}) as date)
        when 'month' then cast(date_trunc('month', {{ day }}) as date)
    end
{%- endmacro %}

{#- Last day of a period, from its first. -#}
{% macro period_end(period, start_day) -%}
    case {{ period }}
        when 'day' then {{ start_day }}
        when 'week' then {{ add_days(start_day, 6) }}
        when 'month' then last_day({{ start_day }})
    end
{%- endmacro %}

{#- First day of the period before. -#}
{% macro previous_period_start(period, start_day) -%}
    {{ period_start(period, add_days(start_day, -1)) }}
{%- endmacro %}

{#- One row per day from one to another, both included; stands in a select list. Spark counts
    down when the bounds are reversed, so the caller filters those away. -#}
{% macro each_day(from_day, to_day) %}{{ return(adapter.dispatch('each_day', 'observatory')(from_day, to_day)) }}{% endmacro %}
{% macro duckdb__each_day(from_day, to_day) %}cast(unnest(generate_series(cast({{ from_day }} as timestamp), cast({{ to_day }} as timestamp), interval 1 day)) as date){% endmacro %}
{% macro spark__each_day(from_day, to_day) %}explode(sequence({{ from_day }}, {{ to_day }}, interval 1 day)){% endmacro %}

{#- One row per whole number from one to another; stands in a select list. -#}
{% macro each_number(from_number, to_number) %}{{ return(adapter.dispatch('each_number', 'observatory')(from_number, to_number)) }}{% endmacro %}
{% macro duckdb__each_number(from_number, to_number) %}unnest(generate_series(cast({{ from_number }} as bigint), cast({{ to_number }} as bigint))){% endmacro %}
{% macro spark__each_number(from_number, to_number) %}explode(sequence(cast({{ from_number }} as bigint), cast({{ to_number }} as bigint))){% endmacro %}

{#- The periods of the growth marts, as a relation to cross join. -#}
{% macro growth_periods() -%}
    (
        select 'day' as period
        union all
        select 'week' as period
        union all
        select 'month' as period
    )
{%- endmacro %}

{#-
    The interval in which something happened, from a time of limited precision. What is stored of an
    hour or a day is its first instant in the zone of its source (cleaning/times.py), whichever that
    is: a day of New York begins at 05:00 UTC. Seconds and minutes are taken as they are; an hour or a
    day is spread to its last second, so that a Shanghai day ends on itself. zone: that of the source
    (stg_meta__sources), in which a day on which clocks are changed has 23 or 25 hours.
-#}
{% macro earliest_instant(instant, precision) %}{{ instant }}{% endmacro %}
{% macro latest_instant(instant, precision, zone) -%}
    case {{ precision }}
        when 'day' then {{ last_second_of_day(instant, zone) }}
        when 'hour' then {{ instant }} + interval 3599 seconds
        else {{ instant }}
    end
{%- endmacro %}

{#-
    The last second of a day that begins at an instant. What begins no day of the zone is a day of an
    offset that its text had, which has 24 hours, as has one whose zone is not known. Of a clock time
    that comes twice DuckDB takes the later and Spark the earlier instant, so that the one asks for the day's
    last second and the other for the next day's first.
-#}
{% macro last_second_of_day(instant, zone) %}{{ return(adapter.dispatch('last_second_of_day', 'observatory')(instant, zone)) }}{% endmacro %}
{% macro duckdb__last_second_of_day(instant, zone) -%}
    case
        when cast(timezone({{ zone }}, {{ instant }} - interval 1 second) as date) < cast(timezone({{ zone }}, {{ instant }}) as date)
            then timezone({{ zone }}, date_trunc('day', timezone({{ zone }}, {{ instant }})) + interval 86399 seconds)
        else {{ instant }} + interval 86399 seconds
    end
{%- endmacro %}
{% macro spark__last_second_of_day(instant, zone) -%}
    case
        when to_date(from_utc_timestamp({{ instant }} - interval 1 second, {{ zone }})) < to_date(from_utc_timestamp({{ instant }}, {{ zone }}))
            then to_utc_timestamp(cast(date_add(to_date(from_utc_timestamp({{ instant }}, {{ zone }})), 1) as timestamp), {{ zone }}) - interval 1 second
        else {{ instant }} + interval 86399 seconds
    end
{%- endmacro %}

{#-
    The latest instant at which something can have happened that a look found: not after the look.
    begun_at: an instant that what the look shows cannot come before. A look that is not after it is told by
    the hour or day itself (a date in a file's name), and bounds nothing.
-#}
{% macro seen_by(latest_at, seen_at, begun_at) -%}
    case when {{ seen_at }} > {{ begun_at }} and {{ seen_at }} < {{ latest_at }} then {{ seen_at }} else {{ latest_at }} end
{%- endmacro %}

{#- What makes answers alike: their words; one that has none, or is told by the hour or day, is like no other. -#}
{% macro answer_hash(words, identity, precision) -%}
    md5(case when {{ precision }} in ('hour', 'day') then {{ identity }} else coalesce({{ words }}, {{ identity }}) end)
{%- endmacro %}

{#-
    Microseconds worked up to an instant, at 08:30-17:30 Asia/Shanghai on worked days, counted from
    the beginning of the calendar; `days` is the row of int_working_days of the instant's local day.
    The difference of two is the time worked between them; NULL where the calendar does not reach.
-#}
{% macro worked_microseconds(instant, days) -%}
    ({{ days }}.workdays_before * 32400000000 + case
        when {{ days }}.is_workday then least(greatest(
            ({{ epoch_microseconds(instant) }} + 28800000000) % 86400000000 - 30600000000, 0
        ), 32400000000)
        else 0
    end)
{%- endmacro %}

{#-
    The instant from which a post may speak of an event: 72 h before its first sighting, or the earliest
    instant at which it may have begun where that is earlier still (hot lists with a hole of days):
    who spoke after that instant may have answered.
-#}
{% macro spoken_of_from(onset_lo_at, onset_hi_at) -%}
    least({{ onset_hi_at }} - interval 72 hours, coalesce({{ onset_lo_at }}, {{ onset_hi_at }}))
{%- endmacro %}
