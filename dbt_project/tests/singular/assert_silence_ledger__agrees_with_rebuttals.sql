-- What main.rebuttals counts as denied by an official is no silence: the rumour does not stand in the
-- ledger, or stands there as answered after the watch, no later than that denial.
{{ config(meta={"dagster": {"ref": {"name": "silence_ledger"}}}) }}
select
    ledger.event_id,
    rebuttals.post_id
from {{ ref('silence_ledger') }} as ledger
inner join {{ ref('rebuttals') }} as rebuttals on ledger.event_id = rebuttals.event_id
where
    rebuttals.outcome in ('rebutted', 'reversed')
    and (ledger.answered_later_at is null or ledger.answered_later_at > rebuttals.rebutted_at)
