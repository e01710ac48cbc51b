-- Grain: one month with events, or everything, x account kind x level x region, each with `all`: groups with
-- accounts whose posts were collected then, so that their silence is known.
-- An account counts from its first collected post until it was last seen or posted. Groups that may be
-- nothing but persons are not here: whether fewer than five of them spoke is not told.
with months as (
    select
        period_start,
        {{ period_end("'month'", 'period_start') }} as period_end
    from {{ ref('int_response_strata') }}
    where reading = 1 and period = 'month'
    group by period_start
),

study as (
    select min(period_start) as period_start
    from {{ ref('int_response_strata') }}
    where reading = 1 and period = 'all'
),

posting as (
    select
        platform,
        account_id,
        min(posted_date) as first_posted_date,
        max(posted_date) as last_posted_date
    from {{ ref('int_account_post_days') }}
    where posts_count > 0
    group by platform, account_id
),

-- Accounts of one cell and the same months are counted together.
spans as (
    select
        accounts.account_kind,
        accounts.admin_level,
        coalesce(accounts.region_code, 'unknown') as region_code,
        {{ period_start("'month'", 'posting.first_posted_date') }} as from_month,
        greatest(posting.last_posted_date, accounts.last_seen_date) as until_date,
        count(*) as accounts
    from {{ ref('int_accounts_resolved') }} as accounts
    inner join posting
        on accounts.platform = posting.platform and accounts.account_id = posting.account_id
    group by
        accounts.account_kind,
        accounts.admin_level,
        coalesce(accounts.region_code, 'unknown'),
        {{ period_start("'month'", 'posting.first_posted_date') }},
        greatest(posting.last_posted_date, accounts.last_seen_date)
),

present as (
    select
        'month' as period,
        months.period_start,
        spans.account_kind,
        spans.admin_level,
        spans.region_code,
        spans.accounts
    from spans
    inner join months
        on spans.from_month <= months.period_start and spans.until_date >= months.period_start
    union all
    select
        'all' as period,
        study.period_start,
        spans.account_kind,
        spans.admin_level,
        spans.region_code,
        spans.accounts
    from spans
    cross join study
    where exists (
        select 1
        from months
        where spans.from_month <= months.period_start and spans.until_date >= months.period_start
    )
),

switches as (
    select true as is_all
    union all
    select false as is_all
),

grouped as (
    select
        present.period,
        present.period_start,
        case when kinds.is_all then 'all' else present.account_kind end as account_kind,
        case when levels.is_all then 'all' else present.admin_level end as admin_level,
        case when regions.is_all then 'all' else present.region_code end as region_code,
        cast(sum(present.accounts) as bigint) as accounts,
        cast(sum(case
            when {{ is_person_kind('present.account_kind') }} then 0 else present.accounts
        end) as bigint) as institutions
    from present
    cross join switches as kinds
    cross join switches as levels
    cross join switches as regions
    group by
        present.period,
        present.period_start,
        case when kinds.is_all then 'all' else present.account_kind end,
        case when levels.is_all then 'all' else present.admin_level end,
        case when regions.is_all then 'all' else present.region_code end
)

select
    period,
    period_start,
    account_kind,
    admin_level,
    region_code,
    accounts
from grouped
where institutions > 0
