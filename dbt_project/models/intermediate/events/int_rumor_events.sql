-- Grain: one public claim that a platform ruled on. The ruling is the platform's claim, not truth.
select
    event_id,
    'rumor' as event_type,
    claim_text as title,
    cast(null as {{ dbt.type_string() }}) as topic_key,
    {{ earliest_instant('claimed_at', 'claimed_at_precision') }} as onset_lo_at,
    {{ latest_instant('claimed_at', 'claimed_at_precision') }} as onset_hi_at,
    last_seen_at,
    source_name as source
from {{ ref('int_rulings_chosen') }}
