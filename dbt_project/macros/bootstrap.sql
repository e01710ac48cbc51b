{#- The cluster bootstrap of main.response_timing: how often, which chance, what is read of it. -#}

{#- How many replicates; 0, the default, leaves the bootstrap out. Comes like build_id(), so that no parse
    depends on it. -#}
{% macro bootstrap_replicates() -%}
    {{ dbt_metadata_envs.get("OBSERVATORY_BOOTSTRAP_REPLICATES", "0") | int }}
{%- endmacro %}

{#-
    How often a cluster is drawn in a replicate: Poisson with mean 1, which is what drawing with
    replacement comes to among many. Its chance is a hash of seed, replicate and cluster, so that the
    same data give the same bounds on every engine and in every order. 0 to 7 times; 8 times or more
    would come one time in 100,000.
-#}
{% macro drawn_times(replicate, cluster) -%}
    {%- set chance = uniform_of("md5('20111126:' || " ~ replicate ~ " || ':' || " ~ cluster ~ ")") -%}
    case
        {%- for bound in [0.36787944117144233, 0.7357588823428847, 0.9196986029286058, 0.9810118431238462,
                          0.9963401531726563, 0.9994058151824183, 0.9999167588507119] %}
        when {{ chance }} < {{ bound }}e0 then {{ loop.index0 }}
        {%- endfor %}
        else 7
    end
{%- endmacro %}

{#- The first 32 bits of a hash in hexadecimal digits as a number from 0 to below 1. -#}
{% macro uniform_of(hash) %}{{ return(adapter.dispatch('uniform_of', 'observatory')(hash)) }}{% endmacro %}
{% macro duckdb__uniform_of(hash) %}(cast('0x' || left({{ hash }}, 8) as bigint) / 4294967296e0){% endmacro %}
{% macro spark__uniform_of(hash) %}(cast(conv(left({{ hash }}, 8), 16, 10) as bigint) / 4294967296e0){% endmacro %}
