-- Grain: one period and group that may hold people: officers, accounts of unclear kind, and all
-- kinds together, with how many people are in it.
-- People are those who stand under a pseudonym. Whoever stands under an own id is in `accounts`, and anybody
-- can subtract them: institutions, and accounts of unclear kind whose names are nobody's.
select
    period,
    period_start,
    platform,
    account_kind,
    admin_level,
    region_code,
    {{ days_between("date '1970-01-01'", 'period_start') }} as start_number,
    {{ days_between("date '1970-01-01'", 'period_end_date') }} as end_number,
    people_seen_so_far as seen_so_far,
    people_registered_so_far as registered_so_far,
    people_checked as checked
from {{ ref('int_growth_counts') }}
where account_kind = 'all' or {{ is_person_kind('account_kind') }}
