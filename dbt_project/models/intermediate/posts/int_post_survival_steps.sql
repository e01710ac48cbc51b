-- Grain: one cohort of posts, one assumption about when posts went (at the earliest: right after
-- they were last seen; at the latest: when they were first found missing) and one time since
-- publication at which a post went or for which survival is published.
-- A post is at risk after it came into view and up to its end. Posts seen at one instant only were
-- never under watch and count nowhere, nor do those that went before their age could be told. A curve
-- starts where ten posts are at risk: before that, one post would decide it (its start is a row without
-- posts that went).
{%- set groups = ['period', 'period_start', 'platform', 'account_kind', 'assumption'] %}
with lives as (
    select * from {{ ref('int_post_lives') }}
    where gone_hi_us > entry_us or (gone_hi_us is null and last_us > entry_us)
),

assumed as (
    select
        platform,
        account_kind,
        posted_month,
        'earliest' as assumption,
        entry_us,
        -- One microsecond later than it was seen (or than its age could be told), so that it was at risk when
        -- it went.
        case when gone_hi_us is null then last_us else greatest(last_us, entry_us) + 1 end as end_us,
        case when gone_hi_us is null then 0 else 1 end as gone
    from lives
    union all
    select
        platform,
        account_kind,
        posted_month,
        'latest' as assumption,
        entry_us,
        coalesce(gone_hi_us, last_us) as end_us,
        case when gone_hi_us is null then 0 else 1 end as gone
    from lives
),

-- What changes the number at risk, and who goes: entries count after their time, ends too.
changes as (
    select
        platform,
        account_kind,
        posted_month,
        assumption,
        entry_us as at_us,
        1 as change,
        0 as gone
    from assumed
    union all
    select
        platform,
        account_kind,
        posted_month,
        assumption,
        end_us as at_us,
        -1 as change,
        gone
    from assumed
),

cohorts as (
    {%- for period, start in [('month', 'posted_month'), ('all', 'min(posted_month) over (partition by platform)')] %}
    {%- for kind in ['account_kind', "'all'"] %}
    select
        '{{ period }}' as period,
        {{ start }} as period_start,
        platform,
        {{ kind }} as account_kind,
        assumption,
        at_us,
        change,
        gone
    from changes
    {{ "union all" if not (loop.last and period == 'all') }}
    {%- endfor %}
    {%- endfor %}
),

published_hours as (
    {%- for hours in survival_hours() %}
    select cast({{ hours * 3600000000 }} as bigint) as at_us
    {{- " union all" if not loop.last }}
    {%- endfor %}
),

with_hours as (
    select * from cohorts
    union all
    select
        listed.*,
        published_hours.at_us,
        0 as change,
        0 as gone
    from (select distinct {{ groups | join(', ') }} from cohorts) as listed
    cross join published_hours
),

gathered as (
    select
        {{ groups | join(', ') }},
        at_us,
        sum(change) as change,
        cast(sum(gone) as bigint) as responded
    from with_hours
    group by {{ groups | join(', ') }}, at_us
),

counted as (
    select
        *,
        coalesce(sum(change) over (
            partition by {{ groups | join(', ') }}
            order by at_us nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as at_risk
    from gathered
),

started as (
    select
        *,
        min(case when at_risk >= 10 then at_us end) over (
            partition by {{ groups | join(', ') }}
        ) as start_us
    from counted
)

select
    {{ groups | join(', ') }},
    at_us,
    cast(at_risk as bigint) as at_risk,
    -- Before the start nothing is taken for known.
    case when at_us >= start_us then responded else 0 end as responded,
    start_us
from started
where responded > 0 or at_us in (select at_us from published_hours)
