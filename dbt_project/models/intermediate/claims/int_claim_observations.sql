-- Grain: one published figure, with what is observed in the same scope, or why nothing is.
-- Accounts: those registered by the day of the figure (lo), and with those whose registration
-- nobody knows (hi); of a figure of one region also those whose region nobody knows. Who is collected is no census, so a count below the figure says nothing.
-- Followers: those of one named account on that very day.
with figures as (
    select
        *,
        -- Without its region.
        split_part(sector, ' in ', 1) as sector_printed
    from {{ ref('int_claim_scopes') }}
),

accounts as (
    select
        platform,
        account_kind,
        screen_name,
        account_id,
        region_code,
        registered_date
    from {{ ref('int_accounts_resolved') }}
),

bounds as (
    select * from {{ ref('int_observation_bounds') }}
),

platforms_observed as (
    select distinct platform from accounts
),

platforms_of_figures as (
    select
        figures.figure_id,
        count(platforms_observed.platform) as platforms_seen,
        max(length(figures.platform_key) - length(replace(figures.platform_key, '+', '')) - 1) as platforms_named
    from figures
    left join platforms_observed
        on position('+' || platforms_observed.platform || '+' in figures.platform_key) > 0
    group by figures.figure_id
),

-- Organs are police; whoever counts government counts every other body of the state too.
counted as (
    select
        figures.figure_id,
        count(*) filter (
            where
            accounts.registered_date <= figures.as_of_date
            and (figures.region_prefix is null or accounts.region_code is not null)
        ) as accounts_lo,
        count(*) filter (
            where accounts.registered_date <= figures.as_of_date or accounts.registered_date is null
        ) as accounts_hi
    from figures
    inner join accounts
        on
            position('+' || accounts.platform || '+' in figures.platform_key) > 0
            and (
                (figures.actor_scope like 'organ%' and accounts.account_kind = 'organ')
                or (figures.actor_scope like '%officer' and accounts.account_kind = 'officer')
                or (
                    figures.sector_named = 'all'
                    and figures.actor_scope like 'organ%'
                    and accounts.account_kind = 'other_government'
                )
            )
    where
        figures.metric = 'accounts'
        and (
            figures.region_prefix is null
            or accounts.region_code is null
            or substring(accounts.region_code, 1, length(figures.region_prefix)) = figures.region_prefix
        )
    group by figures.figure_id
),

followed as (
    select
        figures.figure_id,
        min(days.followers_lo) as followers_lo,
        max(days.followers_hi) as followers_hi,
        count(distinct accounts.platform || accounts.account_id) as accounts_named
    from figures
    inner join accounts
        on
            figures.sector_printed = '@' || accounts.screen_name
            and position('+' || accounts.platform || '+' in figures.platform_key) > 0
    inner join {{ ref('account_days') }} as days
        on
            accounts.platform = days.platform
            and accounts.account_id = days.account_id
            and figures.as_of_date = days.observed_date
    where figures.metric = 'followers' and days.followers_lo is not null
    group by figures.figure_id
),

judged as (
    select
        figures.*,
        counted.accounts_lo,
        counted.accounts_hi,
        followed.followers_lo,
        followed.followers_hi,
        case
            when figures.metric not in ('accounts', 'followers') then 'nothing that is observed measures it'
            when figures.as_of_date is null or figures.is_date_doubtful then 'its day is not known'
            when bounds.data_through_date is null or figures.as_of_date > bounds.data_through_date
                then 'observations do not reach its day'
            when figures.metric = 'followers' and figures.sector_printed not like '@%'
                then 'followers are observed of single accounts'
            when
                figures.metric = 'followers'
                and figures.date_precision not in ('day', 'publication date')
                then 'followers need a day, not a period'
        end as untestable,
        case
            when figures.platform_key is null then 'not every platform is named or observed here'
            when named.platforms_seen between 1 and named.platforms_named - 1
                then 'not every one of its platforms is observed'
            when figures.metric = 'accounts' and coalesce(figures.sector_printed, '') not in ('police', 'all')
                then 'its sector is not told apart here'
            when figures.metric = 'accounts' and coalesce(figures.actor_scope, '') not in ('organ', 'officer', 'organ+officer')
                then 'its actors are not told apart here'
            when
                figures.metric = 'accounts' and figures.sector_printed = 'all' and figures.actor_scope like '%officer'
                then 'officials other than police are not told apart here'
        end as mismatch,
        named.platforms_seen
    from figures
    cross join bounds
    left join platforms_of_figures as named on figures.figure_id = named.figure_id
    left join counted on figures.figure_id = counted.figure_id
    left join followed
        on figures.figure_id = followed.figure_id and followed.accounts_named = 1
)

select
    figure_id,
    metric,
    value_lo,
    value_hi,
    case
        when untestable is null and mismatch is null and metric = 'accounts'
            -- A handful of people is nobody's business.
            and not (actor_scope like '%officer' and coalesce(accounts_hi, 0) < 5)
            then accounts_lo
        when untestable is null and mismatch is null and metric = 'followers' then followers_lo
    end as observed_lo,
    case
        when untestable is null and mismatch is null and metric = 'accounts'
            and not (actor_scope like '%officer' and coalesce(accounts_hi, 0) < 5)
            then accounts_hi
        when untestable is null and mismatch is null and metric = 'followers' then followers_hi
    end as observed_hi,
    metric = 'accounts' as is_no_census,
    untestable,
    mismatch,
    platforms_seen
from judged
