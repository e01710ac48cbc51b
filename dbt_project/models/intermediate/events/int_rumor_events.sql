-- Grain: one public claim that a platform ruled on. The ruling is the platform's claim, not truth.
select
    rulings.event_id,
    'rumor' as event_type,
    rulings.claim_text as title,
    cast(null as {{ dbt.type_string() }}) as topic_key,
    {{ earliest_instant('rulings.claimed_at', 'rulings.claimed_at_precision') }} as onset_lo_at,
    {{ latest_instant('rulings.claimed_at', 'rulings.claimed_at_precision', 'sources.timezone') }} as onset_hi_at,
    rulings.last_seen_at,
    rulings.source_name as source
from {{ ref('int_rulings_chosen') }} as rulings
left join {{ ref('stg_meta__sources') }} as sources on rulings.source_name = sources.source_name
