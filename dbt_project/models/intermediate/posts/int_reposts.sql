-- Grain: one official post that reposts another, in the version that counts.
select
    chosen.platform,
    chosen.post_id,
    chosen.account_id,
    chosen.posted_at,
    versions.repost_of_post_id
from {{ ref('int_post_versions_chosen') }} as chosen
inner join {{ ref('stg_core__posts') }} as versions
    on
        chosen.platform = versions.platform
        and chosen.post_id = versions.post_id
        and chosen.version_observed_at = versions.observed_at
        and chosen.version_file_id = versions.file_id
        and chosen.version_record_number = versions.record_number
where
    versions.repost_of_post_id is not null
    and chosen.posted_at is not null
    and chosen.account_id is not null
