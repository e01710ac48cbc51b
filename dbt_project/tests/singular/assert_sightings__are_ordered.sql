-- Nothing is last seen before it is first seen.
{{ config(meta={"dagster": {"ref": {"name": "posts"}}}) }}
select 'accounts' as table_name, account_id as key_text
from {{ ref('accounts') }}
where first_seen_at > last_seen_at
union all
select 'posts' as table_name, post_id as key_text
from {{ ref('posts') }}
where first_seen_at > last_seen_at
