-- Shares lie between 0 and 1; a longer window holds the shorter; growth is only given for 30
-- accounts or more, and its state says what its number says.
select *
from {{ ref('account_growth') }}
where
    active_7d_ratio not between 0 and 1
    or active_90d_ratio not between 0 and 1
    or accounts_active_7d > accounts_active_14d
    or accounts_active_14d > accounts_active_30d
    or accounts_active_30d > accounts_active_90d
    or coverage_ratio not between 0 and 1
    or accounts_active_90d > accounts_covered
    or accounts_covered > accounts_checked
    or accounts_seen < 0
    or growth_per_day < 0
    or (growth_per_day is not null and accounts_registered < 30)
    or (doubling_days is not null and not growth_per_day > 0)
    or (growth_state in ('grew', 'unchanged')) <> (growth_per_day is not null)
    or (followers_delta_state = 'grew' and not coalesce(followers_delta_lo > 0, false))
    or (followers_delta_state = 'fell' and not coalesce(followers_delta_hi < 0, false))
    or (followers_delta_state = 'not_resolvable' and (followers_delta_lo > 0 or followers_delta_hi < 0))
    or elapsed_days < 1
