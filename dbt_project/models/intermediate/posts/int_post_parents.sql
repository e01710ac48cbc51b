-- Grain: one official post and another that it reposts or replies to (relation), in the version
-- that counts. answer_hash tells posts of the same words.
with related as (
    select
        chosen.platform,
        chosen.post_id,
        chosen.account_id,
        chosen.posted_at,
        versions.posted_at_precision,
        versions.source_name,
        chosen.first_seen_at,
        versions.repost_of_post_id,
        versions.reply_to_post_id,
        versions.text
    from {{ ref('int_post_versions_chosen') }} as chosen
    inner join {{ ref('stg_core__posts') }} as versions
        on
            chosen.platform = versions.platform
            and chosen.post_id = versions.post_id
            and chosen.version_observed_at = versions.observed_at
            and chosen.version_file_id = versions.file_id
            and chosen.version_record_number = versions.record_number
    where
        (versions.repost_of_post_id is not null or versions.reply_to_post_id is not null)
        and chosen.posted_at is not null
        and chosen.account_id is not null
)

select
    platform,
    post_id,
    account_id,
    posted_at,
    posted_at_precision,
    source_name,
    first_seen_at,
    'repost' as relation,
    repost_of_post_id as parent_post_id,
    {{ answer_hash('text', 'post_id', 'posted_at_precision') }} as answer_hash
from related
where repost_of_post_id is not null
union all
select
    platform,
    post_id,
    account_id,
    posted_at,
    posted_at_precision,
    source_name,
    first_seen_at,
    'reply' as relation,
    reply_to_post_id as parent_post_id,
    {{ answer_hash('text', 'post_id', 'posted_at_precision') }} as answer_hash
from related
where reply_to_post_id is not null
