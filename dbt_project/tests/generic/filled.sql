{#- Fails for every row that has no value in one of the columns. Of a table that grows the days made
    anew are looked at: from_day names its day, days_before how much earlier a period may begin. -#}
{% test filled(model, columns, from_day=none, days_before=0) %}
select *
from {{ model }}
where
    ({{ columns | join(' is null or ') }} is null)
    {%- if from_day %}
    and ({{ from_day }} >= {{ first_day_tested(days_before) }} or {{ from_day }} is null)
    {%- endif %}
{% endtest %}
