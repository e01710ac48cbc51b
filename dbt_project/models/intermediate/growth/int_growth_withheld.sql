-- Grain: one period and group whose values are withheld, so that nobody can be singled out.
-- Withheld: up to the limit of the group; in the period after it, whose flows would give the count
-- away; whenever only 1 to 4 people's accounts were checked; and then other groups of the sum.
with framed as (
    select
        people.*,
        limits.until > 0 and limits.until >= people.start_number - 1 as is_withheld,
        people.checked between 1 and 4 as is_hardly_checked
    from {{ ref('int_growth_people') }} as people
    inner join {{ ref('int_growth_limits') }} as limits
        on
            people.platform = limits.platform
            and people.account_kind = limits.account_kind
            and people.admin_level = limits.admin_level
            and people.region_code = limits.region_code
),

hard_periods as (
    select distinct
        period,
        period_start
    from framed
    where is_hardly_checked and not is_withheld
),

checked_cells as (
    select
        framed.period,
        framed.period_start,
        framed.platform,
        framed.account_kind,
        framed.admin_level,
        framed.region_code,
        -- A group nobody of which was checked hides nothing: it comes last.
        framed.checked as weight,
        case when framed.checked > 0 then framed.checked else 9000000000 end as place,
        case when framed.is_withheld or framed.is_hardly_checked then 1 else 0 end as until
    from framed
    inner join hard_periods
        on framed.period = hard_periods.period and framed.period_start = hard_periods.period_start
),
{{ withhold_partners('checked_cells', ['period', 'period_start'], 4) }}

select
    period,
    period_start,
    platform,
    account_kind,
    admin_level,
    region_code
from closed
where until = 1
union
select
    period,
    period_start,
    platform,
    account_kind,
    admin_level,
    region_code
from framed
where is_withheld
