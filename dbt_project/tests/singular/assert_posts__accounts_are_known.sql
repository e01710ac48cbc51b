-- A post is only official by its account. A post whose account was never itself observed counts
-- as of unclear kind: worth knowing, no reason to stop.
{{ config(severity='warn', meta={"dagster": {"ref": {"name": "posts"}}}) }}
select
    posts.platform,
    posts.post_id
from {{ ref('posts') }} as posts
left join {{ ref('accounts') }} as accounts
    on posts.platform = accounts.platform and posts.account_id = accounts.account_id
where accounts.account_id is null
