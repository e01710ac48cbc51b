-- Before anything is withheld, a row with `all` in one dimension equals the sum of the rows that
-- fill that dimension. Upper ends are left out: one open end opens the sum, which is no sum of parts.
{{ config(meta={"dagster": {"ref": {"name": "int_growth_counts"}}}) }}
{%- set dimensions = ['platform', 'account_kind', 'admin_level', 'region_code'] %}
{%- set measures = [
    'registered_so_far', 'seen_so_far', 'births', 'frame_additions', 'losses', 'returned',
    'corrections', 'checked', 'covered', 'active_7d', 'active_14d', 'active_30d', 'active_90d',
    'suspect', 'coalesce(followers_lo, 0)',
] %}
{%- for dimension in dimensions %}
{%- set others = dimensions | reject('equalto', dimension) | list %}
select
    '{{ dimension }}' as dimension,
    period,
    period_start,
    {{ others | join(', ') }}
from {{ ref('int_growth_counts') }}
group by period, period_start, {{ others | join(', ') }}
having
    {%- for measure in measures %}
    sum(case when {{ dimension }} = 'all' then {{ measure }} else 0 end)
    <> sum(case when {{ dimension }} <> 'all' then {{ measure }} else 0 end)
    {{ "or" if not loop.last }}
    {%- endfor %}
{{ "union all" if not loop.last }}
{%- endfor %}
