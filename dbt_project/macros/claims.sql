{#- Bounds of a printed figure by its qualifier. -#}

{#- Half a unit of the last digit that is not zero: what "about" and "nearly" leave open. -#}
{% macro half_of_last_digit(value) -%}
    case
        when {{ value }} <> floor({{ value }} * 10e0) / 10e0 then 0.005e0
        when {{ value }} <> floor({{ value }}) then 0.05e0
        {%- for power in range(1, 12) %}
        when {{ value }} <> floor({{ value }} / 1e{{ power }}) * 1e{{ power }} then 0.5e{{ power - 1 }}
        {%- endfor %}
        else 0.5e11
    end
{%- endmacro %}

{#- Half a unit of what a percentage is printed to: 40 % is no round number. -#}
{% macro half_of_percent(value) -%} least(0.5e0, {{ half_of_last_digit(value) }}) {%- endmacro %}

{#- Least value that the wording allows; NULL for no bound. -#}
{% macro claim_lo(value, qualifier) -%}
    case
        when {{ qualifier }} in ('=', '>', '>=') then {{ value }}
        when {{ qualifier }} = '~' then {{ value }} - {{ half_of_last_digit(value) }}
    end
{%- endmacro %}

{#- Greatest value that the wording allows; NULL for no bound. -#}
{% macro claim_hi(value, qualifier) -%}
    case
        when {{ qualifier }} in ('=', '<', '<=') then {{ value }}
        when {{ qualifier }} = '~' then {{ value }} + {{ half_of_last_digit(value) }}
    end
{%- endmacro %}
