{#-
    How the few models over snapshots grow. They are driven by meta.touched_days (what the load
    changed), never by a look-back in time, so a late file is as good as a punctual one.

    DuckDB deletes and inserts by key. Spark's Parquet tables can only overwrite partitions or
    the whole; there the keyed models are recomputed whole, which is what the cluster is for.
-#}
{% macro strategy_by_key() %}{{ return(adapter.dispatch('strategy_by_key', 'observatory')()) }}{% endmacro %}
{% macro duckdb__strategy_by_key() %}{{ return('delete+insert') }}{% endmacro %}
{% macro spark__strategy_by_key() %}{{ return('insert_overwrite') }}{% endmacro %}

{% macro grows_by_key() %}{{ return(is_incremental() and target.type == 'duckdb') }}{% endmacro %}

{#-
    Rows of the touched days only. The two scalar bounds let DuckDB skip row groups by their
    minima and maxima (10M rows: 0.01 instead of 2.6 CPU s); the join then picks the very days.
-#}
{% macro join_touched_days(table_name, instant) -%}
    inner join {{ ref('int_touched_days') }} as touched
        on
            touched.table_name = '{{ table_name }}'
            and {{ instant }} >= touched.starts_at
            and {{ instant }} < touched.ends_at
    where
        {{ instant }} >= (
            select min(bounds.starts_at) from {{ ref('int_touched_days') }} as bounds
            where bounds.table_name = '{{ table_name }}'
        )
        and {{ instant }} < (
            select max(bounds.ends_at) from {{ ref('int_touched_days') }} as bounds
            where bounds.table_name = '{{ table_name }}'
        )
{%- endmacro %}

{#- The first of the touched days; NULL where none was. -#}
{% macro touched_from(table_name) -%}
    (
        select min(touched.observed_date) from {{ ref('int_touched_days') }} as touched
        where touched.table_name = '{{ table_name }}'
    )
{%- endmacro %}

{% macro forget_days_touched(table_name, day) -%}
    {% if grows_by_key() %}delete from {{ this }} where {{ day }} >= {{ touched_from(table_name) }}{% endif %}
{%- endmacro %}

{#- Days that were touched, so that nothing is left of one that has no rows any more. The bounds are what
    DuckDB skips by. -#}
{% macro forget_touched_days(table_name, day) -%}
    {% if grows_by_key() -%}
    delete from {{ this }}
    where
        {{ day }} >= {{ touched_from(table_name) }}
        and {{ day }} in (
            select touched.observed_date from {{ ref('int_touched_days') }} as touched
            where touched.table_name = '{{ table_name }}'
        )
    {%- endif %}
{%- endmacro %}

{#- Months in which a touched day lies, likewise. -#}
{% macro forget_touched_months(table_name, month_day) -%}
    {%- set month = period_start("'month'", 'touched.observed_date') -%}
    {% if grows_by_key() -%}
    delete from {{ this }}
    where
        {{ month_day }} >= {{ period_start("'month'", touched_from(table_name)) }}
        and {{ month_day }} in (
            select {{ month }} from {{ ref('int_touched_days') }} as touched
            where touched.table_name = '{{ table_name }}'
        )
    {%- endif %}
{%- endmacro %}

{#- Accounts of whom core holds no snapshot any more (everybody has a first statement): an organ's that
    turned out to be an officer's stands under a pseudonym from then on, and nothing may keep its own id. -#}
{% macro forget_accounts_gone() -%}
    {% if grows_by_key() -%}
    delete from {{ this }}
    where not exists (
        select 1 from {{ ref('int_account_statements') }} as said
        where said.platform = {{ this.identifier }}.platform and said.account_id = {{ this.identifier }}.account_id
    )
    {%- endif %}
{%- endmacro %}

{#- Posts of which core holds no version of an account in scope any more: an organ's that turned out to be
    an officer's stands under pseudonyms from then on. All posts are looked through only where a touched day
    has lost one. -#}
{% macro forget_posts_gone() -%}
    {%- set touched_versions -%}
    select posts.platform, posts.post_id
    from {{ ref('stg_core__posts') }} as posts
    {{ join_touched_days('core.posts', 'posts.observed_at') }} and posts.is_official
    {%- endset -%}
    {%- set lost -%}
    select chosen.platform, chosen.post_id
    from {{ this }} as chosen
    {{ join_touched_days('core.posts', 'chosen.version_observed_at') }}
    except
    {{ touched_versions }}
    {%- endset -%}
    {% if grows_by_key() and execute and run_query('select 1 from (' ~ lost ~ ') as lost limit 1').rows -%}
    delete from {{ this }}
    where (platform, post_id) in (
        select (lost.platform, lost.post_id) from ({{ lost }}) as lost
        left join {{ ref('stg_core__posts') }} as posts
            on lost.platform = posts.platform and lost.post_id = posts.post_id and posts.is_official
        where posts.post_id is null
    )
    {%- endif %}
{%- endmacro %}

{#- Rows that only told later models of something that is no more, once a build whose readers got what
    follows from them is published. -#}
{% macro forget_told(is_empty) -%}
    {% if grows_by_key() %}delete from {{ this }} where {{ is_empty }} and not {{ is_pending('build_id') }}{% endif %}
{%- endmacro %}

{#- Days of the months in which a touched day lies; bounds as above. -#}
{% macro join_touched_months(table_name, day) -%}
    {%- set month = period_start("'month'", 'touched_days.observed_date') -%}
    inner join (
        select distinct {{ month }} as touched_month
        from {{ ref('int_touched_days') }} as touched_days
        where touched_days.table_name = '{{ table_name }}'
    ) as touched
        on {{ period_start("'month'", day) }} = touched.touched_month
    where
        {{ day }} >= (
            select min({{ month }}) from {{ ref('int_touched_days') }} as touched_days
            where touched_days.table_name = '{{ table_name }}'
        )
        and {{ day }} < (
            select max({{ add_days(month, 31) }}) from {{ ref('int_touched_days') }} as touched_days
            where touched_days.table_name = '{{ table_name }}'
        )
{%- endmacro %}

{#- Whether a row was written since the latest build that readers got (ids of builds rise): what follows
    from it may not have been made. -#}
{% macro is_pending(build) -%}
    ({{ build }} = {{ build_id() }} or {{ build }} > (
        select coalesce(max(published.build_id), '') from {{ ref('stg_meta__builds') }} as published
        where published.outcome = 'published'
    ))
{%- endmacro %}

{#- The first of the days that this build makes anew, for models that hold account days. DuckDB is given
    the day itself: behind a subquery it reads a whole history for what it could skip. -#}
{% macro anew_from() %}{{ return(adapter.dispatch('anew_from', 'observatory')()) }}{% endmacro %}
{% macro duckdb__anew_from() -%}
    {%- set found = run_query('select ' ~ first_day_anew()).rows[0][0] if execute else none -%}
    {{ return("date '" ~ found ~ "'" if found else first_day_anew()) }}
{%- endmacro %}
{% macro spark__anew_from() %}{{ first_day_anew() }}{% endmacro %}
{% macro first_day_anew() -%}
    (
        select min(anew.from_date) from {{ ref('int_days_anew') }} as anew
        where anew.build_id = {{ build_id() }}
    )
{%- endmacro %}

{#- From where on tests look at tables as long as the history. -#}
{% macro first_day_tested(days_before) %}{{ return(add_days(anew_from(), -days_before)) }}{% endmacro %}

{#-
    Models that are kept up to a day and made anew from it on: a hook takes the days away before the
    model brings them again, so that nothing is left of a day that has no rows any more.
-#}
{% macro strategy_by_days() %}{{ return(adapter.dispatch('strategy_by_days', 'observatory')()) }}{% endmacro %}
{% macro duckdb__strategy_by_days() %}{{ return('append') }}{% endmacro %}
{% macro spark__strategy_by_days() %}{{ return('insert_overwrite') }}{% endmacro %}

{#- Hooks as text, since only when they run it is known whether the model grows. -#}
{% macro hook(call) %}{{ return('{{ ' ~ call ~ ' }}') }}{% endmacro %}

{% macro forget_days_anew(day) -%}
    {% if grows_by_key() %}delete from {{ this }} where {{ day }} >= {{ anew_from() }}{% endif %}
{%- endmacro %}

{% macro forget_periods_anew() -%}
    {% if grows_by_key() %}delete from {{ this }} where {{ is_period_anew('period', 'period_start') }}{% endif %}
{%- endmacro %}

{% macro forget_counted_periods() -%}
    {% if grows_by_key() -%}
    delete from {{ this }}
    where (period, period_start) in (
        select (anew.period, anew.period_start) from {{ ref('int_growth_periods_anew') }} as anew
    )
    {%- endif %}
{%- endmacro %}

{#- Of the groups made anew all periods, of the others those made anew. -#}
{% macro forget_counted_groups() -%}
    {% if grows_by_key() -%}
    delete from {{ this }}
    where
        {{ is_period_anew('period', 'period_start') }}
        or (platform, account_kind, admin_level, region_code) in (
            select (anew.platform, anew.account_kind, anew.admin_level, anew.region_code)
            from {{ ref('int_growth_groups_anew') }} as anew
        )
    {%- endif %}
{%- endmacro %}

{#- Rows of main.account_growth that may not stand: of periods and groups made anew, of periods that are
    none any more, and what is withheld or flagged otherwise than it was. -#}
{% macro forget_growth_anew() -%}
    {%- set keys = ['period', 'period_start', 'platform', 'account_kind', 'admin_level', 'region_code'] -%}
    {% if grows_by_key() -%}
    delete from {{ this }}
    where
        {{ is_period_anew('period', 'period_start') }}
        or (platform, account_kind, admin_level, region_code) in (
            select (anew.platform, anew.account_kind, anew.admin_level, anew.region_code)
            from {{ ref('int_growth_groups_anew') }} as anew
        )
        or (period, period_start) not in (
            select (periods.period, periods.period_start) from {{ ref('int_growth_periods') }} as periods
        )
        or ({{ keys | join(', ') }}) in (
            select ({% for key in keys %}known.{{ key }}{{ ", " if not loop.last }}{% endfor %})
            from {{ this }} as known
            left join {{ ref('int_growth_withheld') }} as withheld
                on {% for key in keys %}known.{{ key }} = withheld.{{ key }}{{ " and " if not loop.last }}{% endfor %}
            left join {{ ref('int_growth_flags') }} as flags
                on
                    known.period = flags.period
                    and known.period_start = flags.period_start
                    and known.platform = flags.platform
            where
                known.is_suppressed <> (withheld.platform is not null)
                or known.is_left_truncated <> coalesce(flags.is_left_truncated, false)
                or known.is_purge_suspect <> coalesce(flags.is_purge, false)
        )
    {%- endif %}
{%- endmacro %}

{#- Whether a period holds days that are made anew. The first bound is what DuckDB skips by. -#}
{% macro is_period_anew(period, start_day) -%}
    (
        {{ start_day }} >= {{ add_days(anew_from(), -30) }}
        and {{ period_end(period, start_day) }} >= {{ anew_from() }}
    )
{%- endmacro %}

{#-
    Doubtful counts as they were left by the last build. int_follower_counts depends on the model that
    asks, so it is called by its name; in a first night that died it may be missing.
-#}
{% macro doubtful_counts_so_far() %}{{ return(adapter.dispatch('doubtful_counts_so_far', 'observatory')()) }}{% endmacro %}
{% macro duckdb__doubtful_counts_so_far() -%}
    {%- set counts = load_relation(this.incorporate(path={'identifier': 'int_follower_counts'})) -%}
    {%- if counts is none -%}
    {{ no_doubtful_counts() }}
    {%- else -%}
    (
        select platform, account_id, observed_date, followers_hi, last_followers_lo, is_suspect
        from {{ counts }}
        where is_doubtful
    )
    {%- endif -%}
{%- endmacro %}
{% macro spark__doubtful_counts_so_far() %}{{ no_doubtful_counts() }}{% endmacro %}
{% macro no_doubtful_counts() -%}
    (
        select
            cast(null as {{ dbt.type_string() }}) as platform,
            cast(null as {{ dbt.type_string() }}) as account_id,
            cast(null as date) as observed_date,
            cast(null as bigint) as followers_hi,
            cast(null as bigint) as last_followers_lo,
            false as is_suspect
        where false
    )
{%- endmacro %}
