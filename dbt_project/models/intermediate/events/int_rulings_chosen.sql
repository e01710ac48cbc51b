-- Grain: one ruling, in the version that counts, with the id of its event.
-- The version with the most precise time counts, then the one seen latest.
with ranked as (
    select
        *,
        max(observed_at) over (partition by platform, ruling_id) as last_seen_at,
        row_number() over (
            partition by platform, ruling_id
            order by
                precision_rank nulls last,
                observed_at desc nulls last,
                claimed_at nulls last,
                claim_text nulls last,
                file_sha256 nulls last,
                record_number nulls last
        ) as version_order
    from {{ ref('stg_core__rulings') }}
    where claimed_at is not null
)

select
    'rumor:' || {{ short_hash("platform || chr(31) || ruling_id") }} as event_id,
    platform,
    ruling_id,
    claimed_at,
    claimed_at_precision,
    claim_text,
    hashtag_keys,
    cited_account_ids,
    cited_post_ids,
    cited_at,
    cited_names,
    last_seen_at,
    source_name
from ranked
where version_order = 1
