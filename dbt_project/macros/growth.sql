{#-
    What an interval of change says. One that holds 0 beside other numbers cannot tell growth from
    decline; an exact 0 can. An open end reaches as far as it likes.
-#}
{% macro delta_state(is_observed, lower, upper) -%}
    case
        when not {{ is_observed }} then 'not_observed'
        when {{ lower }} > 0 then 'grew'
        when {{ upper }} < 0 then 'fell'
        when {{ lower }} = 0 and {{ upper }} = 0 then 'unchanged'
        else 'not_resolvable'
    end
{%- endmacro %}

{#- The end of what a text of a registration leaves open: of a bare day that of the day, of a minute that of the
    minute. The registration came before it. -#}
{% macro registered_until(registered_at, precision) -%}
    case {{ precision }}
        when 'day' then {{ registered_at }} + interval 24 hours
        when 'hour' then {{ registered_at }} + interval 1 hour
        when 'minute' then {{ registered_at }} + interval 1 minute
        else {{ registered_at }}
    end
{%- endmacro %}

{#- Kinds that are people, or may be: `unclear` is where an unnoticed officer stands. -#}
{% macro is_person_kind(account_kind) %}{{ account_kind }} in ('officer', 'unclear'){% endmacro %}

{#- Whether an account stands under a pseudonym: an officer's, or one whose name may be a person's. What its
    public profile shows to the second or to the last follower would lead back to it. -#}
{% macro is_person(account_id) %}{{ account_id }} like 'p:%'{% endmacro %}

{#- The kind of an account, of which its id decides whether it can be a body's: who stands under a pseudonym
    passed the door as an officer (quality.account_scope), even where a folder or a list that is declared
    an organ's holds him. `unclear` stays. -#}
{% macro kind_by_id(account_id, account_kind) -%}
    case
        when {{ is_person(account_id) }} and {{ account_kind }} in ('organ', 'state_media', 'other_government')
            then 'officer'
        else {{ account_kind }}
    end
{%- endmacro %}

{#- A long chain of CTEs takes DuckDB's planner time that doubles with every link (16 links: 3.5 s)
    unless each is computed before the next is planned. -#}
{% macro computed_once() %}{{ return(adapter.dispatch('computed_once', 'observatory')()) }}{% endmacro %}
{% macro duckdb__computed_once() %}materialized{% endmacro %}
{% macro spark__computed_once() %}{% endmacro %}

{#-
    withhold_partners(cells, scope, rounds): CTEs after one of cells that closes it against
    subtraction. A line is a group and the parts it is the sum of, along one dimension. Whoever
    knows all cells of a line but one knows that one too; so where a cell is withheld `until` some
    number (0: not at all), others are withheld as long, until they are two or more and stand for
    at least 5 accounts together: first those withheld longest, then the smallest. That may leave a
    line of another dimension open, hence the rounds; should they not suffice, every cell of the
    scope is withheld. Cells have `until`, `weight` (the accounts a cell stands for at least) and
    `place` (what is taken first). The last CTE is called `closed`.
-#}
{% macro withhold_partners(cells, scope, rounds) -%}
{%- set dimensions = ['account_kind', 'region_code', 'admin_level', 'platform'] -%}
{%- set columns = (scope + dimensions + ['weight', 'place']) | join(', ') -%}
{%- set state = namespace(name=cells, number=0) -%}
{%- for turn in range(rounds) %}
{%- for dimension in dimensions %}
{%- set state.number = state.number + 1 %}
step_{{ state.number }} as {{ computed_once() }} (
    select
        {{ columns }},
        case when {{ is_partner('line') }} then first_value(until) over line else until end as until
    from {{ state.name }}
    window line as (
        partition by {{ (scope + dimensions | reject('equalto', dimension) | list) | join(', ') }}
        order by until desc nulls last, place nulls last, {{ dimension }} nulls last
        rows between unbounded preceding and 1 preceding
    )
),
{% set state.name = 'step_' ~ state.number %}
{%- endfor %}
{%- endfor %}
checked_lines as (
    select
        *,
        {%- for dimension in dimensions %}
        coalesce(
            {{ is_partner(dimension ~ '_line') }} and until < first_value(until) over {{ dimension }}_line, false
        ) as is_open_by_{{ dimension }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ state.name }}
    window
        {%- for dimension in dimensions %}
        {{ dimension }}_line as (
            partition by {{ (scope + dimensions | reject('equalto', dimension) | list) | join(', ') }}
            order by until desc nulls last, place nulls last, {{ dimension }} nulls last
            rows between unbounded preceding and 1 preceding
        ){{ "," if not loop.last }}
        {%- endfor %}
),

closed as (
    select
        {{ columns }},
        case
            when
                max(case
                    when {% for dimension in dimensions %}is_open_by_{{ dimension }}{{ " or " if not loop.last }}{% endfor %}
                        then 1
                    else 0
                end) over everything = 1
                then max(until) over everything
            else until
        end as until
    from checked_lines
    window everything as ({% if scope %}partition by {{ scope | join(', ') }}{% endif %})
)
{%- endmacro %}

{#- Growth is counted by province: every group has every period, and with 3,000 counties a collection
    of some years would have more rows of zeros than observations. -#}
{% macro province_of(region_code) -%}
    case
        when length({{ region_code }}) = 6 then substring({{ region_code }}, 1, 2) || '0000'
        else {{ region_code }}
    end
{%- endmacro %}

{#- Of fewer people than these nothing is told. -#}
{% macro fewest_people() %}5{% endmacro %}

{#- The cells before this one in its line are one, or stand for too few accounts. -#}
{% macro is_partner(line) -%}
    (count(*) over {{ line }} = 1 or sum(weight) over {{ line }} < {{ fewest_people() }})
{%- endmacro %}

{#- Whether a count of followers is a defect of its source: more than there are people, by far. -#}
{% macro is_beyond_reason(followers_lo) %}({{ followers_lo }} > {{ 10 ** 15 }}){% endmacro %}

{#- Whether the next count says that a fall was real: it lies nearer to the fallen count than to the one
    before, and a fall to zero is followed by zero. -#}
{% macro is_fall_confirmed(next_hi, last_lo, fallen_hi) -%}
    coalesce(
        {{ next_hi }} - {{ fallen_hi }} < {{ last_lo }} - {{ next_hi }}
        and ({{ next_hi }} = 0 or not ({{ fallen_hi }} = 0 and {{ last_lo }} > 0)),
        false
    )
{%- endmacro %}

{#-
    Since which day an account's silence is known, by the day of its first collected post (NULL where none
    was ever collected): as far back as the longest activity that is told looks. Further back nothing says
    that its posts would have been collected; and the first post of an account that was watched for years
    changes 90 days, not years.
-#}
{% macro posts_covered_from(first_posted_date) -%}
    {{ add_days(first_posted_date, -90) }}
{%- endmacro %}

{#-
    Whether the posts of a platform were collected throughout the 14 days that end with a day: they lie in
    one stretch of posts. The last of them may still be open, since posts of the newest day come with the
    next night; `watched` is the row of int_watched_days of the latest watched day of the last two.
-#}
{% macro is_window_watched(watched, last_day) -%}
    coalesce({{ watched }}.from_date <= {{ add_days(last_day, -13) }}, false)
{%- endmacro %}
