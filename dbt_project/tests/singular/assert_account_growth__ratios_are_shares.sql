-- Shares lie between 0 and 1; growth is only given for 30 accounts or more.
select *
from {{ ref('account_growth') }}
where
    active_14d_ratio not between 0 and 1
    or coverage_ratio not between 0 and 1
    or accounts_active_14d > accounts_checked
    or accounts_seen < 0
    or growth_per_day < 0
    or (growth_per_day is not null and accounts_registered < 30)
    or (doubling_days is not null and growth_per_day is null)
