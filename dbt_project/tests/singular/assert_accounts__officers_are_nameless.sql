-- An officer is a person: no name, no plain id and nothing that a public profile shows exactly is
-- published. Neither is that of anybody else under a pseudonym, who may be one.
select account_id
from {{ ref('accounts') }}
where
    (account_kind = 'officer' and account_id not like 'p:%')
    or (
        (account_kind = 'officer' or account_id like 'p:%')
        and (screen_name is not null or registered_at is not null or followers_lo is not null or followers_hi is not null)
    )
union all
select account_id
from {{ ref('account_days') }}
where observed_date >= {{ first_day_tested(0) }} and account_id like 'p:%'
union all
select account_id
from {{ ref('posts') }}
where account_id like 'p:%'
union all
select history.account_id
from {{ ref('account_history') }} as history
inner join {{ ref('accounts') }} as accounts
    on history.platform = accounts.platform and history.account_id = accounts.account_id
where (accounts.account_kind = 'officer' or accounts.account_id like 'p:%') and history.facet = 'screen_name'
