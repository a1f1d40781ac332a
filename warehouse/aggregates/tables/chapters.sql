/*
grain = "One row per quarter and group that held an event in it or had members at its end."
title = "Chapters by quarter"
definition = """
Counts the events of each group that took place in the quarter, and their people. yes: who said yes to
them, summed over the events. attendees: the persons who were at one of them or more: see the metric
event_attendance. unmeasured_events: the events where nobody was checked in. audience: the persons who
had joined the group and had not left the platform when the quarter ended.
"""
caveats = """
Where events are unmeasured, attendees rests on who said yes. A person who left the group and stayed on
the platform still counts in its audience.
"""
version = 1

[columns]
period = "First day of the quarter"
source = "Name of the source"
group = "Name of the group"
events = "Events that took place"
yes = "Who said yes, summed over the events; null: not known of any"
attendees = "Persons who were at one of them or more; null: not known of any"
unmeasured_events = "Those of the events where nobody was checked in"
audience = "Its members at the quarter's end; null: not known"
*/
with held as (
    select
        events.period
        , events.group_id
        , count(*) as events
        , sum(counts.yes)::bigint as yes
        , count(*) filter (coalesce(events.attendance_basis <> 'checked_in', true)) as unmeasured_events
        , count(counts.persons) as named_events
    from events
    join event_counts as counts using (event_id)
    where events.took_place and events.group_id is not null
    group by events.period, events.group_id
)

, visited as (
    select period, group_id, count(distinct person_key) as attendees
    from event_visits
    where group_id is not null
    group by period, group_id
)

, listed as (
    select calendar.period, members.group_id, count(*) as audience
    from calendar
    join reach_periods using (period)
    join event_members as members
        on members.joined_at < calendar.ends_at
        and coalesce(members.left_at >= calendar.ends_at, true)
    group by calendar.period, members.group_id
)

, named as (
    select group_id, any_value(source) as source, any_value(group_name) as group_name
    from events
    group by group_id
)

, counted as (
    from held
    full join listed using (period, group_id)
)

select
    counted.period
    , named.source
    , named.group_name as "group"
    , coalesce(counted.events, 0) as events
    , if(counted.events is null, 0, counted.yes) as yes
    , case
        when counted.events is null then 0
        when counted.named_events > 0 then coalesce(visited.attendees, 0)
    end as attendees
    , coalesce(counted.unmeasured_events, 0) as unmeasured_events
    , counted.audience
    , counted.group_id
from counted
join named using (group_id)
left join visited using (period, group_id)
order by counted.period, named.source, "group", counted.group_id
