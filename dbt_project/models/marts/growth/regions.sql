-- Grain: one code of GB/T 2260 under one name.
select
    region_code,
    region_name,
    case
        when region_code like '%0000' then 'province'
        when region_code like '%00' then 'prefecture'
        else 'county'
    end as admin_level,
    cast(from_year as bigint) as from_year,
    cast(to_year as bigint) as to_year,
    {{ build_id() }} as build_id
from {{ ref('administrative_regions') }}
