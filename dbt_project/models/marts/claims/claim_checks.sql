-- Grain: one published figure, one kind of check, and what it is held against.
-- observed: what is observed in the same scope. parts_sum: parts printed with it, or organs and
-- officers printed beside it. printed_share, printed_growth: a percentage recomputed. unit_slip: a
-- thousand times the greatest figure of the year around. monotony: less than an earlier figure.
-- `above` and `below` say where what it is held against lies.
with figures as (
    select * from {{ ref('int_claim_scopes') }}
),

observed as (
    select
        figure_id,
        'observed' as check_kind,
        'observed' as compared_with,
        value_lo as claimed_lo,
        value_hi as claimed_hi,
        cast(observed_lo as double) as compared_lo,
        cast(observed_hi as double) as compared_hi,
        case
            when untestable is not null then 'not_testable'
            when mismatch is not null then 'scope_mismatch'
            when observed_lo is null then 'not_testable'
            when observed_lo > value_hi then 'above'
            -- Collected accounts that are fewer than claimed are no evidence: nobody collects all.
            when is_no_census and observed_lo < coalesce(value_lo, 0) then 'not_testable'
            when observed_hi < value_lo then 'below'
            else 'consistent'
        end as verdict,
        case
            when untestable is not null then untestable
            when mismatch is not null then mismatch
            when observed_lo is null then 'nothing is observed in its scope on its day'
            when is_no_census and observed_lo < coalesce(value_lo, 0) and not observed_lo > coalesce(value_hi, observed_lo)
                then 'fewer accounts are collected than it claims, and they are no census'
        end as verdict_reason
    from {{ ref('int_claim_observations') }}
),

printed_parts as (
    select
        figure_id,
        'parts_sum' as check_kind,
        parts_sum_to as compared_with,
        value_lo as claimed_lo,
        value_hi as claimed_hi,
        {%- set parts = [1, 2, 3, 4] %}
        {% for part in parts -%}
        coalesce(cast(nullif(split_part(parts_sum_to, '+', {{ part }}), '') as double), 0)
        {{- ' + ' if not loop.last }}
        {% endfor -%}
        as compared_lo
    from figures
    where regexp_extract(parts_sum_to, '^[0-9]+([+][0-9]+)+$', 0) <> ''
),

beside_parts as (
    select
        totals.figure_id,
        'parts_sum' as check_kind,
        organs.figure_id || '+' || officers.figure_id as compared_with,
        totals.value_lo as claimed_lo,
        totals.value_hi as claimed_hi,
        organs.value_lo + officers.value_lo as compared_lo,
        organs.value_hi + officers.value_hi as compared_hi
    from figures as totals
    inner join figures as organs
        on
            totals.metric = organs.metric
            and totals.as_of_date = organs.as_of_date
            and totals.platforms_named = organs.platforms_named
            and totals.sector = organs.sector
            and totals.publisher = organs.publisher
    inner join figures as officers
        on
            totals.metric = officers.metric
            and totals.as_of_date = officers.as_of_date
            and totals.platforms_named = officers.platforms_named
            and totals.sector = officers.sector
            and totals.publisher = officers.publisher
    where
        totals.metric = 'accounts'
        and totals.actor_scope = 'organ+officer'
        and organs.actor_scope = 'organ'
        and officers.actor_scope = 'officer'
),

shares as (
    select
        figure_id,
        'printed_share' as check_kind,
        parts_sum_to as compared_with,
        value - {{ half_of_percent('value') }} as claimed_lo,
        value + {{ half_of_percent('value') }} as claimed_hi,
        100e0 * cast(split_part(parts_sum_to, '/', 1) as double)
        / nullif(cast(split_part(parts_sum_to, '/', 2) as double), 0) as compared_lo
    from figures
    where regexp_extract(parts_sum_to, '^[0-9]+/[0-9]+$', 0) <> ''
),

-- A printed percentage may be rounded or cut off.
ledger_growth as (
    select
        later_figures as figure_id,
        'printed_growth' as check_kind,
        earlier_figures as compared_with,
        printed_percent - {{ half_of_percent('printed_percent') }} as claimed_lo,
        printed_percent + 2 * {{ half_of_percent('printed_percent') }} as claimed_hi,
        growth_percent as compared_lo
    from {{ ref('claim_growth') }}
    where printed_percent is not null and growth_percent is not null
),

stated_growth as (
    select
        rates.figure_id,
        'printed_growth' as check_kind,
        earlier.figure_id || '..' || later.figure_id as compared_with,
        rates.value - {{ half_of_percent('rates.value') }} as claimed_lo,
        rates.value + 2 * {{ half_of_percent('rates.value') }} as claimed_hi,
        case when rates.metric = 'decline' then -100e0 else 100e0 end * (later.value / earlier.value - 1)
            as compared_lo
    from figures as rates
    inner join figures as later
        on
            rates.as_of_date = later.as_of_date
            -- Who prints a rate and a total for one day means the rate of that total.
            and rates.publisher = later.publisher
            and rates.platforms_named = later.platforms_named
            and rates.actor_scope = later.actor_scope
            and rates.sector = later.sector
    inner join figures as earlier
        on
            later.metric = earlier.metric
            and later.platforms_named = earlier.platforms_named
            and later.actor_scope = earlier.actor_scope
            and later.sector = earlier.sector
            and {{ days_between('earlier.as_of_date', 'later.as_of_date') }} between 335 and 396
    where
        rates.metric in ('growth', 'decline')
        and later.metric = 'accounts'
        and later.qualifier = '='
        and earlier.qualifier = '='
        and earlier.value > 0
),

-- Neighbours in time, of whatever platforms: a sum over platforms is never a thousand times one.
-- Followers and posts are those of one account: all of them may well be a thousand times one bureau's.
neighbours as (
    select
        figures.figure_id,
        figures.value,
        others.figure_id as other_id,
        others.value as other_value,
        row_number() over (
            partition by figures.figure_id order by others.value desc nulls last, others.figure_id
        ) as place
    from figures
    inner join figures as others
        on
            figures.metric = others.metric
            and figures.sector = others.sector
            and figures.actor_scope = others.actor_scope
            and figures.figure_id <> others.figure_id
            -- Accounts on WeChat are no neighbours of microblogs; an unnamed platform is one of microblogs.
            and (
                figures.platforms_named = others.platforms_named
                or (
                    (figures.platform_key is not null or coalesce(figures.platforms_named, 'unspecified') = 'unspecified')
                    and (others.platform_key is not null or coalesce(others.platforms_named, 'unspecified') = 'unspecified')
                )
            )
            and {{ days_between('figures.as_of_date', 'others.as_of_date') }} between -400 and 400
    where
        (figures.metric = 'accounts' or (figures.metric in ('followers', 'posts') and figures.sector like '@%'))
        and others.value > 0
),

slips as (
    select
        figure_id,
        'unit_slip' as check_kind,
        other_id as compared_with,
        value as claimed_lo,
        value as claimed_hi,
        other_value as compared_lo,
        other_value as compared_hi,
        case when value >= 1000 * other_value then 'below' else 'consistent' end as verdict,
        case
            when value >= 1000 * other_value
                then 'a thousand times the greatest figure of the year around: perhaps 万 or 亿 too much'
        end as verdict_reason
    from neighbours
    where place = 1
),

-- Against the greatest earlier figure of the same scope, and of another one of the same actors.
earlier_ones as (
    select
        later.figure_id,
        earlier.figure_id as other_id,
        later.value_lo as claimed_lo,
        later.value_hi as claimed_hi,
        earlier.value_lo as compared_lo,
        earlier.value_hi as compared_hi,
        later.value < earlier.value as is_less,
        coalesce(
            later.platform_key is not null and later.platform_key = earlier.platform_key
            and not (later.is_date_doubtful or earlier.is_date_doubtful), false
        ) as is_same_scope,
        row_number() over (
            partition by
                later.figure_id,
                coalesce(
                    later.platform_key is not null and later.platform_key = earlier.platform_key
                    and not (later.is_date_doubtful or earlier.is_date_doubtful), false
                )
            order by earlier.value_lo desc nulls last, earlier.figure_id
        ) as place
    from figures as later
    inner join figures as earlier
        on
            later.metric = earlier.metric
            and later.sector = earlier.sector
            and later.actor_scope = earlier.actor_scope
            and later.as_of_date > earlier.as_of_date
    where later.metric = 'accounts' and not later.is_from_memory and not earlier.is_from_memory
),

falls as (
    select
        figure_id,
        'monotony' as check_kind,
        other_id as compared_with,
        claimed_lo,
        claimed_hi,
        compared_lo,
        compared_hi,
        case
            when not is_same_scope then 'scope_mismatch'
            when claimed_hi < compared_lo then 'above'
            else 'consistent'
        end as verdict,
        case
            when not is_same_scope then 'less than an earlier figure of other platforms or of a doubtful day: no fall'
            when claimed_hi < compared_lo then 'less than an earlier figure of the same scope'
        end as verdict_reason
    from earlier_ones
    where place = 1 and (is_same_scope or is_less)
),

recomputed as (
    select figure_id, check_kind, compared_with, claimed_lo, claimed_hi, compared_lo, compared_lo as compared_hi from printed_parts
    union all
    select figure_id, check_kind, compared_with, claimed_lo, claimed_hi, compared_lo, compared_hi from beside_parts
    union all
    select figure_id, check_kind, compared_with, claimed_lo, claimed_hi, compared_lo, compared_lo as compared_hi from shares
    union all
    select figure_id, check_kind, compared_with, claimed_lo, claimed_hi, compared_lo, compared_lo as compared_hi from ledger_growth
    union all
    select figure_id, check_kind, compared_with, claimed_lo, claimed_hi, compared_lo, compared_lo as compared_hi from stated_growth
),

audited as (
    select
        *,
        case
            when compared_lo > claimed_hi + 1e-9 then 'above'
            when compared_hi < claimed_lo - 1e-9 then 'below'
            else 'consistent'
        end as verdict,
        case
            when compared_lo <= claimed_hi + 1e-9 and compared_hi >= claimed_lo - 1e-9 then null
            when compared_lo > claimed_hi + 1e-9 or compared_hi < claimed_lo - 1e-9
                then case check_kind
                    when 'parts_sum' then 'its parts do not sum to it'
                    when 'printed_share' then 'its two numbers do not give this share'
                    else 'its figures do not give this growth'
                end
        end as verdict_reason
    from recomputed
),

checks as (
    select * from observed
    union all
    select * from audited
    union all
    select * from slips
    union all
    select * from falls
)

select
    figure_id,
    check_kind,
    compared_with,
    claimed_lo,
    claimed_hi,
    compared_lo,
    compared_hi,
    round(compared_lo / nullif(claimed_hi, 0), 9) as ratio_lo,
    round(compared_hi / nullif(claimed_lo, 0), 9) as ratio_hi,
    verdict,
    verdict_reason,
    {{ build_id() }} as build_id
from checks
