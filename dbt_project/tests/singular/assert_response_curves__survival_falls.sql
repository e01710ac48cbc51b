-- Survival and the number at risk never rise; both bounds enclose the estimate.
with stepped as (
    select
        *,
        lag(survival) over curve as survival_before,
        lag(at_risk) over curve as at_risk_before
    from {{ ref('response_curves') }}
    window curve as (
        partition by
            period, period_start, event_type, account_kind, admin_level, region_code, link_level
        order by hours
    )
)

select *
from stepped
where
    survival not between 0 and 1
    or survival_lo > survival
    or survival_hi < survival
    or survival > survival_before
    or at_risk > at_risk_before
    or responded > at_risk
    or at_risk < 1
