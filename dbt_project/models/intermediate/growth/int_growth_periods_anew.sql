-- Grain: one period whose sums this build makes anew: it holds a day that is made anew, or some account
-- turned out to have been registered, to have joined or to have gone in it.
-- depends_on: {{ ref('int_days_anew') }} {{ ref('stg_meta__builds') }}
select
    period,
    period_start
from {{ ref('int_growth_periods') }}
where {{ is_period_anew('period', 'period_start') }}
union
select
    period,
    period_start
from {{ ref('int_growth_leaves') }}
where {{ is_pending('build_id') }}
