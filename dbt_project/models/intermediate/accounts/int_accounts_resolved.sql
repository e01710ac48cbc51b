-- Grain: one account in scope, with what the strongest and then latest evidence says about it.
-- In scope is an account that some snapshot names as listed, declared or verified.
{%- set latest = ['screen_name', 'registered_at', 'registered_at_precision', 'confirmed_state', 'undated_state'] %}

with statements as (
    select
        *,
        {{ days_between("date '1970-01-01'", 'observed_date') }} as day_number
    from {{ ref('int_account_statements') }}
),

-- Strength of evidence comes before the date: 10 million days are more than any calendar holds.
said as (
    select
        platform,
        account_id,
        max_by({{ record(latest) }}, observed_date) as latest,
        {%- for name, parts in identity_statements() %}
        max_by({{ record(parts) }}, day_number - 10000000 * {{ name }}_rank)
            filter (where {{ parts[0] }} is not null) as {{ name }},
        {%- endfor %}
        min(evidence_rank) as evidence_rank
    from statements
    group by platform, account_id
),

seen as (
    select
        platform,
        account_id,
        min(first_observed_at) as first_seen_at,
        max(last_observed_at) as last_seen_at,
        min(first_observed_date) as first_seen_date,
        max(last_observed_date) as last_seen_date,
        min(first_found_at) as first_found_at,
        max(last_found_at) as last_found_at,
        min(first_found_date) as first_found_date,
        max_by({{ record(['followers_lo', 'followers_hi']) }}, followers_date)
            filter (where followers_lo is not null) as followers,
        max(followers_date) as followers_date
    from {{ ref('int_account_months') }}
    group by platform, account_id
),

grouped as (
    select
        said.platform,
        said.account_id,
        {%- for name in latest %}
        said.latest.{{ name }} as {{ name }},
        {%- endfor %}
        {%- for name, parts in identity_statements() %}
        said.{{ name }} as {{ name }},
        {%- endfor %}
        said.evidence_rank,
        seen.first_seen_at,
        seen.last_seen_at,
        seen.first_seen_date,
        seen.last_seen_date,
        seen.first_found_at,
        seen.last_found_at,
        seen.first_found_date,
        seen.followers,
        seen.followers_date
    from said
    inner join seen
        on said.platform = seen.platform and said.account_id = seen.account_id
),

-- What somebody reviewed stands above all evidence, for an account that is in scope anyway.
reviewed as (
    select * from {{ source('quality', 'account_overrides') }}
),

resolved as (
    select
        grouped.platform,
        grouped.account_id,
        grouped.screen_name,
        coalesce(reviewed.account_kind, grouped.kind.account_kind, 'unclear') as stated_kind,
        {%- for code, value, parts in [
            ('account_kind', 'kind', ['kind_match']),
            ('admin_level', 'level', ['level_match']),
            ('region_code', 'region', ['region_match', 'region_year']),
        ] %}
        case
            when reviewed.{{ code }} is not null then 'reviewed'
            else grouped.{{ value }}.{{ value }}_rule
        end as {{ value }}_rule,
        {%- for part in parts %}
        case when reviewed.{{ code }} is null then grouped.{{ value }}.{{ part }} end as {{ part }},
        {%- endfor %}
        {%- endfor %}
        coalesce(reviewed.admin_level, grouped.level.admin_level, 'unclear') as admin_level,
        coalesce(reviewed.region_code, grouped.region.region_code) as region_code,
        grouped.evidence_rank,
        grouped.registered_at,
        grouped.registered_at_precision,
        grouped.first_seen_at,
        grouped.last_seen_at,
        grouped.first_seen_date,
        grouped.last_seen_date,
        grouped.first_found_at,
        grouped.last_found_at,
        grouped.first_found_date,
        coalesce(grouped.confirmed_state, grouped.undated_state) as confirmed_state,
        grouped.followers.followers_lo as followers_lo,
        grouped.followers.followers_hi as followers_hi,
        grouped.followers_date
    from grouped
    left join reviewed
        on grouped.platform = reviewed.platform and grouped.account_id = reviewed.account_id
    where grouped.evidence_rank <= 3
),

-- What is said of a body holds of nobody who stands under a pseudonym, nor does the rule that said it.
kept as (
    select
        *,
        {{ kind_by_id('account_id', 'stated_kind') }} as account_kind
    from resolved
),

source_sets as (
    select
        platform,
        account_id,
        {{ joined_text('source_name') }} as source_set
    from {{ ref('int_account_sources') }}
    group by platform, account_id
),

post_days as (
    select
        platform,
        account_id,
        min(posted_date) as first_posted_date
    from {{ ref('int_account_post_days') }}
    where posts_count > 0
    group by platform, account_id
)

select
    -- Heavy steps work on the number instead of two columns of text.
    row_number() over (order by kept.platform nulls last, kept.account_id nulls last)
        as account_number,
    kept.platform,
    kept.account_id,
    -- Cleaning drops officers' names already; nothing may bring one back.
    case when kept.account_kind <> 'officer' then kept.screen_name end as screen_name,
    kept.account_kind,
    case
        when kept.account_kind = kept.stated_kind then kept.kind_rule
        else 'under_pseudonym'
    end as kind_rule,
    case when kept.account_kind = kept.stated_kind then kept.kind_match end as kind_match,
    kept.admin_level,
    kept.level_rule,
    kept.level_match,
    kept.region_code,
    kept.region_rule,
    kept.region_match,
    kept.region_year,
    case kept.evidence_rank
        when 1 then 'listed'
        when 2 then 'declared'
        when 3 then 'verified'
    end as scope_evidence,
    kept.registered_at,
    kept.registered_at_precision,
    {{ local_date('kept.registered_at') }} as registered_date,
    kept.first_seen_at,
    kept.last_seen_at,
    kept.first_seen_date,
    kept.last_seen_date,
    kept.first_found_at,
    kept.last_found_at,
    kept.first_found_date,
    kept.confirmed_state,
    kept.followers_lo,
    kept.followers_hi,
    kept.followers_date,
    source_sets.source_set,
    {{ posts_covered_from('post_days.first_posted_date') }} as posts_covered_from_date
from kept
left join source_sets
    on kept.platform = source_sets.platform and kept.account_id = source_sets.account_id
left join post_days
    on kept.platform = post_days.platform and kept.account_id = post_days.account_id
