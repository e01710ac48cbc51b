{#- Fails for every key that occurs twice or has a NULL part: such a row cannot be addressed. Of a table
    that grows the days made anew are looked at, as in `filled`: what is made anew replaces its key. -#}
{% test unique_key(model, columns, from_day=none, days_before=0) %}
select
    {{ columns | join(', ') }},
    count(*) as occurrences
from {{ model }}
{%- if from_day %}
where {{ from_day }} >= {{ first_day_tested(days_before) }} or {{ from_day }} is null
{%- endif %}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {%- for column in columns %}
    or {{ column }} is null
    {%- endfor %}
{% endtest %}
