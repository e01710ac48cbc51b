-- The frame changes by what joined, returned and was lost, and by nothing else.
with compared as (
    select
        *,
        coalesce(lag(accounts_seen) over (
            partition by period, platform, account_kind, admin_level, region_code
            order by period_start
        ), 0) as seen_before
    from {{ ref('account_growth') }}
)

select *
from compared
where accounts_seen - seen_before <> births + frame_additions + returns - losses
