-- Grain: one account in scope on one local day with a count of its followers.
-- A purge: of five or more accounts of a platform that were counted on one day and before, at least 20 %
-- certainly fell, by 1 % or more for each week begun since the count before: in a month of no looks accounts
-- lose as much without one. Any such fall of that day, and any fall to zero, is suspect until the next count confirms it by lying nearer to it than to the count before;
-- a suspect count is nobody's previous count. So is, for ever, a count beyond all reason: sums of such
-- counts would be no numbers of 64 bits. No other count is compared with it, so that whatever follows one
-- is no fall.
-- The counts from the first day made anew on follow the last count of each account before it.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_days(),
    pre_hook=hook("forget_days_anew('observed_date')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('int_days_anew') }} (the reference below is hidden from the parser)

{%- set count = ['observed_date', 'followers_lo', 'followers_hi'] %}
{%- set before = ['previous_date', 'previous_followers_lo', 'previous_followers_hi'] %}

with accounts as (
    select
        account_number,
        platform,
        account_id,
        first_seen_date
    from {{ ref('int_accounts_resolved') }}
),

counted_days as (
    select
        accounts.account_number,
        days.platform,
        days.account_id,
        days.observed_date,
        days.followers_lo,
        days.followers_hi
    from {{ ref('int_account_days_observed') }} as days
    inner join accounts
        on days.platform = accounts.platform and days.account_id = accounts.account_id
    where
        days.followers_lo is not null
        {%- if grows_by_key() %}
        and days.observed_date >= {{ anew_from() }}
        {%- endif %}
),
{%- if grows_by_key() %}

-- The last count before: nearly always one of the week before, so that little is read; only of accounts
-- that were not counted in that week the whole history is.
last_week as (
    select
        platform,
        account_id,
        max_by({{ record(count + before + ['is_suspect']) }}, observed_date) as latest
    from {{ this }}
    where
        observed_date >= {{ add_days(anew_from(), -7) }}
        and observed_date < {{ anew_from() }}
        and not {{ is_beyond_reason('followers_lo') }}
    group by platform, account_id
),

long_uncounted as (
    select distinct
        accounts.platform,
        accounts.account_id
    from counted_days
    inner join accounts on counted_days.account_number = accounts.account_number
    left join last_week
        on accounts.platform = last_week.platform and accounts.account_id = last_week.account_id
    where last_week.account_id is null and accounts.first_seen_date < {{ add_days(anew_from(), -7) }}
),

last_counts as (
    select * from last_week
    union all
    select
        known.platform,
        known.account_id,
        max_by({{ record(count + before + ['is_suspect']) }}, known.observed_date) as latest
    from {{ this }} as known
    inner join long_uncounted
        on known.platform = long_uncounted.platform and known.account_id = long_uncounted.account_id
    where
        known.observed_date < {{ add_days(anew_from(), -7) }}
        and not {{ is_beyond_reason('known.followers_lo') }}
    group by known.platform, known.account_id
),
{%- endif %}

counted as (
    select
        *,
        {{ is_beyond_reason('followers_lo') }} as is_beyond_reason,
        false as is_known
    from counted_days
    {%- if grows_by_key() %}
    union all
    select
        accounts.account_number,
        last_counts.platform,
        last_counts.account_id,
        {%- for name in count %}
        last_counts.latest.{{ name }} as {{ name }},
        {%- endfor %}
        false as is_beyond_reason,
        true as is_known
    from last_counts
    inner join accounts
        on last_counts.platform = accounts.platform and last_counts.account_id = accounts.account_id
    {%- endif %}
),

counts as (
    select
        counted.*,
        case when not is_beyond_reason then lag(followers_lo) over counted_days end as last_followers_lo,
        case when not is_beyond_reason then lag(observed_date) over counted_days end as last_date,
        case when not is_beyond_reason then lead(followers_hi) over counted_days end as next_followers_hi
    from counted
    window counted_days as (partition by account_number, is_beyond_reason order by observed_date nulls last)
),

fallen as (
    select
        *,
        coalesce(
            followers_hi < last_followers_lo
            and last_followers_lo - followers_hi
            >= 0.01e0 * ceil({{ days_between('last_date', 'observed_date') }} / 7e0) * last_followers_lo,
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
    where last_date is not null
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
        (
            is_doubtful
            and not {{ is_fall_confirmed('next_followers_hi', 'last_followers_lo', 'followers_hi') }}
        )
        or is_beyond_reason as is_suspect,
        false as is_known
    from doubted
    {%- if grows_by_key() %}
    union all
    -- The last trusted count before: the last count itself, or the one that it was compared with.
    select
        accounts.account_number,
        last_counts.platform,
        last_counts.account_id,
        {%- for name in count %}
        case
            when last_counts.latest.is_suspect then last_counts.latest.{{ before[loop.index0] }}
            else last_counts.latest.{{ name }}
        end as {{ name }},
        {%- endfor %}
        null as last_followers_lo,
        false as is_purge_day,
        false as is_doubtful,
        false as is_suspect,
        true as is_known
    from last_counts
    inner join accounts
        on last_counts.platform = accounts.platform and last_counts.account_id = accounts.account_id
    where not last_counts.latest.is_suspect or last_counts.latest.previous_date is not null
    {%- endif %}
),

followed as (
    select
        *,
        {{ last_known('case when not is_suspect then ' ~ record(count) ~ ' end') }} over (
            partition by account_number order by observed_date nulls last
            rows between unbounded preceding and 1 preceding
        ) as trusted_before
    from judged
)

select
    platform,
    account_id,
    observed_date,
    followers_lo,
    followers_hi,
    last_followers_lo,
    is_doubtful,
    is_suspect,
    is_purge_day,
    {%- for name in count %}
    trusted_before.{{ name }} as {{ before[loop.index0] }}{{ "," if not loop.last }}
    {%- endfor %}
from followed
where not is_known
