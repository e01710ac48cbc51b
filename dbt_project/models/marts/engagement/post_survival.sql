-- Grain: one cohort of posts (published in one month, or ever; of one platform; of one kind of
-- account, or all) and one age.
-- When a post went is known only to lie between two looks. Both ends are carried through: survival
-- takes every post to have gone when it was first found missing, survival_earliest right after it
-- was last seen; the interval reaches from the lower limit of the one to the upper of the other.
{%- set groups = ['period', 'period_start', 'platform', 'account_kind'] %}
with lives as (
    select * from {{ ref('int_post_lives') }}
),

cohort_lives as (
    {%- for period, start in [('month', 'posted_month'), ('all', 'min(posted_month) over (partition by platform)')] %}
    {%- for kind in ['account_kind', "'all'"] %}
    select
        '{{ period }}' as period,
        {{ start }} as period_start,
        platform,
        {{ kind }} as account_kind,
        entry_us,
        last_lo_us,
        gone_hi_us,
        -- A post seen at one instant only was never under watch.
        last_us > entry_us or gone_hi_us is not null as is_watched
    from lives
    {{ "union all" if not (loop.last and period == 'all') }}
    {%- endfor %}
    {%- endfor %}
),

cohorts as (
    select
        {{ groups | join(', ') }},
        count(*) as posts_seen,
        count(*) filter (where is_watched) as posts_watched,
        percentile_cont(0.95) within group (order by entry_us) as entry_us,
        percentile_cont(0.5) within group (order by gone_hi_us - last_lo_us) as revisit_us
    from cohort_lives
    group by {{ groups | join(', ') }}
),

hours as (
    {%- for hours in survival_hours() %}
    select cast({{ hours }} as double) as hours, cast({{ hours * 3600000000 }} as bigint) as at_us
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

gone as (
    select
        {% for group in groups %}cohort_lives.{{ group }}, {% endfor %}hours.at_us,
        count(*) filter (where cohort_lives.gone_hi_us <= hours.at_us) as gone_lo,
        count(*) filter (
            where cohort_lives.last_lo_us < hours.at_us and cohort_lives.gone_hi_us is not null
        ) as gone_hi
    from cohort_lives
    cross join hours
    where cohort_lives.is_watched
    group by {% for group in groups %}cohort_lives.{{ group }}, {% endfor %}hours.at_us
),

steps as (
    select * from {{ ref('int_post_survival_steps') }} where assumption = 'latest'
),

curves as (
    select * from {{ ref('int_post_survival_curves') }} where at_us >= start_us
),

-- Where the last step took every post that was at risk nothing is left, however long one waits.
extinct as (
    select
        {{ groups | join(', ') }},
        assumption,
        min(at_us) as from_us
    from curves
    where survival = 0
    group by {{ groups | join(', ') }}, assumption
)

select
    {% for group in groups %}cohorts.{{ group }}, {% endfor %}
    hours.hours,
    cohorts.posts_seen,
    cohorts.posts_watched,
    coalesce(steps.at_risk, 0) as at_risk,
    coalesce(gone.gone_lo, 0) as gone_lo,
    coalesce(gone.gone_hi, 0) as gone_hi,
    {{ hours_from_microseconds('steps.start_us') }} as curve_from_hours,
    case when latest_extinct.from_us <= hours.at_us then 0e0 else round(latest.survival, 9) end as survival,
    case when earliest_extinct.from_us <= hours.at_us then 0e0 else round(earliest.survival, 9) end
        as survival_earliest,
    round(earliest.survival_lo, 9) as survival_lo,
    round(latest.survival_hi, 9) as survival_hi,
    round({{ hours_from_microseconds('greatest(cohorts.entry_us, coalesce(cohorts.revisit_us, cohorts.entry_us))') }}, 6)
        as detection_floor_hours,
    {{ build_id() }} as build_id
from cohorts
cross join hours
left join gone
    on
        {% for group in groups %}cohorts.{{ group }} = gone.{{ group }} and {% endfor %}hours.at_us = gone.at_us
left join steps
    on
        {% for group in groups %}cohorts.{{ group }} = steps.{{ group }} and {% endfor %}hours.at_us = steps.at_us
{%- for assumption in ['latest', 'earliest'] %}
left join curves as {{ assumption }}
    on
        {% for group in groups %}cohorts.{{ group }} = {{ assumption }}.{{ group }} and {% endfor %}hours.at_us = {{ assumption }}.at_us
        and {{ assumption }}.assumption = '{{ assumption }}'
left join extinct as {{ assumption }}_extinct
    on
        {% for group in groups %}cohorts.{{ group }} = {{ assumption }}_extinct.{{ group }} and {% endfor -%}
        {{ assumption }}_extinct.assumption = '{{ assumption }}'
{%- endfor %}
