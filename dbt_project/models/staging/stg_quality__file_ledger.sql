-- Grain: one delivery of one raw file.
with source as (
    select * from {{ source('quality', 'file_ledger') }}
)

select
    file_id,
    source_name,
    format
from source
