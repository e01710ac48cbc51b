-- Grain: one published figure, with its scope: the shipped ledger as printed, and figures found in
-- articles once somebody confirmed them. What a rule found and nobody decided on is in no row.
-- as_of_date: the day printed; for a month or year its last day, as the ledger's own full dates
-- do; NULL where the source does not say (studies, quarters, unknown).
with figures as (
    select * from {{ ref('reported_figures') }}
),

confirmed as (
    select * from {{ ref('stg_quality__claim_reviews') }}
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
    cast(null as {{ dbt.type_string() }}) as region_code,
    metric,
    qualifier,
    value,
    {{ claim_lo('value', 'qualifier') }} as value_lo,
    {{ claim_hi('value', 'qualifier') }} as value_hi,
    claim_unit,
    parts_sum_to,
    publisher,
    cast(null as {{ dbt.type_string() }}) as speaker_kind,
    cast(null as {{ dbt.type_string() }}) as outlet,
    source_url,
    published_text,
    cast(null as {{ dbt.type_string() }}) as quote,
    confidence,
    note,
    'ledger' as claim_origin,
    {{ build_id() }} as build_id
from figures
union all
select
    'review:' || candidate_id as figure_id,
    coalesce(as_of_text, cast(as_of_date as {{ dbt.type_string() }})) as as_of_text,
    as_of_date,
    coalesce(date_precision, 'unknown') as date_precision,
    platform_scope,
    actor_scope,
    sector,
    region_code,
    metric,
    qualifier,
    value,
    -- What the wording allows, where the reviewer left it; a corrected value has new bounds.
    case when value_lo is null and value_hi is null then {{ claim_lo('value', 'qualifier') }} else value_lo end
        as value_lo,
    case when value_lo is null and value_hi is null then {{ claim_hi('value', 'qualifier') }} else value_hi end
        as value_hi,
    claim_unit,
    cast(null as {{ dbt.type_string() }}) as parts_sum_to,
    coalesce(publisher, outlet) as publisher,
    speaker_kind,
    outlet,
    source_url,
    published_text,
    quote,
    coalesce(confidence, 'B') as confidence,
    note,
    'review' as claim_origin,
    {{ build_id() }} as build_id
from confirmed
