-- Grain: one account on one local day on which the last register that named it dropped it.
-- Dropped: two complete editions in a row do not name it, the second at least 28 days after the
-- first. An edition that names less than half of the accounts of the edition before is a part.
with named as (
    select * from {{ ref('int_register_days') }}
),

edition_sizes as (
    select
        source_name,
        observed_date,
        lag(observed_date) over (partition by source_name order by observed_date nulls last)
            as previous_date
    from named
    group by source_name, observed_date
),

-- How many of the accounts of the edition before are named again.
kept as (
    select
        editions.source_name,
        editions.observed_date,
        count(*) as previous_count,
        count(again.account_id) as kept_count
    from edition_sizes as editions
    inner join named as earlier
        on
            editions.source_name = earlier.source_name
            and editions.previous_date = earlier.observed_date
    left join named as again
        on
            editions.source_name = again.source_name
            and editions.observed_date = again.observed_date
            and earlier.platform = again.platform
            and earlier.account_id = again.account_id
    group by editions.source_name, editions.observed_date
),

editions as (
    select
        editions.source_name,
        editions.observed_date
    from edition_sizes as editions
    left join kept
        on
            editions.source_name = kept.source_name
            and editions.observed_date = kept.observed_date
    where kept.previous_count is null or 2 * kept.kept_count >= kept.previous_count
),

stretches as (
    select
        *,
        lag(observed_date) over (
            partition by source_name, platform, account_id order by observed_date nulls last
        ) as named_before_date,
        lead(observed_date) over (
            partition by source_name, platform, account_id order by observed_date nulls last
        ) as named_next_date
    from named
),

missed as (
    select
        stretches.source_name,
        stretches.platform,
        stretches.account_id,
        stretches.observed_date,
        stretches.named_next_date,
        min(editions.observed_date) as first_missed_date
    from stretches
    inner join editions
        on
            stretches.source_name = editions.source_name
            and stretches.observed_date < editions.observed_date
    where stretches.named_next_date is null or editions.observed_date < stretches.named_next_date
    group by
        stretches.source_name,
        stretches.platform,
        stretches.account_id,
        stretches.observed_date,
        stretches.named_next_date
),

dropped as (
    select
        missed.source_name,
        missed.platform,
        missed.account_id,
        missed.observed_date,
        min(editions.observed_date) as dropped_date
    from missed
    inner join editions
        on
            missed.source_name = editions.source_name
            and editions.observed_date >= {{ add_days('missed.first_missed_date', 28) }}
    where missed.named_next_date is null or editions.observed_date < missed.named_next_date
    group by missed.source_name, missed.platform, missed.account_id, missed.observed_date
),

-- How many registers name the account, as a sum of steps: a register counts until it has
-- dropped the account, and again from the edition that names it anew.
steps as (
    select
        stretches.platform,
        stretches.account_id,
        stretches.observed_date as step_date,
        1 as step
    from stretches
    left join dropped
        on
            stretches.source_name = dropped.source_name
            and stretches.platform = dropped.platform
            and stretches.account_id = dropped.account_id
            and stretches.named_before_date = dropped.observed_date
    where stretches.named_before_date is null or dropped.dropped_date is not null
    union all
    select
        platform,
        account_id,
        dropped_date as step_date,
        -1 as step
    from dropped
),

daily_steps as (
    select
        platform,
        account_id,
        step_date,
        sum(step) as step
    from steps
    group by platform, account_id, step_date
),

summed as (
    select
        platform,
        account_id,
        step_date,
        sum(step) over (
            partition by platform, account_id order by step_date nulls last
            rows between unbounded preceding and current row
        ) as registers,
        step
    from daily_steps
)

select
    platform,
    account_id,
    step_date as delisted_date
from summed
where registers = 0 and step < 0
