-- A lower bound is never above its upper bound. Of account days those made anew are looked at.
{{ config(meta={"dagster": {"ref": {"name": "account_days"}}}) }}
select 'accounts' as table_name, account_id as key_text
from {{ ref('accounts') }}
where followers_lo > followers_hi
union all
select 'account_days' as table_name, account_id as key_text
from {{ ref('account_days') }}
where
    observed_date >= {{ first_day_tested(0) }}
    and (followers_lo > followers_hi or followers_delta_lo > followers_delta_hi)
union all
select 'posts' as table_name, post_id as key_text
from {{ ref('posts') }}
where reposts_lo > reposts_hi or comments_lo > comments_hi or likes_lo > likes_hi
union all
select 'events' as table_name, event_id as key_text
from {{ ref('events') }}
where onset_lo_at > onset_hi_at
union all
select 'response_curves' as table_name, period as key_text
from {{ ref('response_curves') }}
where survival_lo > survival_hi
union all
select 'account_growth' as table_name, period as key_text
from {{ ref('account_growth') }}
where followers_lo > followers_hi or followers_delta_lo > followers_delta_hi
