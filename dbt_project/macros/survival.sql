{#- Hours since publication for which the survival of posts is published: up to a year. -#}
{% macro survival_hours() %}{{ return([1, 6, 24, 72, 168, 336, 720, 2160, 4320, 8760]) }}{% endmacro %}
