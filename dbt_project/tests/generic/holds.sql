{#- Fails for every row for which the expression is false. NULL passes: not observed is no error. -#}
{% test holds(model, expression) %}
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
