-- The ledger of published figures is part of the code: all of it, every night.
{{ config(meta={"dagster": {"ref": {"name": "reported_claims"}}}) }}
select
    (select count(*) from {{ ref('reported_claims') }}) as published,
    (select count(*) from {{ ref('reported_figures') }}) as shipped
where
    (select count(*) from {{ ref('reported_claims') }}) <> (select count(*) from {{ ref('reported_figures') }})
