-- Every event of a group was addressed before, answered, or not answered.
select *
from {{ ref('response_timing') }}
where
    events <> proactive + responded + censored
    or proactive < 0
    or responded < 0
    or censored < 0
