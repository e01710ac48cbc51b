-- Grain: one period and one platform, kind, level and region in which accounts were registered, joined,
-- were lost, returned or changed their class: how many, and how many of them stand under a pseudonym.
-- Only rows that changed are written. One of which nothing is left stays, with zeros.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['period', 'period_start', 'platform', 'account_kind', 'admin_level', 'region_code'],
    on_schema_change='fail',
) }}

{%- set keys = ['period', 'period_start', 'platform', 'account_kind', 'admin_level', 'region_code'] %}
{%- set measures = ['registered', 'births', 'frame_additions', 'losses', 'returned', 'corrections', 'people_registered', 'people_seen'] %}

-- An account counts in the class it had on the day: that of a change, or the last of a period.
-- Registrations are counted by the latest class, so that growth is never a change of class.
with classes as (
    select * from {{ ref('int_account_classes') }}
),

changes as (
    select * from {{ ref('int_account_changes') }}
),

accounts as (
    select
        platform,
        account_id,
        registered_date
    from {{ ref('int_accounts_resolved') }}
    where registered_date is not null
),

-- A correction: an account in the frame leaves one class and enters another.
reclassified as (
    select
        classes.platform,
        classes.account_id,
        classes.from_date
    from classes
    inner join changes
        on
            classes.platform = changes.platform
            and classes.account_id = changes.account_id
            and classes.from_date > changes.change_date
    group by classes.platform, classes.account_id, classes.from_date
    having max_by(changes.change, changes.change_date) <> 'lost'
),

-- One row per account, day and reason to count it; measures that are not named are not counted.
dated_facts as (
    select
        platform,
        account_id,
        change_date as on_date,
        change,
        registered_date,
        -- A bare day within which the look fell leaves open which came first: it counts as after the look,
        -- for whoever looks every night sees nobody else of that day.
        coalesce(registered_until_at > previous_look_at, false) as is_new_since_look
    from changes
    union all
    select
        platform,
        account_id,
        registered_date as on_date,
        'registered' as change,
        registered_date,
        false as is_new_since_look
    from accounts
    union all
    select
        platform,
        account_id,
        from_date as on_date,
        'entered' as change,
        cast(null as date) as registered_date,
        false as is_new_since_look
    from reclassified
    union all
    select
        platform,
        account_id,
        from_date as on_date,
        'left' as change,
        cast(null as date) as registered_date,
        false as is_new_since_look
    from reclassified
),

classed_facts as (
    select
        facts.on_date,
        facts.change,
        facts.registered_date,
        facts.is_new_since_look,
        {{ is_person('facts.account_id') }} as is_person,
        classes.platform,
        classes.account_kind,
        classes.admin_level,
        classes.region_code
    from dated_facts as facts
    inner join classes
        on
            facts.platform = classes.platform
            and facts.account_id = classes.account_id
            and case
                when facts.change = 'registered' then classes.until_date is null
                when facts.change = 'left' then facts.on_date = classes.until_date
                else
                    facts.on_date >= classes.from_date
                    and (classes.until_date is null or facts.on_date < classes.until_date)
            end
),

periodic_facts as (
    select
        facts.*,
        kinds.period,
        {{ period_start('kinds.period', 'facts.on_date') }} as period_start
    from classed_facts as facts
    cross join {{ growth_periods() }} as kinds
),

leaves as (
    select
        {{ keys | join(', ') }},
        sum(case when change = 'registered' then 1 else 0 end) as registered,
        sum(case
            when change = 'joined' and (is_new_since_look or coalesce(registered_date >= period_start, false)) then 1
            else 0
        end) as births,
        sum(case
            when change = 'joined' and not (is_new_since_look or coalesce(registered_date >= period_start, false)) then 1
            else 0
        end) as frame_additions,
        sum(case when change = 'lost' then 1 else 0 end) as losses,
        sum(case when change = 'returned' then 1 else 0 end) as returned,
        sum(case change when 'entered' then 1 when 'left' then -1 else 0 end) as corrections,
        sum(case when change = 'registered' and is_person then 1 else 0 end) as people_registered,
        sum(case
            when not is_person then 0
            when change in ('joined', 'returned', 'entered') then 1
            when change in ('lost', 'left') then -1
            else 0
        end) as people_seen
    from periodic_facts
    group by {{ keys | join(', ') }}
)

{%- if grows_by_key() %}

select
    {%- for key in keys %}
    coalesce(leaves.{{ key }}, known.{{ key }}) as {{ key }},
    {%- endfor %}
    {%- for measure in measures %}
    cast(coalesce(leaves.{{ measure }}, 0) as bigint) as {{ measure }},
    {%- endfor %}
    {{ build_id() }} as build_id
from leaves
full outer join {{ this }} as known
    on
        {% for key in keys %}leaves.{{ key }} = known.{{ key }}{{ " and " if not loop.last }}{% endfor %}
where
    {% for measure in measures -%}
    coalesce(leaves.{{ measure }}, 0) is distinct from known.{{ measure }}{{ " or " if not loop.last }}
    {%- endfor %}
{%- else %}

select
    {{ keys | join(', ') }},
    {%- for measure in measures %}
    cast({{ measure }} as bigint) as {{ measure }},
    {%- endfor %}
    {{ build_id() }} as build_id
from leaves
{%- endif %}
