{#- Fails for every row that has no value in one of the columns. -#}
{% test filled(model, columns) %}
select *
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
