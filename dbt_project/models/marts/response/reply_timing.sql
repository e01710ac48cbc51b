-- Grain: one clock x period (month or all) x channel x addressee x region, each with `all`: how
-- long questions of the public wait for an answer. Nobody is singled out: fewer than 5 questions
-- tell nothing.
{%- set groups = ['clock', 'period', 'period_start', 'channel', 'addressee', 'region_code'] %}
{%- set rate_hours = [1, 5, 6, 24, 48, 72, 168, 1440] %}
with timed as (
    select
        questions.*,
        {{ microseconds_between('questions.asked_at', 'questions.watched_until_at') }} as elapsed_us,
        {{ worked_microseconds('questions.watched_until_at', 'until_days') }}
        - {{ worked_microseconds('questions.asked_at', 'asked_days') }} as working_us
    from {{ ref('int_public_questions') }} as questions
    left join {{ ref('int_working_days') }} as asked_days
        on questions.asked_date = asked_days.calendar_date
    left join {{ ref('int_working_days') }} as until_days
        on {{ local_date('questions.watched_until_at') }} = until_days.calendar_date
),

study as (
    select min(asked_date) as first_date from timed
),

switches as (
    select
        'all' as period,
        true as is_all
    union all
    select
        'month' as period,
        false as is_all
),

-- From everything down to one office; an office has one channel and mostly one region.
depths as (
    select 0 as depth
    union all
    select 1 as depth
    union all
    select 2 as depth
    union all
    select 3 as depth
    union all
    select 4 as depth
),

placed as (
    select
        switches.period,
        case
            when switches.is_all then study.first_date
            else {{ period_start("'month'", 'timed.asked_date') }}
        end as period_start,
        case when depths.depth in (0, 2) then 'all' else timed.channel end as channel,
        case when depths.depth = 4 then timed.addressee else 'all' end as addressee,
        case
            when depths.depth in (0, 1) then 'all' else coalesce(timed.region_code, 'unknown')
        end as region_code,
        timed.question_status,
        timed.answered_at,
        timed.is_automatic,
        timed.elapsed_us,
        timed.working_us
    from timed
    cross join study
    cross join switches
    cross join depths
),

clocked as (
    select
        'elapsed' as clock,
        placed.*,
        placed.elapsed_us as left_us
    from placed
    union all
    select
        'working' as clock,
        placed.*,
        placed.working_us as left_us
    from placed
),

lives as (
    select
        {{ groups | join(', ') }},
        cast(0 as bigint) as entered_us,
        left_us,
        case when answered_at is not null then 1 else 0 end as outcome
    from clocked
    where left_us is not null
),

counts as (
    select
        {{ groups | join(', ') }},
        count(*) as questions,
        count(case when question_status = 'answered' then 1 end) as questions_answered,
        count(case when question_status = 'in_progress' then 1 end) as questions_in_progress,
        count(case when question_status = 'open' then 1 end) as questions_open,
        count(case when question_status = 'answered' and answered_at is null then 1 end)
            as answers_undated,
        count(case when is_automatic then 1 end) as answers_automatic,
        count(case when left_us is null then 1 end) as questions_off_calendar
    from clocked
    group by {{ groups | join(', ') }}
),

steps as (
    {{ survival_steps('lives', groups) }}
),

curves as (
    {{ kaplan_meier_curve('steps', groups) }}
),

summaries as (
    {{ kaplan_meier_summary('curves', groups, rate_hours) }}
)

select
    {%- for name in groups %}
    counts.{{ name }},
    {%- endfor %}
    {%- for name in [
        'questions', 'questions_answered', 'questions_in_progress', 'questions_open',
        'answers_undated', 'answers_automatic', 'questions_off_calendar',
    ] %}
    case when counts.questions >= 5 then counts.{{ name }} end as {{ name }},
    {%- endfor %}
    {%- for h in rate_hours %}
    case when counts.questions >= 5 then summaries.rate_{{ h }}h end as rate_{{ h }}h,
    {%- endfor %}
    {%- for name in ['median_hours', 'median_hours_lo', 'median_hours_hi', 'rmst_72h_hours'] %}
    case when counts.questions >= 5 then summaries.{{ name }} end as {{ name }},
    {%- endfor %}
    counts.questions < 5 as is_suppressed,
    {{ build_id() }} as build_id
from counts
left join summaries
    on
        {%- for name in groups %}
        counts.{{ name }} = summaries.{{ name }}{{ ' and' if not loop.last }}
        {%- endfor %}
