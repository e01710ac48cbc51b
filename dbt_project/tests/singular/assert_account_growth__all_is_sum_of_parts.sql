-- A row with `all` in one dimension equals the sum of the rows that fill that dimension.
-- Upper ends are left out: one open end opens the sum, which is no sum of parts.
{%- set dimensions = ['platform', 'account_kind', 'admin_level', 'region_code'] %}
{%- set measures = [
    'accounts_registered', 'accounts_seen', 'births', 'frame_additions', 'losses', 'returns',
    'accounts_checked', 'coalesce(accounts_active_14d, 0)', 'coalesce(followers_lo, 0)',
] %}
{%- for dimension in dimensions %}
{%- set others = dimensions | reject('equalto', dimension) | list %}
select
    '{{ dimension }}' as dimension,
    period,
    period_start,
    {{ others | join(', ') }}
from {{ ref('account_growth') }}
group by period, period_start, {{ others | join(', ') }}
having
    {%- for measure in measures %}
    sum(case when {{ dimension }} = 'all' then {{ measure }} else 0 end)
    <> sum(case when {{ dimension }} <> 'all' then {{ measure }} else 0 end)
    {{ "or" if not loop.last }}
    {%- endfor %}
{{ "union all" if not loop.last }}
{%- endfor %}
