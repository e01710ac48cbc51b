-- Codes come from the lists of the dictionary.
{{ config(meta={"dagster": {"ref": {"name": "accounts"}}}) }}
{%- set kinds = "('organ', 'officer', 'state_media', 'other_government', 'unclear')" %}
{%- set levels = "('ministry', 'province', 'prefecture', 'county', 'station', 'unclear')" %}
{%- set states = "('present', 'hidden', 'permission_denied', 'deleted_by_author', 'removed_by_platform', 'not_found', 'moved')" %}
select 'accounts' as table_name, account_id as key_text
from {{ ref('accounts') }}
where
    account_kind not in {{ kinds }}
    or admin_level not in {{ levels }}
    or scope_evidence not in ('listed', 'declared', 'verified')
    or status not in {{ states }}
union all
select 'account_history' as table_name, account_id as key_text
from {{ ref('account_history') }}
where
    facet not in ('screen_name', 'verified_type', 'account_kind')
    or history_event not in (
        'first_seen', 'renamed', 'verification_lost', 'verification_gained', 'verification_changed',
        'kind_changed'
    )
union all
select 'posts' as table_name, post_id as key_text
from {{ ref('posts') }}
where status not in {{ states }} or kind not in ('original', 'repost', 'reply')
union all
select 'events' as table_name, event_id as key_text
from {{ ref('events') }}
where event_type not in ('hot_topic', 'article', 'rumor', 'inquiry')
union all
select 'event_responses' as table_name, event_id as key_text
from {{ ref('event_responses') }}
where
    account_kind not in {{ kinds }}
    or admin_level not in {{ levels }}
    or link_level not in ('exact', 'lexical', 'reviewed')
union all
select 'response_timing' as table_name, period as key_text
from {{ ref('response_timing') }}
where
    period not in ('day', 'week', 'month', 'all')
    or event_type not in ('hot_topic', 'article', 'rumor', 'inquiry', 'all')
    or link_level not in ('exact', 'lexical', 'reviewed', 'all')
union all
select 'account_growth' as table_name, period as key_text
from {{ ref('account_growth') }}
where
    period not in ('day', 'week', 'month')
    or growth_state not in ('grew', 'unchanged', 'too_few', 'not_observed', 'suppressed')
    or followers_delta_state not in ('grew', 'fell', 'unchanged', 'not_resolvable', 'not_observed', 'suppressed')
union all
select 'reported_claims' as table_name, figure_id as key_text
from {{ ref('reported_claims') }}
where
    qualifier not in ('=', '>', '>=', '<', '<=', '~')
    or confidence not in ('A', 'A-', 'B', 'C', 'M')
    or claim_origin not in ('ledger', 'review')
union all
select 'claim_checks' as table_name, figure_id as key_text
from {{ ref('claim_checks') }}
where
    verdict not in ('consistent', 'above', 'below', 'scope_mismatch', 'not_testable')
    or (verdict <> 'consistent' and verdict_reason is null and check_kind <> 'observed')
