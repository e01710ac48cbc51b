-- Grain: one group that may hold people, with the last day until which it is withheld.
-- A group is small on a day on which 1 to 4 people's accounts are in it, seen or registered; it is
-- withheld until it is small no more, and in every line of groups that add up a second one with it.
with counted as (
    select * from {{ ref('int_growth_people') }}
),

sizes as (
    select
        platform,
        account_kind,
        admin_level,
        region_code,
        max(greatest(seen_so_far, registered_so_far)) as size,
        max(case
            when seen_so_far between 1 and 4 or registered_so_far between 1 and 4 then end_number
            else 0
        end) as until
    from counted
    group by platform, account_kind, admin_level, region_code
    having max(greatest(seen_so_far, registered_so_far)) > 0
),
{{ withhold_partners('sizes', [], 3) }}

select
    platform,
    account_kind,
    admin_level,
    region_code,
    until
from closed
