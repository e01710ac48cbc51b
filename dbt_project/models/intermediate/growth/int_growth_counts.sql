-- Grain: one period of the study x platform x account kind x level x region, each with `all`.
-- Every group has every period, so that parts and `all` can be compared at any time. The frame
-- changes by births + frame_additions + returns - losses + corrections, and by nothing else.
-- Sums up to the first day made anew stand, but of groups in which something changed before it.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_counted_groups()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} {{ ref('int_growth_groups_anew') }} (references below that are hidden from the parser)

{%- set keys = ['platform', 'account_kind', 'admin_level', 'region_code'] %}
{%- set counted = [
    'registered', 'births', 'frame_additions', 'losses', 'returned', 'corrections',
    'checked', 'people_checked', 'covered', 'active_7d', 'active_14d', 'active_30d', 'active_90d', 'suspect', 'deltas',
] %}
{%- set sums_so_far = ['registered', 'seen', 'people_registered', 'people_seen'] %}
{%- set followers = ['followers_lo', 'followers_hi', 'followers_delta_lo', 'followers_delta_hi'] %}

with all_flows as (
    select * from {{ ref('int_growth_flows') }}
),

groups as (
    select
        {%- for key in keys %}
        coalesce(classes.{{ key }}, 'all') as {{ key }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('int_growth_classes') }} as classes
    where classes.is_used
    group by cube ({% for key in keys %}classes.{{ key }}{{ ", " if not loop.last }}{% endfor %})
),

periods as (
    select * from {{ ref('int_growth_periods') }}
),

{%- if grows_by_key() %}

marked as (
    select
        groups.*,
        anew.platform is not null as is_anew
    from groups
    left join {{ ref('int_growth_groups_anew') }} as anew
        on
            {% for key in keys %}groups.{{ key }} = anew.{{ key }}{{ " and " if not loop.last }}{% endfor %}
),

-- The last period that stands, by kind of period; none if the study begins with what is made anew.
standing as (
    select
        kinds.period,
        {{ previous_period_start('kinds.period', period_start('kinds.period', anew_from())) }} as period_start
    from {{ growth_periods() }} as kinds
),

-- What a group had been counted to by then.
stood as (
    select known.*
    from {{ this }} as known
    inner join standing
        on known.period = standing.period and known.period_start = standing.period_start
    inner join marked
        on
            {% for key in keys %}known.{{ key }} = marked.{{ key }} and {% endfor %}not marked.is_anew
    where known.period_start >= {{ add_days(anew_from(), -62) }}
),

flows as (
    select all_flows.*
    from all_flows
    inner join marked
        on
            {% for key in keys %}all_flows.{{ key }} = marked.{{ key }}{{ " and " if not loop.last }}{% endfor %}
    left join stood
        on
            all_flows.period = stood.period
            and {% for key in keys %}all_flows.{{ key }} = stood.{{ key }}{{ " and " if not loop.last }}{% endfor %}
    where stood.period is null or all_flows.period_start > stood.period_start
),
{%- else %}

marked as (
    select
        groups.*,
        true as is_anew
    from groups
),

flows as (
    select * from all_flows
),
{%- endif %}

-- Registrations before the study have flows but no row of their own: they are summed and then
-- dropped, which is how an account registered in 2010 counts in the first period observed.
spine as (
    select
        {% for key in keys %}marked.{{ key }}, {% endfor %}
        periods.period,
        periods.period_start,
        true as is_in_study
    from marked
    cross join periods
    {%- if grows_by_key() %}
    where marked.is_anew or {{ is_period_anew('periods.period', 'periods.period_start') }}
    {%- endif %}
    union all
    select
        {% for key in keys %}flows.{{ key }}, {% endfor %}
        flows.period,
        flows.period_start,
        false as is_in_study
    from flows
    left join periods
        on flows.period = periods.period and flows.period_start = periods.period_start
    where periods.period is null
),

filled as (
    select
        spine.*,
        {%- for measure in counted %}
        coalesce(flows.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        {%- for measure in followers %}
        flows.{{ measure }},
        {%- endfor %}
        coalesce(flows.registered, 0) as registered_more,
        coalesce(flows.people_registered, 0) as people_registered_more,
        coalesce(flows.people_seen, 0) as people_seen_more,
        coalesce(flows.births + flows.frame_additions + flows.returned - flows.losses + flows.corrections, 0)
            as seen_more
    from spine
    left join flows
        on
            spine.period = flows.period
            and spine.period_start = flows.period_start
            and {% for key in keys %}spine.{{ key }} = flows.{{ key }}{{ " and " if not loop.last }}{% endfor %}
    {%- if grows_by_key() %}
    union all
    select
        {% for key in keys %}{{ key }}, {% endfor %}
        period,
        period_start,
        false as is_in_study,
        {%- for measure in counted %}
        0 as {{ measure }},
        {%- endfor %}
        {%- for measure in followers %}
        cast(null as bigint) as {{ measure }},
        {%- endfor %}
        registered_so_far as registered_more,
        people_registered_so_far as people_registered_more,
        people_seen_so_far as people_seen_more,
        seen_so_far as seen_more
    from stood
    {%- endif %}
),

cumulated as (
    select
        {% for key in keys %}{{ key }}, {% endfor %}
        period,
        period_start,
        is_in_study,
        {%- for measure in counted + followers %}
        {{ measure }},
        {%- endfor %}
        {%- for measure in sums_so_far %}
        cast(sum({{ measure }}_more) over group_so_far as bigint) as {{ measure }}_so_far{{ "," if not loop.last }}
        {%- endfor %}
    from filled
    window group_so_far as (
        partition by period, {{ keys | join(', ') }}
        order by period_start nulls last
        rows between unbounded preceding and current row
    )
)

select
    {% for key in keys %}cumulated.{{ key }}, {% endfor %}
    cumulated.period,
    cumulated.period_start,
    {%- for measure in counted + followers %}
    cumulated.{{ measure }},
    {%- endfor %}
    {%- for measure in sums_so_far %}
    cumulated.{{ measure }}_so_far,
    {%- endfor %}
    periods.period_end_date,
    coalesce(coverage.coverage_ratio, 0e0) as coverage_ratio,
    -- Most of the accounts that were expected were not looked at, and nothing is known to have
    -- happened: a gap. Whatever happened in it is found in a later period.
    coalesce(coverage.coverage_ratio, 0e0) < 0.5e0
    and cumulated.births + cumulated.frame_additions + cumulated.losses + cumulated.returned = 0
    and cumulated.corrections = 0 as is_gap
from cumulated
inner join periods
    on cumulated.period = periods.period and cumulated.period_start = periods.period_start
left join {{ ref('int_growth_coverage') }} as coverage
    on
        cumulated.period = coverage.period
        and cumulated.period_start = coverage.period_start
        and {% for key in keys %}cumulated.{{ key }} = coverage.{{ key }}{{ " and " if not loop.last }}{% endfor %}
where cumulated.is_in_study
