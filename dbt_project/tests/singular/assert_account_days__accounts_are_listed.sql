-- Days are those of accounts that main.accounts lists, under the id that it lists: an account that left the
-- scope, or that turned out to be an officer's, has none. Looked at are the days made anew with a month
-- before them, and all days of the accounts that this build had to forget.
{{ config(meta={"dagster": {"ref": {"name": "account_days"}}}) }}
with gone as (
    select
        platform,
        account_id
    from {{ ref('int_account_marks') }}
    where class_stretches is null
),

tested as (
    select distinct
        platform,
        account_id
    from {{ ref('account_days') }}
    where observed_date >= {{ first_day_tested(30) }}
    union
    select distinct
        days.platform,
        days.account_id
    from {{ ref('account_days') }} as days
    inner join gone
        on days.platform = gone.platform and days.account_id = gone.account_id
)

select
    tested.platform,
    tested.account_id
from tested
left join {{ ref('accounts') }} as accounts
    on tested.platform = accounts.platform and tested.account_id = accounts.account_id
where accounts.account_id is null
