-- Grain: one group that may hold people, with the last day until which it is withheld.
-- A group is small on a day on which 1 to 4 people's accounts are in it, seen or registered; it is
-- withheld until it is small no more, and with it other groups of every sum it is a part of.
with counted as (
    select * from {{ ref('int_growth_people') }}
),

sizes as (
    select
        platform,
        account_kind,
        admin_level,
        region_code,
        least(
            coalesce(min(case when seen_so_far > 0 then seen_so_far end), max(registered_so_far)),
            coalesce(min(case when registered_so_far > 0 then registered_so_far end), max(seen_so_far))
        ) as weight,
        max(case
            when seen_so_far between 1 and 4 or registered_so_far between 1 and 4 then end_number
            else 0
        end) as until
    from counted
    group by platform, account_kind, admin_level, region_code
    having max(greatest(seen_so_far, registered_so_far, checked)) > 0
),
cells as (
    select
        *,
        -- A group whose accounts nobody ever found has no numbers but that of checks: it comes last.
        case when weight > 0 then weight else 9000000000 end as place
    from sizes
),
{{ withhold_partners('cells', [], 4) }}

select
    platform,
    account_kind,
    admin_level,
    region_code,
    until
from closed
