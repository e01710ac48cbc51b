-- Grain: one version of one post, with the local day of its publication.
-- The winner among versions is chosen once, in int_post_versions_chosen: a view that removes
-- duplicates would make every reader pay for it again.
with source as (
    select * from {{ source('core', 'posts') }}
)

select
    platform,
    post_id,
    account_id,
    posted_at,
    {{ local_date('posted_at') }} as posted_date,
    posted_at_source,
    posted_at_precision,
    {{ precision_rank('posted_at_precision') }} as precision_rank,
    text,
    hashtags,
    hashtag_keys,
    kind,
    is_repost,
    repost_of_post_id,
    reply_to_post_id,
    cited_post_ids,
    addressed_names,
    is_rebuttal,
    is_reversal,
    is_official,
    account_state as post_state,
    observed_at,
    observed_at_source,
    source_name,
    file_id,
    file_sha256,
    record_number
from source
