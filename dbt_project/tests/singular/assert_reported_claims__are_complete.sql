-- The ledger of published figures is part of the code: all of it, every night; and every figure
-- that somebody confirmed.
{{ config(meta={"dagster": {"ref": {"name": "reported_claims"}}}) }}
with counted as (
    select
        (select count(*) from {{ ref('reported_claims') }}) as published,
        (select count(*) from {{ ref('reported_figures') }}) as shipped,
        (select count(*) from {{ ref('stg_quality__claim_reviews') }}) as confirmed
)

select * from counted
where published <> shipped + confirmed
