-- An officer is a person: no name and no plain id is published.
select account_id
from {{ ref('accounts') }}
where account_kind = 'officer' and (screen_name is not null or account_id not like 'p:%')
