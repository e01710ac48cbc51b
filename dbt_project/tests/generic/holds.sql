{#- Fails for every row for which the expression is false. NULL passes: not observed is no error. Of a
    table that grows the days made anew are looked at, as in `filled`. -#}
{% test holds(model, expression, from_day=none) %}
select *
from {{ model }}
where
    not ({{ expression }})
    {%- if from_day %}
    and {{ from_day }} >= {{ first_day_tested(0) }}
    {%- endif %}
{% endtest %}
