-- Grain: one period and group that may hold people: officers, accounts of unclear kind, and all
-- kinds together. Of all kinds only the people among them are counted, because institutions are
-- public and anybody can subtract them.
with rows_of_people as (
    select
        period,
        period_start,
        platform,
        account_kind,
        admin_level,
        region_code,
        period_end_date,
        {{ days_between("date '1970-01-01'", 'period_start') }} as start_number,
        {{ days_between("date '1970-01-01'", 'period_end_date') }} as end_number,
        -- Of all kinds, only people count: institutions are public and subtract themselves.
        {%- for measure in ['seen_so_far', 'registered_so_far', 'checked'] %}
        sum(case when {{ is_person_kind('account_kind') }} then {{ measure }} else 0 end) over kinds
            as all_{{ measure }},
        {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref('int_growth_counts') }}
    window kinds as (partition by period, period_start, platform, admin_level, region_code)
),

counted as (
    select
        period,
        period_start,
        platform,
        account_kind,
        admin_level,
        region_code,
        start_number,
        end_number,
        {%- for measure in ['seen_so_far', 'registered_so_far', 'checked'] %}
        case when account_kind = 'all' then all_{{ measure }} else {{ measure }} end
            as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from rows_of_people
    where account_kind = 'all' or {{ is_person_kind('account_kind') }}
)

select * from counted
