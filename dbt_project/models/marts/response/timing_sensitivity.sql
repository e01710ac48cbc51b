-- Grain: one event type (each and `all`), definition of the onset, strictness of links and horizon:
-- the headline once for every way in which it might have been counted.
-- Late entry: events that began up to 14 days before a stretch of official posts are admitted at its
-- beginning; whether they had been answered before is not known, which is why the headline leaves
-- them out (ADR 0009, 0035).
-- Institutions only: thresholds of probability would divide the five people of int_responses.
{%- set groups = ['event_type', 'onset_definition', 'link_choice'] %}
with links as (
    select
        responses.event_id,
        responses.response_us,
        responses.link_level,
        coalesce(responses.link_probability, 0e0) as link_probability
    from {{ ref('int_responses') }} as responses
    where not responses.is_person
),

choices as (
    select 1 as link_choice, 'exact' as link_level, 1e0 as min_probability
    union all
    select 2 as link_choice, 'all' as link_level, 0.9e0 as min_probability
    union all
    select 3 as link_choice, 'all' as link_level, 0.75e0 as min_probability
    union all
    select 4 as link_choice, 'all' as link_level, 0.55e0 as min_probability
),

events as (
    select * from {{ ref('int_event_follow_ups') }}
),

-- What was said before the stretch began, on another platform say, is no answer in it.
late_links as (
    select
        late_events.event_id,
        {{ microseconds_between('late_events.onset_hi_at', 'links.posted_at') }} as response_us,
        links.link_level,
        coalesce(links.link_probability, 0e0) as link_probability
    from events as late_events
    inner join {{ ref('event_links') }} as links on late_events.event_id = links.event_id
    where
        {{ microseconds_between('late_events.onset_hi_at', 'links.posted_at') }}
        between late_events.late_entry_us and late_events.late_until_us
        and not coalesce({{ is_person('links.account_id') }}, false)
),

firsts as (
    select
        answers.event_id,
        answers.is_late,
        choices.link_choice,
        min(answers.response_us) as response_us
    from (
        select
            *,
            false as is_late
        from links
        union all
        select
            *,
            true as is_late
        from late_links
    ) as answers
    inner join choices
        on
            answers.link_probability >= choices.min_probability
            and (choices.link_level = 'all' or answers.link_level = choices.link_level)
    group by answers.event_id, answers.is_late, choices.link_choice
),

counted as (
    select
        event_id,
        event_type,
        'first_sighting' as onset_definition,
        cast(0 as bigint) as entered_us,
        watched_us,
        cast(0 as bigint) as shift_us
    from events
    union all
    select
        event_id,
        event_type,
        'earliest' as onset_definition,
        cast(0 as bigint) as entered_us,
        earliest_watched_us as watched_us,
        onset_width_us as shift_us
    from events
    where onset_width_us is not null
    union all
    select
        event_id,
        event_type,
        'late_entry' as onset_definition,
        cast(0 as bigint) as entered_us,
        watched_us,
        cast(0 as bigint) as shift_us
    from events
    where late_entry_us is null
    union all
    select
        event_id,
        event_type,
        'late_entry' as onset_definition,
        late_entry_us as entered_us,
        late_until_us as watched_us,
        cast(0 as bigint) as shift_us
    from events
    where late_entry_us is not null
),

types as (
    select true as is_own_type
    union all
    select false as is_own_type
),

outcomes as (
    select
        case when types.is_own_type then counted.event_type else 'all' end as event_type,
        counted.onset_definition,
        choices.link_choice,
        counted.entered_us,
        counted.watched_us,
        -- What was said after the stretch of the earliest onset had ended, elsewhere say, is no answer in it.
        case
            when firsts.response_us + counted.shift_us <= counted.watched_us
                then firsts.response_us + counted.shift_us
        end as response_us
    from counted
    cross join types
    cross join choices
    left join firsts
        on
            counted.event_id = firsts.event_id
            and choices.link_choice = firsts.link_choice
            -- Answers from after the beginning of the collection count only for late entrants.
            and (counted.entered_us > 0) = firsts.is_late
),

lives as (
    select
        {{ groups | join(', ') }},
        entered_us,
        coalesce(response_us, watched_us) as left_us,
        case when response_us is not null then 1 else 0 end as outcome
    from outcomes
    where response_us is null or response_us >= 0
),

totals as (
    select
        {{ groups | join(', ') }},
        count(*) as events,
        count(case when response_us < 0 then 1 end) as proactive,
        count(case when entered_us > 0 then 1 end) as entered_late
    from outcomes
    group by {{ groups | join(', ') }}
),

steps as (
    {{ survival_steps('lives', groups) }}
),

curves as (
    {{ kaplan_meier_curve('steps', groups) }}
),

stepped as (
    select
        *,
        max(hours) over (partition by {{ groups | join(', ') }}) as last_hours,
        min(survival) over (partition by {{ groups | join(', ') }}) as last_survival
    from curves
),

horizons as (
    select 24e0 as horizon_hours
    union all
    select 72e0 as horizon_hours
    union all
    select 168e0 as horizon_hours
    union all
    select 336e0 as horizon_hours
),

read_at as (
    select
        {% for name in groups %}stepped.{{ name }}, {% endfor %}
        horizons.horizon_hours,
        stepped.responded,
        stepped.hours,
        stepped.survival,
        stepped.survival_lo,
        stepped.survival_hi,
        stepped.last_hours >= horizons.horizon_hours or stepped.last_survival = 0 as is_known,
        stepped.survival * (
            least(coalesce(stepped.next_hours, horizons.horizon_hours), horizons.horizon_hours)
            - stepped.hours
        ) as waited,
        row_number() over (
            partition by {% for name in groups %}stepped.{{ name }}, {% endfor %}horizons.horizon_hours
            order by stepped.hours desc
        ) as from_last
    from stepped
    inner join horizons on stepped.hours <= horizons.horizon_hours
),

summaries as (
    select
        {{ groups | join(', ') }},
        horizon_hours,
        cast(sum(responded) as bigint) as responded,
        min(hours) filter (where survival <= 0.5e0) as median_hours,
        max(case when is_known and from_last = 1 then round(1 - survival, 9) end)
            as answered_ratio,
        max(case when is_known and from_last = 1 then round(1 - survival_hi, 9) end)
            as answered_ratio_lo,
        max(case when is_known and from_last = 1 then round(1 - survival_lo, 9) end)
            as answered_ratio_hi,
        case when max(case when is_known then 1 else 0 end) = 1 then round(sum(waited), 9) end
            as rmst_hours
    from read_at
    group by {{ groups | join(', ') }}, horizon_hours
)

select
    totals.event_type,
    totals.onset_definition,
    choices.link_level,
    choices.min_probability,
    cast(horizons.horizon_hours as bigint) as horizon_hours,
    totals.events,
    totals.proactive,
    totals.entered_late,
    coalesce(summaries.responded, 0) as responded,
    summaries.answered_ratio,
    summaries.answered_ratio_lo,
    summaries.answered_ratio_hi,
    round(summaries.median_hours, 9) as median_hours,
    summaries.rmst_hours,
    {{ build_id() }} as build_id
from totals
inner join choices on totals.link_choice = choices.link_choice
cross join horizons
left join summaries
    on
        {%- for name in groups %}
        totals.{{ name }} = summaries.{{ name }} and
        {%- endfor %}
        horizons.horizon_hours = summaries.horizon_hours
