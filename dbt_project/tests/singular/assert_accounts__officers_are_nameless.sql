-- An officer is a person: no name and no plain id is published.
select account_id
from {{ ref('accounts') }}
where account_kind = 'officer' and (screen_name is not null or account_id not like 'p:%')
union all
select history.account_id
from {{ ref('account_history') }} as history
inner join {{ ref('accounts') }} as accounts
    on history.platform = accounts.platform and history.account_id = accounts.account_id
where accounts.account_kind = 'officer' and history.facet = 'screen_name'
