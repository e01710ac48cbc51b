-- Grain: one candidate that somebody confirmed or corrected: a figure.
with source as (
    select * from {{ source('quality', 'claim_reviews') }}
)

select
    candidate_id,
    value,
    qualifier,
    value_lo,
    value_hi,
    claim_unit,
    metric,
    actor_scope,
    sector,
    platform_scope,
    region_code,
    as_of_text,
    as_of_date,
    date_precision,
    publisher,
    speaker_kind,
    outlet,
    source_url,
    published_text,
    confidence,
    quote,
    note
from source
where decision in ('confirmed', 'corrected')
