-- Nothing is last seen before it is first seen, or after the data end.
select 'accounts' as table_name, accounts.account_id as key_text
from {{ ref('accounts') }} as accounts
cross join {{ ref('int_observation_bounds') }} as bounds
where accounts.first_seen_at > accounts.last_seen_at or accounts.last_seen_at > bounds.data_through_at
union all
select 'posts' as table_name, posts.post_id as key_text
from {{ ref('posts') }} as posts
cross join {{ ref('int_observation_bounds') }} as bounds
where posts.first_seen_at > posts.last_seen_at or posts.last_seen_at > bounds.data_through_at
