-- Grain: one source as declared or sniffed.
-- A register names accounts and says nothing else: a list of accounts, or a mapped file that fills
-- the table of accounts alone.
with source as (
    select * from {{ source('meta', 'sources') }}
)

select
    source_name,
    timezone,
    coalesce(
        format = 'account_list_csv'
        or (format = 'mapped' and replace(declaration, ' ', '') like '%_table_:_account_snapshots_%'),
        false
    ) as is_register
from source
