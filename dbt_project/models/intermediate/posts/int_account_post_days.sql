-- Grain: one account and one local day on which it published, as far as its posts were collected.
select
    platform,
    account_id,
    posted_date,
    count(*) as posts_count
from {{ ref('int_post_versions_chosen') }}
where posted_date is not null and account_id is not null
group by platform, account_id, posted_date
