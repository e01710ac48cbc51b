-- Grain: one published figure, with its scope in the words of this warehouse.
-- platform_key is +a+b+ of the platforms named, NULL where one of them is not named or unknown here.
-- sector is that of one region where one is named: figures of two regions are none of one scope.
-- Of one account by name the name is the scope, whether or not a sentence says where it is.
-- `all` actors are organs and officers; a remark in brackets says how a scope was printed.
with claims as (
    select
        *,
        trim(split_part(platform_scope, ' (', 1)) as platforms_named,
        trim(split_part(sector, ' (', 1)) as sector_named
    from {{ ref('reported_claims') }}
),

spelled as (
    select
        *,
        '+' || replace(
            replace(replace(replace(platforms_named, 'sina', 'weibo'), 'tencent', 'tencent_weibo'),
            'people', 'people_weibo'), 'xinhua', 'xinhua_weibo'
        ) || '+' as platform_words
    from claims
)

select
    figure_id,
    as_of_date,
    date_precision,
    metric,
    qualifier,
    value,
    value_lo,
    value_hi,
    publisher,
    parts_sum_to,
    platforms_named,
    case when actor_scope = 'all' then 'organ+officer' else actor_scope end as actor_scope,
    case when sector like '@%' then sector else sector || coalesce(' in ' || region_code, '') end as sector,
    sector_named,
    case
        when sector like '@%' then null
        when region_code like '__0000' then substring(region_code, 1, 2)
        when region_code like '____00' then substring(region_code, 1, 4)
        else region_code
    end as region_prefix,
    confidence = 'M' as is_from_memory,
    as_of_text like '%(%' as is_date_doubtful,
    case
        when
            replace(
                replace(replace(replace(platform_words, 'tencent_weibo', ''), 'people_weibo', ''), 'xinhua_weibo', ''),
                'weibo', ''
            ) in ('+', '++', '+++', '++++', '+++++')
            and platforms_named <> ''
            then platform_words
    end as platform_key
from spelled
