-- Grain: one version of one article.
with source as (
    select * from {{ source('core', 'articles') }}
)

select
    article_id,
    outlet,
    title,
    title_key,
    published_at,
    published_at_precision,
    {{ precision_rank('published_at_precision') }} as precision_rank,
    observed_at,
    source_name,
    file_sha256,
    record_number
from source
