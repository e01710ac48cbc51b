-- Grain: one published figure, as printed, with its scope.
-- as_of_date: the day printed; for a month or year its last day, as the ledger's own full dates
-- do; NULL where the source does not say (studies, quarters, unknown).
with figures as (
    select * from {{ ref('reported_figures') }}
)

select
    figure_id,
    as_of_text,
    case
        when as_of_text like '____-__-__%' then cast(substring(as_of_text, 1, 10) as date)
        when date_precision = 'month' and as_of_text like '____-__'
            then last_day(cast(as_of_text || '-01' as date))
        when date_precision = 'year' and as_of_text like '____'
            then cast(as_of_text || '-12-31' as date)
    end as as_of_date,
    date_precision,
    platform_scope,
    actor_scope,
    sector,
    metric,
    qualifier,
    value,
    claim_unit,
    parts_sum_to,
    publisher,
    source_url,
    published_text,
    confidence,
    note,
    {{ build_id() }} as build_id
from figures
