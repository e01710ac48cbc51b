-- Grain: one period, platform, kind, level and region, each also as `all`, in which something
-- was counted. All sums over groups are made here and nowhere else, so that a row with `all`
-- is the sum of its parts by construction.
-- A night makes the periods anew in which anything was counted anew.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_counted_periods()"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_growth_periods_anew') }} (the reference below is hidden from the parser)

{%- set flows = [
    'registered', 'births', 'frame_additions', 'losses', 'returned', 'corrections', 'people_registered', 'people_seen',
] %}
{%- set checks = [
    'checked', 'people_checked', 'covered', 'active_7d', 'active_14d', 'active_30d', 'active_90d', 'suspect', 'deltas',
    'unbounded', 'unbounded_delta_lo', 'unbounded_delta_hi',
] %}
{%- set sums_with_null = ['followers_lo', 'followers_hi', 'followers_delta_lo', 'followers_delta_hi'] %}

-- Groups first, all combinations with `all` second: 16 groupings of few rows.
with leaves as (
    select
        period,
        period_start,
        platform,
        account_kind,
        admin_level,
        region_code
        {%- for measure in flows %},
        {{ measure }}
        {%- endfor %}
        {%- for measure in checks %},
        cast(0 as bigint) as {{ measure }}
        {%- endfor %}
        {%- for measure in sums_with_null %},
        cast(null as bigint) as {{ measure }}
        {%- endfor %}
    from {{ ref('int_growth_leaves') }}
    where
        {% for measure in flows %}{{ measure }} <> 0{{ " or " if not loop.last }}{% endfor %}
    union all
    select
        period,
        period_start,
        platform,
        account_kind,
        admin_level,
        region_code
        {%- for measure in flows %},
        0 as {{ measure }}
        {%- endfor %}
        {%- for measure in checks + sums_with_null %},
        {{ measure }}
        {%- endfor %}
    from {{ ref('int_growth_checks') }}
)

select
    leaves.period,
    leaves.period_start,
    coalesce(leaves.platform, 'all') as platform,
    coalesce(leaves.account_kind, 'all') as account_kind,
    coalesce(leaves.admin_level, 'all') as admin_level,
    coalesce(leaves.region_code, 'all') as region_code,
    {%- for measure in flows + checks[:9] + ['followers_lo'] %}
    cast(sum(leaves.{{ measure }}) as bigint) as {{ measure }},
    {%- endfor %}
    case when sum(leaves.unbounded) = 0 then cast(sum(leaves.followers_hi) as bigint) end as followers_hi,
    case when sum(leaves.unbounded_delta_lo) = 0 then cast(sum(leaves.followers_delta_lo) as bigint) end
        as followers_delta_lo,
    case when sum(leaves.unbounded_delta_hi) = 0 then cast(sum(leaves.followers_delta_hi) as bigint) end
        as followers_delta_hi
from leaves
{%- if grows_by_key() %}
inner join {{ ref('int_growth_periods_anew') }} as anew
    on leaves.period = anew.period and leaves.period_start = anew.period_start
{%- endif %}
group by
    leaves.period,
    leaves.period_start,
    cube (leaves.platform, leaves.account_kind, leaves.admin_level, leaves.region_code)
