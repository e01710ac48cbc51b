-- Grain: one title under which an event is told, as a match key: the topic of a hot list, and of a
-- story every title of every version of its articles. An office speaks of the story under the title
-- that it read, which need not be that of the earliest article (main.events.topic_key).
select
    event_id,
    topic_key as title_key
from {{ ref('events') }}
where topic_key is not null and topic_key <> ''
union
select
    'article:' || {{ short_hash('chosen.story_id') }} as event_id,
    articles.title_key
from {{ ref('int_article_versions_chosen') }} as chosen
inner join {{ ref('stg_core__articles') }} as articles on chosen.article_id = articles.article_id
where articles.title_key is not null and articles.title_key <> ''
