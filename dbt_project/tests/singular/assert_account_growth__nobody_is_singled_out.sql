-- No row shows fewer than 5 people (who stand under a pseudonym; everybody else can be subtracted), no line of a sum has exactly one row withheld, and a withheld
-- row shows nothing. Of people no followers are told, however many they are: all but one of their counts
-- may be missing, or may be those of the day before.
{%- set dimensions = ['platform', 'account_kind', 'admin_level', 'region_code'] %}
{%- set sizes = ['accounts_seen', 'accounts_registered', 'accounts_checked'] %}
select
    period,
    period_start,
    'small' as broken
from {{ ref('account_growth') }}
where
    account_kind = 'officer'
    and (
        {%- for size in sizes %}
        {{ size }} between 1 and 4{{ " or" if not loop.last }}
        {%- endfor %}
    )
union all
select
    growth.period,
    growth.period_start,
    'few people' as broken
from {{ ref('account_growth') }} as growth
inner join {{ ref('int_growth_people') }} as people
    on
        growth.period = people.period
        and growth.period_start = people.period_start
        {%- for dimension in dimensions %}
        and growth.{{ dimension }} = people.{{ dimension }}
        {%- endfor %}
where
    not growth.is_suppressed
    and (
        {%- for size in ['seen_so_far', 'registered_so_far', 'checked'] %}
        people.{{ size }} between 1 and 4{{ " or" if not loop.last }}
        {%- endfor %}
    )
union all
select
    period,
    period_start,
    'shown' as broken
from {{ ref('account_growth') }}
where
    is_suppressed
    and coalesce(
        accounts_registered, accounts_seen, births, frame_additions, losses, returns, corrections,
        accounts_checked, accounts_covered, accounts_active_7d, accounts_active_14d, accounts_active_30d,
        accounts_active_90d, followers_lo, followers_hi, followers_delta_lo, followers_delta_hi,
        accounts_suspect, growth_per_day, doubling_days, elapsed_days, coverage_ratio
    ) is not null
union all
select
    period,
    period_start,
    'followers' as broken
from {{ ref('account_growth') }}
where
    {{ is_person_kind('account_kind') }}
    and (
        coalesce(followers_lo, followers_hi, followers_delta_lo, followers_delta_hi, accounts_suspect) is not null
        or followers_delta_state <> 'suppressed'
    )
union all
-- All kinds less the institutions: of followers nothing is left.
select
    period,
    period_start,
    'followers of all' as broken
from {{ ref('account_growth') }}
group by period, period_start, platform, admin_level, region_code
having
    max(case when account_kind = 'all' then followers_lo end)
    <> sum(case when account_kind <> 'all' and not {{ is_person_kind('account_kind') }} then followers_lo end)
{%- for dimension in dimensions %}
{%- set others = dimensions | reject('equalto', dimension) | list %}
union all
select
    period,
    period_start,
    'lonely in {{ dimension }}' as broken
from {{ ref('account_growth') }}
group by period, period_start, {{ others | join(', ') }}
having sum(case when is_suppressed then 1 else 0 end) = 1
{%- endfor %}
