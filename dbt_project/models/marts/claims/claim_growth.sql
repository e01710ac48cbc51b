-- Grain: two published figures of the same thing at different days, the earlier one first: growth
-- between them recomputed, or the reason why they must not be compared.
-- Organs and officers printed apart by one publisher for one day are also taken together, where no
-- total was printed. A base known only from a printed rate of growth comes from reported_growth.
with printed as (
    select
        figure_id as figures,
        as_of_date,
        metric,
        -- A remark in brackets says how the scope was printed, not what it is.
        trim(split_part(platform_scope, ' (', 1)) as platform_scope,
        actor_scope,
        case when sector like '@%' then sector else sector || coalesce(' in ' || region_code, '') end as sector,
        qualifier,
        value,
        publisher,
        confidence = 'M' as is_from_memory,
        as_of_text like '%(%' as is_date_doubtful,
        'printed' as origin
    from {{ ref('reported_claims') }}
    where metric in ('accounts', 'followers') and as_of_date is not null
),

rates as (
    select * from {{ ref('reported_growth') }}
),

taken_together as (
    select
        organs.figures || '+' || officers.figures as figures,
        organs.as_of_date,
        organs.metric,
        organs.platform_scope,
        'organ+officer' as actor_scope,
        organs.sector,
        organs.qualifier,
        organs.value + officers.value as value,
        organs.publisher,
        organs.is_from_memory or officers.is_from_memory as is_from_memory,
        organs.is_date_doubtful or officers.is_date_doubtful as is_date_doubtful,
        'sum_of_printed' as origin
    from printed as organs
    inner join printed as officers
        on
            organs.as_of_date = officers.as_of_date
            and organs.metric = officers.metric
            and organs.platform_scope = officers.platform_scope
            and organs.sector = officers.sector
            and organs.publisher = officers.publisher
            and organs.qualifier = officers.qualifier
    left join printed as totals
        on
            organs.as_of_date = totals.as_of_date
            and organs.metric = totals.metric
            and organs.platform_scope = totals.platform_scope
            and organs.sector = totals.sector
            and totals.actor_scope = 'organ+officer'
    where
        organs.actor_scope = 'organ'
        and officers.actor_scope = 'officer'
        and organs.qualifier = '='
        and totals.figures is null
),

bases as (
    select
        rates.base_figures as figures,
        rates.base_date as as_of_date,
        printed.metric,
        printed.platform_scope,
        printed.actor_scope,
        printed.sector,
        printed.qualifier,
        rates.base_value as value,
        printed.publisher,
        printed.is_from_memory,
        printed.is_date_doubtful,
        'worked_out' as origin
    from rates
    inner join printed on rates.figure_id = printed.figures
    where rates.base_value is not null
),

figures as (
    select * from printed
    union all
    select * from taken_together
    union all
    select * from bases
),

paired as (
    select
        earlier.figures as earlier_figures,
        later.figures as later_figures,
        earlier.metric,
        earlier.as_of_date as earlier_date,
        later.as_of_date as later_date,
        earlier.platform_scope || ' | ' || coalesce(earlier.actor_scope, '?') || ' | ' || coalesce(earlier.sector, '?') as earlier_scope,
        later.platform_scope || ' | ' || coalesce(later.actor_scope, '?') || ' | ' || coalesce(later.sector, '?') as later_scope,
        earlier.qualifier as earlier_qualifier,
        later.qualifier as later_qualifier,
        earlier.value as earlier_value,
        later.value as later_value,
        earlier.origin as earlier_value_origin,
        later.origin as later_value_origin,
        {{ days_between('earlier.as_of_date', 'later.as_of_date') }} as elapsed_days,
        case when earlier.platform_scope <> later.platform_scope then 'the platforms differ; ' else '' end
        || case
            when earlier.platform_scope in ('unspecified', 'multi') or earlier.platform_scope like '%?%'
                or later.platform_scope in ('unspecified', 'multi') or later.platform_scope like '%?%'
                then 'not every platform is named; '
            else ''
        end
        || case
            when earlier.actor_scope is null or later.actor_scope is null then 'whose accounts they are is not known; '
            when earlier.actor_scope <> later.actor_scope then 'the actors differ; '
            else ''
        end
        || case
            when earlier.sector is null or later.sector is null then 'a sector is not known; '
            when earlier.sector <> later.sector then 'the sectors differ; '
            else ''
        end
        || case
            when earlier.is_from_memory or later.is_from_memory then 'a figure is from memory, unverified; '
            else ''
        end
        || case
            when earlier.is_date_doubtful or later.is_date_doubtful then 'a date is doubtful; '
            else ''
        end as reasons
    from figures as earlier
    inner join figures as later
        on earlier.metric = later.metric and earlier.as_of_date < later.as_of_date
),

judged as (
    select
        *,
        nullif(reasons, '') is null as is_comparable,
        case
            when reasons = '' and earlier_value > 0 and later_value > 0
                then ln(later_value / earlier_value) / elapsed_days
        end as growth_per_day
    from paired
)

select
    judged.earlier_figures,
    judged.later_figures,
    judged.metric,
    judged.earlier_scope,
    judged.later_scope,
    judged.earlier_date,
    judged.later_date,
    judged.elapsed_days,
    judged.earlier_value,
    judged.later_value,
    judged.earlier_value_origin,
    judged.later_value_origin,
    judged.is_comparable,
    case when not judged.is_comparable then trim(trailing ';' from trim(judged.reasons)) end as refusal,
    case
        when judged.is_comparable then round(100e0 * (judged.later_value / judged.earlier_value - 1), 6)
    end as growth_percent,
    round(judged.growth_per_day, 12) as claimed_growth_per_day,
    case
        when judged.growth_per_day > 0 and judged.earlier_value >= 30
            then round(ln(2e0) / judged.growth_per_day, 9)
    end as claimed_doubling_days,
    -- "More than" at the start makes the true doubling slower, at the end faster.
    case
        when judged.growth_per_day <= 0 or judged.earlier_value < 30 or not judged.is_comparable
            then null
        when judged.earlier_qualifier = '=' and judged.later_qualifier = '=' then '='
        when '~' in (judged.earlier_qualifier, judged.later_qualifier) then '~'
        when judged.earlier_qualifier in ('>', '>=') and judged.later_qualifier = '=' then '>='
        when judged.earlier_qualifier = '=' and judged.later_qualifier in ('>', '>=') then '<='
        else '~'
    end as doubling_qualifier,
    rates.printed_percent,
    case
        when rates.printed_percent is null then null
        when
            abs(100e0 * (judged.later_value / judged.earlier_value - 1) - rates.printed_percent)
            <= 0.5e0 / power(10e0, rates.printed_decimals) + 1e-9
            then 'reproduced'
        else 'not_reproduced'
    end as printed_verdict,
    {{ build_id() }} as build_id
from judged
left join rates
    on judged.later_figures = rates.figure_id and judged.earlier_figures = rates.base_figures
