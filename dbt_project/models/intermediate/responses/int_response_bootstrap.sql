-- Grain: one curve over everything whose events at least ten accounts answered, with 95 % bounds of its
-- rates from a cluster bootstrap. Empty unless a number of replicates is set.
--
-- What one account answered goes together: a replicate takes an account, with every event that it was the
-- first of the group to answer, as often as it is drawn. An event that nobody answered goes alone,
-- as does the answer of an office without an account. Kaplan-Meier's estimate of every replicate, with
-- these weights; bounds are the estimates at the ranks of 2.5 and 97.5 %.
--
-- at risk before t = all of the stratum as drawn
--                    - events that the group spoke of, as drawn alone
--                    + events that it answered, as drawn with their accounts
--                    - what was answered, or whose watch ended unanswered, before t.
-- depends_on: {{ ref('int_event_follow_ups') }} {{ ref('int_responses') }} {{ ref('int_responder_cells') }} {{ ref('int_response_group_cells') }} {{ ref('int_response_strata') }} (seen only with replicates)
{%- set replicates = bootstrap_replicates() | int %}
{%- set hours = [24, 72] %}

{%- if replicates == 0 %}
select
    cast(0 as bigint) as curve_id,
    cast(0 as bigint) as accounts,
    {%- for h in hours %}
    cast(0 as double) as rate_{{ h }}h_cluster_lo,
    cast(0 as double) as rate_{{ h }}h_cluster_hi{{ ',' if not loop.last }}
    {%- endfor %}
from {{ ref('int_response_strata') }}
where false
{%- else %}
with replicates as (
    select {{ each_number(1, replicates) }} as replicate
),

strata as (
    select
        stratum_id,
        event_type
    from {{ ref('int_response_strata') }}
    where reading = 1 and period = 'all'
),

events as (
    select
        strata.stratum_id,
        follow_ups.event_number,
        follow_ups.watched_us
    from {{ ref('int_event_follow_ups') }} as follow_ups
    inner join strata on strata.event_type in ('all', follow_ups.event_type)
),

first_posts as (
    select
        members.group_id,
        follow_ups.event_number,
        responses.response_us,
        coalesce(
            responses.platform || ':' || responses.account_id,
            'event:' || cast(follow_ups.event_number as {{ dbt.type_string() }})
        ) as cluster,
        responses.account_id is not null as is_of_account,
        row_number() over (
            partition by members.group_id, follow_ups.event_number
            order by
                responses.response_us, responses.platform nulls last,
                responses.account_id nulls last
        ) as post_order
    from {{ ref('int_responses') }} as responses
    inner join {{ ref('int_event_follow_ups') }} as follow_ups
        on responses.event_id = follow_ups.event_id
    inner join {{ ref('int_responder_cells') }} as cells
        on
            responses.account_kind = cells.account_kind
            and responses.admin_level = cells.admin_level
            and coalesce(responses.region_code, 'unknown') = cells.region_code
            and responses.link_level = cells.link_level
    inner join {{ ref('int_response_group_cells') }} as members on cells.cell_id = members.cell_id
),

spoken_of as (
    select
        events.stratum_id * 1000000 + first_posts.group_id as curve_id,
        events.stratum_id,
        events.event_number,
        first_posts.response_us,
        first_posts.cluster,
        first_posts.is_of_account
    from first_posts
    inner join events on first_posts.event_number = events.event_number
    where first_posts.post_order = 1
),

curves as (
    select
        curve_id,
        stratum_id,
        count(distinct cluster) as accounts
    from spoken_of
    where response_us >= 0 and is_of_account
    group by curve_id, stratum_id
    having count(distinct cluster) >= 10
),

chosen as (
    select spoken_of.*
    from spoken_of
    inner join curves on spoken_of.curve_id = curves.curve_id
),

event_weights as (
    select
        numbers.event_number,
        replicates.replicate,
        {{ drawn_times('replicates.replicate', "'event:' || numbers.event_number") }} as times
    from (select distinct event_number from events) as numbers
    cross join replicates
),

answer_weights as (
    select
        clusters.cluster,
        replicates.replicate,
        {{ drawn_times('replicates.replicate', 'clusters.cluster') }} as times
    from (select distinct cluster from chosen where response_us >= 0) as clusters
    cross join replicates
),

drawn as (
    select
        events.stratum_id,
        event_weights.replicate,
        sum(event_weights.times) as times
    from events
    inner join event_weights on events.event_number = event_weights.event_number
    group by events.stratum_id, event_weights.replicate
),

-- How far a curve differs from its stratum before anything happens.
exchanged as (
    select
        curve_id,
        replicate,
        sum(change) as change
    from (
        select
            chosen.curve_id,
            event_weights.replicate,
            -event_weights.times as change
        from chosen
        inner join event_weights on chosen.event_number = event_weights.event_number
        union all
        select
            chosen.curve_id,
            answer_weights.replicate,
            answer_weights.times as change
        from chosen
        inner join answer_weights on chosen.cluster = answer_weights.cluster
        where chosen.response_us >= 0
    ) as changes
    group by curve_id, replicate
),

-- Watches that end within 72 h leave the risk in the curves whose groups did not speak of the event.
unanswered as (
    select
        curves.curve_id,
        events.event_number,
        events.watched_us
    from events
    inner join curves on events.stratum_id = curves.stratum_id
    left join chosen
        on curves.curve_id = chosen.curve_id and events.event_number = chosen.event_number
    where events.watched_us < 259200000000 and chosen.event_number is null
),

steps as (
    select
        curve_id,
        replicate,
        at_us,
        sum(answered) as answered,
        sum(gone) as gone
    from (
        select
            chosen.curve_id,
            answer_weights.replicate,
            chosen.response_us as at_us,
            answer_weights.times as answered,
            answer_weights.times as gone
        from chosen
        inner join answer_weights on chosen.cluster = answer_weights.cluster
        where chosen.response_us between 0 and 259200000000
        union all
        select
            unanswered.curve_id,
            event_weights.replicate,
            unanswered.watched_us as at_us,
            0 as answered,
            event_weights.times as gone
        from unanswered
        inner join event_weights on unanswered.event_number = event_weights.event_number
    ) as happenings
    group by curve_id, replicate, at_us
),

starts as (
    select
        curves.curve_id,
        drawn.replicate,
        drawn.times + exchanged.change as at_risk
    from curves
    inner join drawn on curves.stratum_id = drawn.stratum_id
    inner join exchanged
        on curves.curve_id = exchanged.curve_id and drawn.replicate = exchanged.replicate
),

at_risk_steps as (
    select
        starts.curve_id,
        starts.replicate,
        steps.at_us,
        steps.answered,
        starts.at_risk - (
            sum(steps.gone) over (
                partition by steps.curve_id, steps.replicate order by steps.at_us
            ) - steps.gone
        ) as at_risk
    from starts
    inner join steps
        on starts.curve_id = steps.curve_id and starts.replicate = steps.replicate
),

-- Logarithms add up; of nobody left there is none.
survivals as (
    select
        starts.curve_id,
        starts.replicate,
        {%- for h in hours %}
        1e0 - min(
            case
                when steps.at_us <= {{ h }} * 3600000000 and steps.answered > 0
                    and steps.answered >= steps.at_risk then 0e0
                else 1e0
            end
        ) * exp(sum(
            case
                when steps.at_us <= {{ h }} * 3600000000 and steps.answered > 0
                    and steps.answered < steps.at_risk
                    then ln(1e0 - steps.answered / cast(steps.at_risk as double))
                else 0e0
            end
        )) as rate_{{ h }}h{{ ',' if not loop.last }}
        {%- endfor %}
    from starts
    left join at_risk_steps as steps
        on starts.curve_id = steps.curve_id and starts.replicate = steps.replicate
    where starts.at_risk > 0
    group by starts.curve_id, starts.replicate
),

ranked as (
    select
        curve_id,
        count(*) over (partition by curve_id) as replicates,
        {%- for h in hours %}
        rate_{{ h }}h,
        row_number() over (partition by curve_id order by rate_{{ h }}h) as rank_{{ h }}h{{ ',' if not loop.last }}
        {%- endfor %}
    from survivals
)

select
    curves.curve_id,
    curves.accounts,
    {%- for h in hours %}
    {%- for end, share in [('lo', '0.025'), ('hi', '0.975')] %}
    round(max(case
        when ranked.rank_{{ h }}h = cast(ceil({{ share }} * ranked.replicates) as bigint) then ranked.rate_{{ h }}h
    end), 9) as rate_{{ h }}h_cluster_{{ end }}{{ ',' if not (loop.last and h == hours[-1]) }}
    {%- endfor %}
    {%- endfor %}
from curves
inner join ranked on curves.curve_id = ranked.curve_id
group by curves.curve_id, curves.accounts
{%- endif %}
