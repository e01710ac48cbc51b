-- Grain: one version of one ruling of a platform on one public claim.
with source as (
    select * from {{ source('core', 'rulings') }}
)

select
    platform,
    ruling_id,
    claimed_at,
    posted_at_precision as claimed_at_precision,
    {{ precision_rank('posted_at_precision') }} as precision_rank,
    claim_text,
    hashtag_keys,
    cited_account_ids,
    cited_post_ids,
    cited_at,
    cited_names,
    observed_at,
    source_name,
    file_sha256,
    record_number
from source
