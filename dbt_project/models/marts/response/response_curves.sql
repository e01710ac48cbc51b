-- Grain: the groups of response_timing x hours at which something happened: 0, every time of a
-- response, and the end of the longest watch without one. Beside the curve stand, at the same
-- hours, the one from the earliest onset and the incidence where removals compete (macro
-- event_readings): step functions, read at these hours.
with curves as (
    select
        strata.base_stratum_id * 1000000 + totals.group_id as base_curve_id,
        strata.reading,
        curves.at_us,
        curves.hours,
        curves.at_risk,
        curves.responded,
        curves.survival,
        curves.survival_lo,
        curves.survival_hi,
        curves.incidence,
        curves.incidence_removed
    from {{ ref('int_response_curves') }} as curves
    inner join {{ ref('int_response_totals') }} as totals on curves.curve_id = totals.curve_id
    inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
),

-- Steps fall or rise throughout, so that the last value so far is the least or the largest one.
read_together as (
    select
        *,
        min(case when reading = 2 then survival end) over so_far as survival_earliest,
        max(case when reading = 2 then at_us end) over whole as earliest_ends_us,
        max(case when reading = 3 then incidence end) over so_far as answered_incidence,
        max(case when reading = 3 then incidence_removed end) over so_far as removed_incidence,
        max(case when reading = 3 then at_us end) over whole as competing_ends_us,
        max(case when reading = 3 then incidence + incidence_removed end) over whole as settled
    from curves
    window
        so_far as (
            partition by base_curve_id order by at_us
            range between unbounded preceding and current row
        ),
        whole as (partition by base_curve_id)
)

select
    strata.period,
    strata.period_start,
    strata.event_type,
    groups.account_kind,
    groups.admin_level,
    groups.region_code,
    groups.link_level,
    curves.hours,
    curves.at_risk,
    curves.responded,
    round(curves.survival, 9) as survival,
    round(curves.survival_lo, 9) as survival_lo,
    round(curves.survival_hi, 9) as survival_hi,
    case
        when curves.at_us <= curves.earliest_ends_us or curves.survival_earliest = 0
            then round(curves.survival_earliest, 9)
    end as survival_earliest,
    case
        when curves.competing_ends_us is null then round(1 - curves.survival, 9)
        when curves.at_us <= curves.competing_ends_us or curves.settled >= 1 - 1e-9
            then round(curves.answered_incidence, 9)
    end as incidence,
    case
        when curves.competing_ends_us is null then 0e0
        when curves.at_us <= curves.competing_ends_us or curves.settled >= 1 - 1e-9
            then round(curves.removed_incidence, 9)
    end as incidence_removed,
    {{ build_id() }} as build_id
from read_together as curves
inner join {{ ref('int_response_totals') }} as totals on curves.base_curve_id = totals.curve_id
inner join {{ ref('int_response_strata') }} as strata on totals.stratum_id = strata.stratum_id
inner join {{ ref('int_response_groups') }} as groups on totals.group_id = groups.group_id
where curves.reading = 1
