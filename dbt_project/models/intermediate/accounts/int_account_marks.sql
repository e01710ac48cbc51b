-- Grain: one account in scope, with what account days take from the account as a whole, and since
-- which day they have to be made anew because of it.
-- Only accounts that changed are written. What a build that was not published has changed is still
-- to be done, so that the earlier of both days stands.
-- An account that left the scope, or came under a pseudonym, has a row with nothing but its id and the day
-- from which on it has to be forgotten, until a build that did so is published.
{{ config(
    materialized='incremental',
    incremental_strategy=strategy_by_key(),
    unique_key=['platform', 'account_id'],
    pre_hook=hook("forget_told('class_stretches is null')"),
    on_schema_change='fail',
) }}
-- depends_on: {{ ref('stg_meta__builds') }} (the reference below is hidden from the parser)

with classes as (
    select
        platform,
        account_id,
        -- Begins with the day, so that the stretches are in their order.
        {{ joined_text("concat(cast(from_date as " ~ dbt.type_string() ~ "), '/', account_kind, '/', admin_level, '/', region_code)") }}
            as class_stretches
    from {{ ref('int_account_classes') }}
    group by platform, account_id
),

accounts as (
    select
        accounts.platform,
        accounts.account_id,
        accounts.first_seen_date,
        accounts.last_seen_date,
        accounts.source_set,
        accounts.posts_covered_from_date,
        classes.class_stretches
    from {{ ref('int_accounts_resolved') }} as accounts
    inner join classes
        on accounts.platform = classes.platform and accounts.account_id = classes.account_id
)

select
    {%- if grows_by_key() %}
    coalesce(accounts.platform, before.platform) as platform,
    coalesce(accounts.account_id, before.account_id) as account_id,
    {%- else %}
    accounts.platform,
    accounts.account_id,
    {%- endif %}
    accounts.first_seen_date,
    accounts.last_seen_date,
    accounts.source_set,
    accounts.posts_covered_from_date,
    accounts.class_stretches,
    {%- if grows_by_key() %}
    -- Whichever is earliest; least() passes over NULL.
    least(
        case
            when
                before.account_id is null
                or accounts.account_id is null
                or accounts.first_seen_date is distinct from before.first_seen_date
                or accounts.source_set is distinct from before.source_set
                or not starts_with(accounts.class_stretches, before.class_stretches)
                then least(accounts.first_seen_date, before.first_seen_date)
            -- A new class after the others changes nothing before its day.
            when accounts.class_stretches <> before.class_stretches
                then cast(substr(accounts.class_stretches, length(before.class_stretches) + 2, 10) as date)
        end,
        case
            when accounts.posts_covered_from_date is distinct from before.posts_covered_from_date
                then greatest(
                    accounts.first_seen_date,
                    least(accounts.posts_covered_from_date, before.posts_covered_from_date)
                )
        end,
        case when {{ is_pending('before.build_id') }} then before.redo_from_date end
    ) as redo_from_date,
    least(
        {{ add_days('before.last_seen_date', 1) }},
        case when {{ is_pending('before.build_id') }} then before.unseen_from_date end
    ) as unseen_from_date,
    {%- else %}
    accounts.first_seen_date as redo_from_date,
    accounts.first_seen_date as unseen_from_date,
    {%- endif %}
    {{ build_id() }} as build_id
from accounts
{%- if grows_by_key() %}
full outer join {{ this }} as before
    on accounts.platform = before.platform and accounts.account_id = before.account_id
where
    before.account_id is null
    or accounts.first_seen_date is distinct from before.first_seen_date
    or accounts.last_seen_date is distinct from before.last_seen_date
    or accounts.source_set is distinct from before.source_set
    or accounts.posts_covered_from_date is distinct from before.posts_covered_from_date
    or accounts.class_stretches is distinct from before.class_stretches
{%- endif %}
