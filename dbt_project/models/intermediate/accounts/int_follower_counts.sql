-- Grain: one account in scope on one local day with a count of its followers.
-- A purge: of five or more accounts of a platform that were counted within the week before, at
-- least 20 % certainly fell on one day, by 1 % or more. Any such fall of that day, and any fall to
-- zero, is suspect until the next count confirms it by lying nearer to it than to the count before;
-- a suspect count is nobody's previous count.
with counts as (
    select
        accounts.account_number,
        days.platform,
        days.account_id,
        days.observed_date,
        days.followers_lo,
        days.followers_hi,
        lag(days.followers_lo) over counted_days as last_followers_lo,
        lag(days.observed_date) over counted_days as last_date,
        lead(days.followers_lo) over counted_days is not null as has_next,
        lead(days.followers_hi) over counted_days as next_followers_hi
    from {{ ref('int_account_days_observed') }} as days
    inner join {{ ref('int_accounts_resolved') }} as accounts
        on days.platform = accounts.platform and days.account_id = accounts.account_id
    where days.followers_lo is not null
    window counted_days as (
        partition by accounts.account_number order by days.observed_date nulls last
    )
),

fallen as (
    select
        *,
        coalesce({{ days_between('last_date', 'observed_date') }} <= 7, false) as is_compared,
        coalesce(
            followers_hi < last_followers_lo
            and last_followers_lo - followers_hi >= 0.01e0 * last_followers_lo,
            false
        ) as is_fallen,
        coalesce(followers_hi = 0 and last_followers_lo > 0, false) as is_zeroed
    from counts
),

purge_days as (
    select
        platform,
        observed_date
    from fallen
    where is_compared
    group by platform, observed_date
    having
        count(*) >= 5
        and 5 * sum(case when is_fallen then 1 else 0 end) >= count(*)
),

judged as (
    select
        fallen.*,
        purge_days.observed_date is not null as is_purge_day,
        ((fallen.is_fallen and purge_days.observed_date is not null) or fallen.is_zeroed)
        and not coalesce(
            fallen.has_next
            and 2 * fallen.next_followers_hi < fallen.last_followers_lo + fallen.followers_hi
            and (fallen.next_followers_hi = 0 or not fallen.is_zeroed),
            false
        ) as is_suspect
    from fallen
    left join purge_days
        on
            fallen.platform = purge_days.platform
            and fallen.observed_date = purge_days.observed_date
)

select
    account_number,
    platform,
    account_id,
    observed_date,
    followers_lo,
    followers_hi,
    is_suspect,
    is_purge_day,
    case when not is_suspect then lag(followers_lo) over trusted end as previous_followers_lo,
    case when not is_suspect then lag(followers_hi) over trusted end as previous_followers_hi,
    case when not is_suspect then lag(observed_date) over trusted end as previous_date
from judged
window trusted as (
    partition by account_number, is_suspect order by observed_date nulls last
)
