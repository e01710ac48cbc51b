-- Grain: one source on one local day on which it observed anything.
-- Deliveries count, not surviving rows: what another source had said before was observed all the same.
select distinct
    source_name,
    observed_date
from {{ source('quality', 'file_days') }}
