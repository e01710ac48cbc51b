-- Grain: one linked official post within the window of its event: from 72 h before the first
-- sighting until watching ended. One row per event, post and method of linking.
select
    links.event_id,
    links.platform,
    links.post_id,
    links.account_id,
    links.posted_at,
    {{ microseconds_between('follow_ups.onset_hi_at', 'links.posted_at') }} as response_us,
    coalesce(accounts.account_kind, 'unclear') as account_kind,
    coalesce(accounts.admin_level, 'unclear') as admin_level,
    accounts.region_code,
    links.link_level,
    links.link_method,
    links.link_probability,
    links.evidence
from {{ ref('event_links') }} as links
inner join {{ ref('int_event_follow_ups') }} as follow_ups on links.event_id = follow_ups.event_id
left join {{ ref('int_accounts_resolved') }} as accounts
    on links.platform = accounts.platform and links.account_id = accounts.account_id
where
    links.posted_at >= follow_ups.onset_hi_at - interval 72 hours
    and links.posted_at <= follow_ups.watched_until_at
