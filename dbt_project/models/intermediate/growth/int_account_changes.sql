-- Grain: one account in scope on one local day on which it joined, was lost or returned.
-- Joined: on the first day on which a look found it or a register named it. What was absent or could not
-- be fetched before that was not lost, for nobody had it.
-- Lost: absent on two checked days in a row, dated to the second, by looks of which it is known when they
-- took place; or, where nobody has yet looked
-- at the account itself, dropped by every register that named it. Returned: present after that.
with accounts as (
    select * from {{ ref('int_accounts_resolved') }}
),

delistings as (
    select
        delistings.platform,
        delistings.account_id,
        delistings.delisted_date
    from {{ ref('int_account_delistings') }} as delistings
    inner join accounts
        on delistings.platform = accounts.platform and delistings.account_id = accounts.account_id
),

dropped as (
    select
        looks.platform,
        looks.account_id,
        min(looks.first_look_date) as first_look_date
    from {{ ref('int_account_statements') }} as looks
    inner join delistings
        on looks.platform = delistings.platform and looks.account_id = delistings.account_id
    group by looks.platform, looks.account_id
),

-- Accounts that a register dropped are followed check by check: being dropped by the registers counts
-- until somebody looks at the account itself.
checks_of_dropped as (
    select
        days.platform,
        days.account_id,
        days.observed_date,
        {{ is_absent('days.confirmed_state') }} as is_absent,
        false as is_delisting
    from {{ ref('int_account_days_observed') }} as days
    inner join dropped
        on days.platform = dropped.platform and days.account_id = dropped.account_id
    where days.is_state_dated
    union all
    select
        delistings.platform,
        delistings.account_id,
        delistings.delisted_date as observed_date,
        true as is_absent,
        true as is_delisting
    from delistings
    inner join dropped
        on delistings.platform = dropped.platform and delistings.account_id = dropped.account_id
    where dropped.first_look_date is null or delistings.delisted_date < dropped.first_look_date
),

-- Of all others the first and the second absence in a row are statements.
paired as (
    select
        platform,
        account_id,
        observed_date,
        is_absent and (is_delisting or coalesce(lag(is_absent) over account_checks, false)) as is_lost
    from checks_of_dropped
    window account_checks as (
        partition by platform, account_id order by observed_date nulls last
    )
    union all
    select
        statements.platform,
        statements.account_id,
        statements.observed_date,
        statements.absences = 2 as is_lost
    from {{ ref('int_account_statements') }} as statements
    inner join accounts
        on statements.platform = accounts.platform and statements.account_id = accounts.account_id
    left join dropped
        on statements.platform = dropped.platform and statements.account_id = dropped.account_id
    where statements.absences is not null and dropped.account_id is null
),

compared as (
    select
        paired.*,
        coalesce(lag(paired.is_lost) over account_checks, false) as was_lost
    from paired
    inner join accounts
        on paired.platform = accounts.platform and paired.account_id = accounts.account_id
    where paired.observed_date >= accounts.first_found_date
    window account_checks as (
        partition by paired.platform, paired.account_id order by paired.observed_date nulls last
    )
),

-- When any account of the platform was last looked at, before each day with observations: an
-- account registered after that instant was born, however late in the night it was found.
previous_looks as (
    select
        platform,
        observed_date,
        lag(last_observed_at) over (
            partition by platform order by observed_date nulls last
        ) as previous_look_at
    from {{ ref('int_platform_days') }}
)

select
    accounts.platform,
    accounts.account_id,
    accounts.first_found_date as change_date,
    'joined' as change,
    {{ registered_until('accounts.registered_at', 'accounts.registered_at_precision') }} as registered_until_at,
    accounts.registered_date,
    previous_looks.previous_look_at
from accounts
inner join previous_looks
    on
        accounts.platform = previous_looks.platform
        and accounts.first_found_date = previous_looks.observed_date
union all
select
    platform,
    account_id,
    observed_date as change_date,
    case when is_lost then 'lost' else 'returned' end as change,
    cast(null as {{ instant_type() }}) as registered_until_at,
    cast(null as date) as registered_date,
    cast(null as {{ instant_type() }}) as previous_look_at
from compared
where is_lost <> was_lost
