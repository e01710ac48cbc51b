-- Grain: one account in scope and one stretch of days in which its kind, level and province stood.
-- On each day the strongest and then latest evidence up to that day counts; what was not yet
-- stated is taken from the first statement. Where the last evidence is not what the account is
-- resolved to (somebody reviewed it), the resolved class holds throughout.
with accounts as (
    select
        account_number,
        platform,
        account_id,
        account_kind,
        admin_level,
        coalesce({{ province_of('region_code') }}, 'unknown') as region_code,
        first_seen_date
    from {{ ref('int_accounts_resolved') }}
),

days as (
    select
        platform,
        account_id,
        observed_date,
        {{ kind_by_id('account_id', 'account_kind') }} as account_kind,
        admin_level,
        {{ province_of('region_code') }} as region_code,
        {{ days_between("date '1970-01-01'", 'observed_date') }} as day_number,
        kind_rank,
        level_rank,
        region_rank
    from {{ ref('int_account_statements') }}
    where account_kind is not null or admin_level is not null or region_code is not null
),

-- Few accounts ever change: only these are followed.
changing as (
    select
        platform,
        account_id
    from days
    group by platform, account_id
    having
        min(account_kind) <> max(account_kind)
        or min(admin_level) <> max(admin_level)
        or min(region_code) <> max(region_code)
),

stated as (
    select
        accounts.account_number,
        days.observed_date,
        {%- for code, rank in [
            ('account_kind', 'kind_rank'), ('admin_level', 'level_rank'), ('region_code', 'region_rank'),
        ] %}
        max_by(days.{{ code }}, days.day_number - 10000000 * days.{{ rank }}) over so_far as {{ code }},
        min_by(days.{{ code }}, case when days.{{ code }} is not null then days.day_number end)
            over whole as first_{{ code }},
        max_by(days.{{ code }}, days.day_number - 10000000 * days.{{ rank }}) over whole as last_{{ code }},
        {%- endfor %}
        accounts.account_kind as resolved_account_kind,
        accounts.admin_level as resolved_admin_level,
        accounts.region_code as resolved_region_code
    from days
    inner join changing
        on days.platform = changing.platform and days.account_id = changing.account_id
    inner join accounts
        on days.platform = accounts.platform and days.account_id = accounts.account_id
    window
        so_far as (
            partition by accounts.account_number order by days.observed_date nulls last
            rows between unbounded preceding and current row
        ),
        whole as (partition by accounts.account_number)
),

classed as (
    select
        account_number,
        observed_date,
        {%- for code in ['account_kind', 'admin_level', 'region_code'] %}
        case
            when last_{{ code }} = resolved_{{ code }} then coalesce({{ code }}, first_{{ code }})
            else resolved_{{ code }}
        end as {{ code }}{{ "," if not loop.last }}
        {%- endfor %}
    from stated
),

compared as (
    select
        *,
        lag(account_kind) over account_days as previous_kind,
        lag(admin_level) over account_days as previous_level,
        lag(region_code) over account_days as previous_region
    from classed
    window account_days as (partition by account_number order by observed_date nulls last)
),

starts as (
    select
        account_number,
        observed_date,
        account_kind,
        admin_level,
        region_code,
        previous_kind is null as is_first
    from compared
    where
        previous_kind is null
        or account_kind <> previous_kind
        or admin_level <> previous_level
        or region_code <> previous_region
),

stretches as (
    select
        accounts.platform,
        accounts.account_id,
        -- The first class holds from the first day of the account, stated or not.
        case when coalesce(starts.is_first, true) then accounts.first_seen_date else starts.observed_date end
            as from_date,
        lead(starts.observed_date) over (
            partition by accounts.account_number order by starts.observed_date nulls last
        ) as until_date,
        coalesce(starts.account_kind, accounts.account_kind) as account_kind,
        coalesce(starts.admin_level, accounts.admin_level) as admin_level,
        coalesce(starts.region_code, accounts.region_code) as region_code
    from accounts
    left join starts on accounts.account_number = starts.account_number
)

select
    platform,
    account_id,
    from_date,
    until_date,
    account_kind,
    admin_level,
    region_code
from stretches
