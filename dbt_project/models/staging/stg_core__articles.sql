-- Grain: one version of one article.
with source as (
    select * from {{ source('core', 'articles') }}
)

select
    article_id,
    outlet,
    title,
    title_key,
    url,
    published_at,
    published_at_source,
    published_at_precision,
    {{ precision_rank('published_at_precision') }} as precision_rank,
    -- Where and when a report was written says nothing about where it happened.
    regexp_replace(
        substring(text, 1, 300),
        '^.{0,30}(新华社|中新社|中新网|人民网|本报|记者)[^。，]{0,24}(电|讯|报道)|' || chr(10) || '.*$',
        ''
    ) as lead_text,
    observed_at,
    source_name,
    file_sha256,
    record_number
from source
