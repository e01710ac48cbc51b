-- Grain: one official account and one stretch in which its name, verification or kind stood.
-- Few accounts ever change: only these are followed day by day, the others have one stretch.
with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

days as (
    select
        accounts.account_number,
        days.observed_date,
        days.first_observed_at,
        days.last_observed_at,
        case when accounts.account_kind <> 'officer' then days.screen_name end as screen_name,
        days.verified_type
    from {{ ref('int_account_days_observed') }} as days
    inner join accounts
        on days.platform = accounts.platform and days.account_id = accounts.account_id
),

-- The kind follows the strongest evidence so far, so that it is read off its classes.
kinds as (
    select
        accounts.account_number,
        classes.from_date,
        coalesce(classes.until_date, date '9999-12-31') as until_date,
        classes.account_kind
    from {{ ref('int_account_classes') }} as classes
    inner join accounts
        on classes.platform = accounts.platform and classes.account_id = accounts.account_id
),

changing_kinds as (
    select account_number
    from kinds
    group by account_number
    having min(account_kind) <> max(account_kind)
),

{%- set observed = ['screen_name', 'verified_type'] %}
whole as (
    select
        accounts.account_number,
        {%- for facet in observed %}
        min(months.least_{{ facet }}) as {{ facet }},
        coalesce(min(months.least_{{ facet }}) <> max(months.greatest_{{ facet }}), false) as has_new_{{ facet }},
        min(months.{{ facet }}_first_at) as {{ facet }}_first_at,
        max(months.{{ facet }}_last_at) as {{ facet }}_last_at,
        {%- endfor %}
        max(accounts.account_kind) = 'officer' as is_officer
    from {{ ref('int_account_months') }} as months
    inner join accounts
        on months.platform = accounts.platform and months.account_id = accounts.account_id
    group by accounts.account_number
),

followed as (
    {%- for facet in observed %}
    select
        days.account_number,
        '{{ facet }}' as facet,
        days.{{ facet }} as facet_value,
        days.observed_date,
        days.first_observed_at,
        days.last_observed_at
    from days
    inner join whole on days.account_number = whole.account_number
    where whole.has_new_{{ facet }} and days.{{ facet }} is not null
    union all
    {%- endfor %}
    select
        days.account_number,
        'account_kind' as facet,
        kinds.account_kind as facet_value,
        days.observed_date,
        days.first_observed_at,
        days.last_observed_at
    from days
    inner join changing_kinds on days.account_number = changing_kinds.account_number
    inner join kinds
        on
            days.account_number = kinds.account_number
            and days.observed_date >= kinds.from_date
            and days.observed_date < kinds.until_date
),

compared as (
    select
        *,
        case
            when facet_value = lag(facet_value) over (
                partition by account_number, facet order by observed_date nulls last
            ) then 0
            else 1
        end as is_new
    from followed
),

numbered as (
    select
        *,
        sum(is_new) over (
            partition by account_number, facet order by observed_date nulls last
            rows between unbounded preceding and current row
        ) as stretch
    from compared
),

stretches as (
    select
        account_number,
        facet,
        min(facet_value) as facet_value,
        min(first_observed_at) as first_seen_at,
        max(last_observed_at) as last_seen_at
    from numbered
    group by account_number, facet, stretch
    {%- for facet in observed %}
    union all
    select
        account_number,
        '{{ facet }}' as facet,
        {{ facet }} as facet_value,
        {{ facet }}_first_at as first_seen_at,
        {{ facet }}_last_at as last_seen_at
    from whole
    where {{ facet }} is not null and not has_new_{{ facet }}{{ " and not is_officer" if facet == 'screen_name' }}
    {%- endfor %}
    union all
    select
        accounts.account_number,
        'account_kind' as facet,
        accounts.account_kind as facet_value,
        accounts.first_seen_at,
        accounts.last_seen_at
    from accounts
    left join changing_kinds on accounts.account_number = changing_kinds.account_number
    where changing_kinds.account_number is null
),

placed as (
    select
        accounts.platform,
        accounts.account_id,
        stretches.facet,
        stretches.facet_value,
        stretches.first_seen_at,
        stretches.last_seen_at,
        lag(stretches.facet_value) over of_account as facet_value_before,
        lag(stretches.last_seen_at) over of_account as changed_after_at,
        lag(accounts.account_id) over of_name as bearer_before,
        lag(stretches.last_seen_at) over of_name as bearer_last_seen_at
    from stretches
    inner join accounts on stretches.account_number = accounts.account_number
    window
        of_account as (
            partition by stretches.account_number, stretches.facet
            order by stretches.first_seen_at nulls last
        ),
        of_name as (
            partition by accounts.platform, stretches.facet, stretches.facet_value
            order by stretches.first_seen_at nulls last, accounts.account_id nulls last
        )
)

select
    platform,
    account_id,
    facet,
    facet_value,
    first_seen_at,
    last_seen_at,
    case
        when facet_value_before is null then 'first_seen'
        when facet = 'screen_name' then 'renamed'
        when facet = 'account_kind' then 'kind_changed'
        when {{ is_verified('facet_value_before') }} and not {{ is_verified('facet_value') }}
            then 'verification_lost'
        when {{ is_verified('facet_value') }} and not {{ is_verified('facet_value_before') }}
            then 'verification_gained'
        else 'verification_changed'
    end as history_event,
    facet_value_before,
    changed_after_at,
    case
        when facet = 'screen_name' and bearer_before <> account_id and bearer_last_seen_at < first_seen_at
            then bearer_before
    end as earlier_account_id,
    {{ build_id() }} as build_id
from placed
