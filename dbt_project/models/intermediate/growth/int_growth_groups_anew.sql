-- Grain: one platform, kind, level and region, each also as `all`, whose sums this build makes anew for
-- all of the study: it is new, or something was counted anew in a period before the first day made anew.
-- depends_on: {{ ref('int_days_anew') }} {{ ref('stg_meta__builds') }}
with changed as (
    select
        platform,
        account_kind,
        admin_level,
        region_code
    from {{ ref('int_growth_leaves') }}
    where {{ is_pending('build_id') }} and not {{ is_period_anew('period', 'period_start') }}
    union
    select
        platform,
        account_kind,
        admin_level,
        region_code
    from {{ ref('int_growth_classes') }}
    where {{ is_pending('build_id') }}
)

select
    coalesce(platform, 'all') as platform,
    coalesce(account_kind, 'all') as account_kind,
    coalesce(admin_level, 'all') as admin_level,
    coalesce(region_code, 'all') as region_code
from changed
group by cube (platform, account_kind, admin_level, region_code)
