-- Grain: one account in scope on one local day with a count of its followers.
-- A purge: of five or more accounts of a platform that were counted within the week before, at
-- least 20 % certainly fell on one day, by 1 % or more. Any such fall of that day, and any fall to
-- zero, is suspect until the next count confirms it by lying nearer to it than to the count before;
-- a suspect count is nobody's previous count.
-- The counts from the first day made anew on follow the last count of each account before it.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key='month_date',
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

with accounts as (
    select
        account_number,
        platform,
        account_id
    from {{ ref('int_accounts_resolved') }}
),
{%- if grows_by_key() %}

-- Few rows are the last of their month, so that this reads little of the history.
month_ends as (
    select
        platform,
        account_id,
        max_by({{ record(['observed_date', 'followers_lo', 'followers_hi', 'is_suspect']) }}, observed_date)
            as latest
    from {{ this }}
    where is_last_of_month and observed_date < {{ anew_from() }}
    group by platform, account_id
),

last_trusted as (
    select
        known.platform,
        known.account_id,
        max_by({{ record(['observed_date', 'followers_lo', 'followers_hi']) }}, observed_date) as latest
    from {{ this }} as known
    inner join month_ends
        on known.platform = month_ends.platform and known.account_id = month_ends.account_id
    where month_ends.latest.is_suspect and not is_suspect and observed_date < {{ anew_from() }}
    group by known.platform, known.account_id
),
{%- endif %}

counted as (
    select
        platform,
        account_id,
        observed_date,
        followers_lo,
        followers_hi,
        false as is_known
    from {{ ref('int_account_days_observed') }}
    where
        followers_lo is not null
        {%- if grows_by_key() %}
        and observed_date >= {{ anew_from() }}
    union all
    select
        platform,
        account_id,
        latest.observed_date,
        latest.followers_lo,
        latest.followers_hi,
        true as is_known
    from month_ends
        {%- endif %}
),

counts as (
    select
        accounts.account_number,
        counted.*,
        lag(counted.followers_lo) over counted_days as last_followers_lo,
        lag(counted.observed_date) over counted_days as last_date,
        lead(counted.followers_hi) over counted_days as next_followers_hi
    from counted
    inner join accounts
        on counted.platform = accounts.platform and counted.account_id = accounts.account_id
    window counted_days as (
        partition by accounts.account_number order by counted.observed_date nulls last
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
    where not is_known
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

doubted as (
    select
        fallen.*,
        purge_days.observed_date is not null as is_purge_day,
        (fallen.is_fallen and purge_days.observed_date is not null) or fallen.is_zeroed as is_doubtful
    from fallen
    left join purge_days
        on
            fallen.platform = purge_days.platform
            and fallen.observed_date = purge_days.observed_date
),

judged as (
    select
        account_number,
        platform,
        account_id,
        observed_date,
        followers_lo,
        followers_hi,
        last_followers_lo,
        is_purge_day,
        is_doubtful,
        is_doubtful
        and not {{ is_fall_confirmed('next_followers_hi', 'last_followers_lo', 'followers_hi') }} as is_suspect,
        false as is_known
    from doubted
    {%- if grows_by_key() %}
    union all
    -- The last trusted count before: the last count itself, or one further back.
    select
        accounts.account_number,
        month_ends.platform,
        month_ends.account_id,
        case when month_ends.latest.is_suspect then last_trusted.latest.observed_date else month_ends.latest.observed_date end,
        case when month_ends.latest.is_suspect then last_trusted.latest.followers_lo else month_ends.latest.followers_lo end,
        case when month_ends.latest.is_suspect then last_trusted.latest.followers_hi else month_ends.latest.followers_hi end,
        null as last_followers_lo,
        false as is_purge_day,
        false as is_doubtful,
        false as is_suspect,
        true as is_known
    from month_ends
    inner join accounts
        on month_ends.platform = accounts.platform and month_ends.account_id = accounts.account_id
    left join last_trusted
        on month_ends.platform = last_trusted.platform and month_ends.account_id = last_trusted.account_id
    where not month_ends.latest.is_suspect or last_trusted.account_id is not null
    {%- endif %}
),

followed as (
    select
        *,
        {{ period_start("'month'", 'observed_date') }} as month_date,
        case when not is_suspect then lag(followers_lo) over trusted end as previous_followers_lo,
        case when not is_suspect then lag(followers_hi) over trusted end as previous_followers_hi,
        case when not is_suspect then lag(observed_date) over trusted end as previous_date,
        lead(observed_date) over (
            partition by account_number order by observed_date nulls last
        ) as next_date
    from judged
    window trusted as (
        partition by account_number, is_suspect order by observed_date nulls last
    )
)

select
    platform,
    account_id,
    observed_date,
    month_date,
    followers_lo,
    followers_hi,
    last_followers_lo,
    is_doubtful,
    is_suspect,
    is_purge_day,
    previous_followers_lo,
    previous_followers_hi,
    previous_date,
    next_date is null or {{ period_start("'month'", 'next_date') }} > month_date as is_last_of_month
from followed
where not is_known
