-- Grain: one official account and one stretch in which its name, verification or kind stood.
{%- set observed = ['screen_name', 'verified_type'] %}
with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

statements as (
    select
        accounts.account_number,
        said.observed_date,
        said.first_observed_at,
        said.observed_until_at,
        case when accounts.account_kind <> 'officer' then said.screen_name end as screen_name,
        said.screen_name_until_at,
        said.verified_type,
        said.verified_type_until_at
    from {{ ref('int_account_statements') }} as said
    inner join accounts
        on said.platform = accounts.platform and said.account_id = accounts.account_id
),

last_seen as (
    select
        accounts.account_number,
        {%- for facet in observed %}
        max(months.{{ facet }}_last_at) as {{ facet }}_last_at,
        {%- endfor %}
        max(accounts.last_seen_at) as account_kind_last_at
    from {{ ref('int_account_months') }} as months
    inner join accounts
        on months.platform = accounts.platform and months.account_id = accounts.account_id
    group by accounts.account_number
),

-- The kind follows the strongest evidence so far, so that it is read off its classes; each but the
-- first begins with a statement.
kinds as (
    select
        accounts.account_number,
        classes.from_date as observed_date,
        coalesce(statements.first_observed_at, accounts.first_seen_at) as first_observed_at,
        statements.observed_until_at,
        classes.account_kind
    from {{ ref('int_account_classes') }} as classes
    inner join accounts
        on classes.platform = accounts.platform and classes.account_id = accounts.account_id
    left join statements
        on
            accounts.account_number = statements.account_number
            and classes.from_date = statements.observed_date
),

followed as (
    {%- for facet in observed %}
    select
        account_number,
        '{{ facet }}' as facet,
        {{ facet }} as facet_value,
        observed_date,
        first_observed_at,
        {{ facet }}_until_at as until_at
    from statements
    where {{ facet }} is not null
    union all
    {%- endfor %}
    select
        account_number,
        'account_kind' as facet,
        account_kind as facet_value,
        observed_date,
        first_observed_at,
        observed_until_at as until_at
    from kinds
),

compared as (
    select
        *,
        lag(facet_value) over (
            partition by account_number, facet order by observed_date nulls last
        ) as facet_value_before
    from followed
),

begun as (
    select
        account_number,
        facet,
        facet_value,
        first_observed_at as first_seen_at,
        lead(until_at) over (
            partition by account_number, facet order by observed_date nulls last
        ) as ended_at
    from compared
    where facet_value_before is null or facet_value <> facet_value_before
),

stretches as (
    select
        begun.account_number,
        begun.facet,
        begun.facet_value,
        begun.first_seen_at,
        coalesce(
            begun.ended_at,
            case begun.facet
                {%- for facet in observed + ['account_kind'] %}
                when '{{ facet }}' then last_seen.{{ facet }}_last_at
                {%- endfor %}
            end
        ) as last_seen_at
    from begun
    inner join last_seen on begun.account_number = last_seen.account_number
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
