-- More hours, more answers; every rate is a share; nobody waits more than 72 of 72 hours.
select *
from {{ ref('response_timing') }}
where
    rate_1h not between 0 and 1
    or rate_72h not between 0 and 1
    or rate_1h > rate_5h
    or rate_5h > rate_6h
    or rate_6h > rate_24h
    or rate_24h > rate_48h
    or rate_48h > rate_72h
    or rmst_72h_hours not between 0 and 72
    or median_hours_lo > median_hours
    or median_hours > median_hours_hi
    or (proactive = events and rate_1h is not null)
