{#- Lists, JSON, hashes and text: what DuckDB and Spark spell differently. -#}

{#- One row per element; stands in a select list and drops rows with an empty or NULL list. -#}
{% macro each_element(list) %}{{ return(adapter.dispatch('each_element', 'observatory')(list)) }}{% endmacro %}
{% macro duckdb__each_element(list) %}unnest({{ list }}){% endmacro %}
{% macro spark__each_element(list) %}explode({{ list }}){% endmacro %}

{#- Texts of a group joined in their own order: neither engine promises an order by itself, and
    Spark has no `order by` inside an aggregate. -#}
{% macro joined_text(text) %}{{ return(adapter.dispatch('joined_text', 'observatory')(text)) }}{% endmacro %}
{% macro duckdb__joined_text(text) %}string_agg({{ text }}, chr(31) order by {{ text }}){% endmacro %}
{% macro spark__joined_text(text) %}array_join(sort_array(collect_list({{ text }})), chr(31)){% endmacro %}

{#- Every match of a pattern replaced. -#}
{% macro regexp_replace_all(text, pattern, by) %}{{ return(adapter.dispatch('regexp_replace_all', 'observatory')(text, pattern, by)) }}{% endmacro %}
{% macro duckdb__regexp_replace_all(text, pattern, by) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g'){% endmacro %}
{% macro spark__regexp_replace_all(text, pattern, by) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}'){% endmacro %}

{#- Whether the door took a person's name by @ out of an official's text (cleaning/quoted.py). -#}
{% macro hides_a_name(text) %}({{ text }} like '%@…%'){% endmacro %}

{#- A JSON object as text from [name, expression] pairs; NULL values are kept as null, which
    Spark does only when told to. -#}
{% macro json_text(pairs) %}{{ return(adapter.dispatch('json_text', 'observatory')(pairs)) }}{% endmacro %}
{% macro duckdb__json_text(pairs) -%}
    cast(json_object(
        {%- for name, expression in pairs %}'{{ name }}', {{ expression }}{{ ", " if not loop.last }}{% endfor -%}
    ) as varchar)
{%- endmacro %}
{% macro spark__json_text(pairs) -%}
    to_json(named_struct(
        {%- for name, expression in pairs %}'{{ name }}', {{ expression }}{{ ", " if not loop.last }}{% endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}

{#- The first 16 hex digits of SHA-256: long enough that 10 million events collide with a chance
    below 1 in 100,000. -#}
{% macro short_hash(text) %}{{ return(adapter.dispatch('short_hash', 'observatory')(text)) }}{% endmacro %}
{% macro duckdb__short_hash(text) %}left(sha256({{ text }}), 16){% endmacro %}
{% macro spark__short_hash(text) %}left(sha2({{ text }}, 256), 16){% endmacro %}

{#- A name as a source prints it, in brackets where it is one of the words that mean something else here. -#}
{% macro told_name(name, words) -%}
    case when {{ name }} in ('{{ words | join("', '") }}') then '(' || {{ name }} || ')' else {{ name }} end
{%- endmacro %}

{#- Position of a time precision, best first. -#}
{% macro precision_rank(precision) -%}
    case {{ precision }} when 'second' then 1 when 'minute' then 2 when 'hour' then 3 when 'day' then 4 else 5 end
{%- endmacro %}

{#- Position of a scope evidence, strongest first. -#}
{% macro evidence_rank(scope_evidence) -%}
    case {{ scope_evidence }} when 'listed' then 1 when 'declared' then 2 when 'verified' then 3 else 4 end
{%- endmacro %}

{#- Strength of one code about an account: of what the file itself says, that of its scope evidence;
    a rule reads what the platform shows, so it is as strong as the platform's verification. Files
    cleaned before rules left their names have none. -#}
{% macro rule_rank(rule, scope_evidence) -%}
    case
        when {{ rule }} in ('listed', 'declared', 'verified') then {{ evidence_rank(rule) }}
        when {{ rule }} is null or {{ rule }} = 'given' then {{ evidence_rank(scope_evidence) }}
        else 3
    end
{%- endmacro %}

{#- Whether a verified_type is a mark of verification; ranks of well-known users are none. -#}
{% macro is_verified(verified_type) -%}
    {{ verified_type }} in ('0', '1', '2', '3', '4', '5', '6', '7')
{%- endmacro %}

{#- Absent for good as far as one check can tell. A failed fetch, a login wall or the author's own
    display setting is not absence. -#}
{% macro is_absent(account_state) -%}
    coalesce({{ account_state }} in ('deleted_by_author', 'removed_by_platform', 'not_found'), false)
{%- endmacro %}

{#- Whether a look found the account: its page was there, be it hidden or left for another one. A login wall
    and a failed fetch have found nothing. -#}
{% macro is_found(account_state) -%}
    coalesce({{ account_state }} in ('present', 'hidden', 'moved'), false)
{%- endmacro %}

{#- Whether it is known when a look took place. A file's modification time and "at some time before" are upper
    bounds only: what was seen may be of long before. -#}
{% macro is_look_dated(observed_at_source) -%}
    coalesce({{ observed_at_source }} not in ('file_mtime', 'upper_bound'), true)
{%- endmacro %}

{#- When a post that no look missed was seen last, from its versions and its snapshots of counts. A look without a
    known time counts where no look has one. -#}
{% macro last_sight(versions, snapshots) -%}
    coalesce(
        greatest({{ versions }}.last_dated_at, {{ snapshots }}.last_dated_at),
        greatest({{ versions }}.last_seen_at, {{ snapshots }}.last_seen_at)
    )
{%- endmacro %}

{#-
    Every published row says which build made it. The id comes through dbt's metadata variables
    (DBT_ENV_CUSTOM_ENV_...), the one input that differs every night and does not make dbt parse
    the whole project anew, as `--vars` and env_var() do (24 instead of 18 CPU s on the demo).
-#}
{% macro build_id() -%}
    cast('{{ dbt_metadata_envs.get("OBSERVATORY_BUILD_ID", "unbuilt") | replace("'", "''") }}' as {{ dbt.type_string() }})
{%- endmacro %}

{#- Several values as one, so that max_by keeps NULLs inside it: DuckDB's max_by skips rows whose
    value is NULL, Spark's does not, and an unbounded count has a NULL end. -#}
{% macro record(names) %}{{ return(adapter.dispatch('record', 'observatory')(names)) }}{% endmacro %}
{% macro duckdb__record(names) -%}
    struct_pack({% for name in names %}{{ name }} := {{ name }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}
{% macro spark__record(names) -%}
    named_struct({% for name in names %}'{{ name }}', {{ name }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}

{#- The codes about an account with their evidence: [name, columns]; the first one is the code. -#}
{% macro identity_statements() %}{{ return([['kind', ['account_kind', 'kind_rule', 'kind_match', 'kind_rank']], ['level', ['admin_level', 'level_rule', 'level_match', 'level_rank']], ['region', ['region_code', 'region_rule', 'region_match', 'region_year', 'region_rank']]]) }}{% endmacro %}

{#- The first element of a list; NULL of an empty one. -#}
{% macro first_element(list) %}{{ return(adapter.dispatch('first_element', 'observatory')(list)) }}{% endmacro %}
{% macro duckdb__first_element(list) %}{{ list }}[1]{% endmacro %}
{% macro spark__first_element(list) %}get({{ list }}, 0){% endmacro %}

{#- The last value that is not NULL; stands before `over`. -#}
{% macro last_known(value) %}{{ return(adapter.dispatch('last_known', 'observatory')(value)) }}{% endmacro %}
{% macro duckdb__last_known(value) %}last_value({{ value }} ignore nulls){% endmacro %}
{% macro spark__last_known(value) %}last_value({{ value }}, true){% endmacro %}

{#- A number that differs where the values do, for all that can be told in 64 bits. -#}
{% macro fingerprint(values) %}{{ return(adapter.dispatch('fingerprint', 'observatory')(values)) }}{% endmacro %}
{% macro duckdb__fingerprint(values) %}hash({{ values | join(', ') }}){% endmacro %}
{% macro spark__fingerprint(values) %}xxhash64({{ values | join(', ') }}){% endmacro %}

{#- What stands for the bound of a count that is open above, where a number is needed to choose by. -#}
{% macro no_upper_bound() %}9000000000{% endmacro %}
