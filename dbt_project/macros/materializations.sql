{#-
    How tables, views and what grows are written on DuckDB: in as few statements as it takes. The
    adapter's own materializations make each table beside the one that stands, rename both, drop one and
    ask for columns, which cost more than the SQL of most models here, and write what is appended twice
    (ADR 0037). A statement that fails leaves what stood: all of a model is one transaction.
-#}
{% materialization table, adapter='duckdb' %}{{ return(replaced_by('table')) }}{% endmaterialization %}

{% materialization view, adapter='duckdb' %}{{ return(replaced_by('view')) }}{% endmaterialization %}

{#- Columns that are others than before fail here: names are matched, and none may be missing. -#}
{% materialization incremental, adapter='duckdb' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- if existing is none or existing.is_view or should_full_refresh() -%}
    {{ return(replaced_by('table')) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if config.get('incremental_strategy') == 'append' -%}
    {%- if config.get('contract').enforced %}{% do get_assert_columns_equivalent(sql) %}{% endif -%}
    {% call statement('main') %}{{ duckdb__appended('(' ~ sql ~ ')') }}{% endcall %}
    {%- else -%}
    {%- set brought = this.incorporate(path={'identifier': this.identifier ~ '__brought'}) -%}
    {%- set key = config.require('unique_key') -%}
    {% call statement('brought') %}{{ create_table_as(true, brought, sql) }}{% endcall %}
    {#- Several keys as a join: by those of a tuple DuckDB skips nothing of a history (1.0 instead of
        0.1 CPU s upon 10 million rows). One key has many rows, of which a join would make pairs. -#}
    {% call statement('replaced') -%}
    {%- if key is string -%}
    delete from {{ this }} where {{ key }} in (select {{ key }} from {{ brought.identifier }})
    {%- else -%}
    delete from {{ this }} as old using {{ brought.identifier }} as new
    where {% for name in key %}old.{{ name }} = new.{{ name }}{{ " and " if not loop.last }}{% endfor %}
    {%- endif -%}
    {%- endcall %}
    {% call statement('main') %}{{ duckdb__appended(brought.identifier) }}{% endcall %}
    {% call statement('dropped') %}drop table {{ brought.identifier }}{% endcall %}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{% macro replaced_by(kind) %}
    {%- set existing = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is not none -%}
    {% call statement('dropped') %}drop {{ existing.type }} {{ this }}{% endcall %}
    {%- endif -%}
    {% call statement('main') -%}
    {{ create_table_as(false, this, sql) if kind == 'table' else get_create_view_as_sql(this, sql) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type=kind)]}) }}
{% endmacro %}

{% macro duckdb__appended(rows) -%}
    {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='quoted') | join(', ') -%}
    insert into {{ this }} by name select {{ columns }}, * exclude ({{ columns }}) from {{ rows }}
{%- endmacro %}
