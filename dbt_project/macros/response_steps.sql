{#-
    response_steps(outcomes, totals): the waiting of each curve of `totals`, at every time at which something
    happened. `outcomes` has one row per curve and event that its group spoke of: response_us, watched_us
    and removed.

    How many events were still waiting just before a time, how many were answered at exactly it, and how many
    were removed. Times are 0, every time of a response or removal, and the end of the longest watch that
    ended without one.

    at risk(t) = events of the stratum that the group did not address before their first sighting
                 - those the group answered before t
                 - events of the stratum whose watch ended before t
                 + those of them that the group spoke of, which are gone already.
    The third term is the same for all groups, so events are never multiplied by groups; it is 0
    where all events of the stratum were watched equally long. A watch as long as the longest ends
    before no time at all, so that the last term concerns few events.
-#}
{% macro response_steps(outcomes, totals) -%}
    with totals as (
        select * from {{ totals }}
    ),

    strata_days as (
        select days.*
        from {{ ref('int_response_strata_days') }} as days
        inner join (select distinct stratum_id from totals) as strata
            on days.stratum_id = strata.stratum_id
    ),

    outcomes as (
        select * from {{ outcomes }}
    ),

    watches as (
        select
            days.stratum_id,
            readings.watched_us as at_us,
            count(*) as events,
            sum(readings.removed) as removed
        from {{ event_readings() }} as readings
        inner join strata_days as days
            on
                readings.reading = days.reading
                and readings.onset_date = days.onset_date
                and readings.event_type = days.event_type
        group by days.stratum_id, readings.watched_us
    ),

    ranked_watches as (
        select
            *,
            row_number() over (partition by stratum_id order by at_us desc nulls last) as watch_rank
        from watches
    ),

    longest_watches as (
        select
            stratum_id,
            at_us,
            events
        from ranked_watches
        where watch_rank = 1
    ),

    spoken_of as (
        select
            outcomes.curve_id,
            outcomes.stratum_id,
            outcomes.watched_us,
            sum(outcomes.events) as events,
            sum(outcomes.removed) as removed,
            max(case when outcomes.watched_us < longest_watches.at_us then 1 else 0 end) as is_shorter
        from outcomes
        inner join longest_watches on outcomes.stratum_id = longest_watches.stratum_id
        where outcomes.watched_us < longest_watches.at_us or outcomes.removed > 0
        group by outcomes.curve_id, outcomes.stratum_id, outcomes.watched_us
    ),

    spoken_of_shorter as (
        select
            curve_id,
            sum(events) as events
        from spoken_of
        where is_shorter = 1
        group by curve_id
    ),

    -- Curves of groups that spoke of every event with the longest watch. The longest watch left over
    -- ends the curve, so lengths are counted from the longest while the group spoke of them all.
    beyond_longest as (
        select
            totals.curve_id,
            totals.stratum_id
        from totals
        inner join longest_watches on totals.stratum_id = longest_watches.stratum_id
        left join spoken_of_shorter on totals.curve_id = spoken_of_shorter.curve_id
        where
            totals.proactive + totals.responded - coalesce(spoken_of_shorter.events, 0)
            = longest_watches.events
    ),

    used_up as (
        select
            spoken_of.curve_id,
            ranked_watches.watch_rank,
            row_number() over (
                partition by spoken_of.curve_id order by ranked_watches.watch_rank nulls last
            ) as position
        from beyond_longest
        inner join spoken_of on beyond_longest.curve_id = spoken_of.curve_id
        inner join ranked_watches
            on
                spoken_of.stratum_id = ranked_watches.stratum_id
                and spoken_of.watched_us = ranked_watches.at_us
                and spoken_of.events = ranked_watches.events
        where spoken_of.is_shorter = 1
    ),

    used_up_counts as (
        select
            beyond_longest.curve_id,
            1 + count(case when used_up.watch_rank = used_up.position + 1 then 1 end) as watches
        from beyond_longest
        left join used_up on beyond_longest.curve_id = used_up.curve_id
        group by beyond_longest.curve_id
    ),

    last_watches as (
        select
            totals.curve_id,
            totals.stratum_id,
            ranked_watches.at_us
        from totals
        left join used_up_counts on totals.curve_id = used_up_counts.curve_id
        inner join ranked_watches
            on
                totals.stratum_id = ranked_watches.stratum_id
                and ranked_watches.watch_rank = coalesce(used_up_counts.watches, 0) + 1
    ),

    -- What happens on a curve at a time. Whoever leaves at a time counted until then; those spoken of
    -- whose watch ended come back, as the stratum counts them out.
    happenings as (
        select
            curve_id,
            response_us as at_us,
            -events as change,
            events as responded,
            0 as removed,
            1 as is_step
        from outcomes
        where response_us >= 0
        union all
        select
            curve_id,
            watched_us as at_us,
            events as change,
            0 as responded,
            -removed as removed,
            0 as is_step
        from spoken_of
        union all
        select
            totals.curve_id,
            watches.at_us,
            0 as change,
            0 as responded,
            watches.removed,
            1 as is_step
        from totals
        inner join watches on totals.stratum_id = watches.stratum_id
        where watches.removed > 0
        union all
        select
            curve_id,
            at_us,
            0 as change,
            0 as responded,
            0 as removed,
            1 as is_step
        from last_watches
        union all
        select
            curve_id,
            0 as at_us,
            0 as change,
            0 as responded,
            0 as removed,
            1 as is_step
        from totals
    ),

    gathered as (
        select
            curve_id,
            at_us,
            cast(sum(change) as bigint) as change,
            cast(sum(responded) as bigint) as responded,
            cast(sum(removed) as bigint) as removed,
            max(is_step) as is_step
        from happenings
        group by curve_id, at_us
    ),

    changed as (
        select
            curve_id,
            at_us,
            responded,
            removed,
            is_step,
            sum(change) over (
                partition by curve_id
                order by at_us nulls last
                rows between unbounded preceding and current row
            ) - change as changed_before
        from gathered
    ),

    adjusted as (
        select
            changed.curve_id,
            totals.stratum_id,
            changed.at_us,
            changed.responded,
            changed.removed,
            totals.events - totals.proactive + changed.changed_before as still_waiting
        from changed
        inner join totals on changed.curve_id = totals.curve_id
        where changed.is_step = 1
    ),

    unequal_watches as (
        select watches.*
        from watches
        inner join ranked_watches as second
            on watches.stratum_id = second.stratum_id and second.watch_rank = 2
    ),

    watched_or_step as (
        select
            stratum_id,
            at_us,
            cast(sum(events) as bigint) as events
        from (
            select
                stratum_id,
                at_us,
                events
            from unequal_watches
            union all
            select distinct
                adjusted.stratum_id,
                adjusted.at_us,
                0 as events
            from adjusted
            inner join ranked_watches as second
                on adjusted.stratum_id = second.stratum_id and second.watch_rank = 2
        ) as times
        group by stratum_id, at_us
    ),

    ended_before as (
        select
            stratum_id,
            at_us,
            sum(events) over (
                partition by stratum_id
                order by at_us nulls last
                rows between unbounded preceding and current row
            ) - events as events
        from watched_or_step
    )

    select
        adjusted.curve_id,
        cast(adjusted.at_us as bigint) as at_us,
        cast(adjusted.still_waiting - coalesce(ended_before.events, 0) as bigint) as at_risk,
        adjusted.responded,
        adjusted.removed
    from adjusted
    left join ended_before
        on adjusted.stratum_id = ended_before.stratum_id and adjusted.at_us = ended_before.at_us
{%- endmacro %}
