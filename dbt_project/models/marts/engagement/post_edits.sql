-- Grain: one change of the text of an official post, as one source saw it.
select
    edits.platform,
    edits.post_id,
    edits.source_name,
    edits.edit_number,
    edits.edited_lo_at,
    edits.edited_hi_at,
    edits.text_before,
    edits.text,
    {{ build_id() }} as build_id
from {{ ref('int_post_edits') }} as edits
inner join {{ ref('posts') }} as posts
    on edits.platform = posts.platform and edits.post_id = posts.post_id
where edits.edit_number > 0
