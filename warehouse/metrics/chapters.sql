/*
title = "Chapters"
question = "Which groups meet, who comes to them, and which of them grow or fade?"
definition = """
One row per group with an event that took place in the chosen time. events, attended, mean_attended, unique_attendees,
first_timer_share and show_rate are those of the metric event_trend, of the group and over the chosen time. trend
compares how many came to the group's last three events up to the end of the chosen time with the three before them,
however long ago: last_three / three_before - 1, where all six rest on the same basis. members: persons on
the group's member list now, else what the platform says. A group is where it says it is, else where its newest
event with known coordinates met.
"""
example = """
Six events in Lagos had 10, 10, 10, 12, 12 and 12 marked attended, all who said yes: events 6, mean_attended 11,
show_rate 1, three_before 10, last_three 12, trend 0.2. Accra met once, online, with 4 yes, and nobody was marked: show_rate
and trend unknown.
"""
caveats = """
Six events are few: a trend below a quarter may be chance. What rests on answers alone is too high: see
checked_in_events and rsvp_events before comparing groups. Members who left the group and not the platform still count.
"""
unit = "people"
page = "events"
version = 1
good = "up"
people = """
select person_key, count(*) as activities, if(bool_or(is_first), 'first time', 'returning') as state
from event_visits
where is_chosen and group_id = $group_id
group by person_key
"""
records = """
from activities
where kind = 'attended' and is_chosen and channel_key = hash($group_id)
"""

[columns]
group = "Name of the group"
source = "Name of its source"
events = "Its events that took place in the chosen time"
attended = "Who was there; null: not known of any"
mean_attended = "attended / events where it is known"
unique_attendees = "Persons who were at one of them or more; null: not known of any"
first_timer_share = "Those whose first event ever it was / unique_attendees"
show_rate = "Who came with a yes / yes, at checked-in events; null without one"
show_low = "Lower end of the 95 % interval of show_rate"
show_high = "Upper end of the 95 % interval of show_rate"
checked_in_events = "Events whose attended rests on marks at the door"
rsvp_events = "Events whose attended rests on answers alone"
three_before = "Came per event, at the three before the last three; null: fewer than six of one basis"
last_three = "Came per event, at the last three; null: the same"
trend = "last_three / three_before - 1"
members = "Members now; null: not known"
city = "Its city; null: not known"
country = "Its country; null: not known"
latitude = "Where it is; null: not known"
longitude = "Where it is; null: not known"
last_event_at = "When its last event in the chosen time began, UTC"
group_id = "The group"
*/
with counted as (
    select
        events.group_id
        , any_value(events.group_name) as group_name
        , any_value(events.source) as source
        , count(*) as events
        , sum(counts.attended)::bigint as attended
        , avg(counts.attended) as mean_attended
        , count(counts.persons) as named_events
        , sum(counts.attended_yes)::bigint as shown
        , (sum(counts.yes) filter (counts.attended_yes is not null))::bigint as promised
        , count(*) filter (events.attendance_basis = 'checked_in') as checked_in_events
        , count(*) filter (events.attendance_basis = 'rsvp') as rsvp_events
        , max(events.starts_at) as last_event_at
    from events
    join event_counts as counts using (event_id)
    where events.took_place and events.is_chosen and events.group_id is not null
    group by events.group_id
)

, people as (
    select group_id, count(distinct person_key) as attendees, count(*) filter (is_first) as first_timers
    from event_visits
    where is_chosen
    group by group_id
)

, recent as (
    select
        events.group_id
        , events.attendance_basis
        , counts.attended
        , row_number() over (
            partition by events.group_id order by events.starts_at desc, events.event_id
        ) as place
    from events
    join event_counts as counts using (event_id)
    where events.took_place and counts.attended is not null and events.date < getvariable('end')
)

, trends as (
    select
        group_id
        , avg(attended) filter (place <= 3) as last_three
        , avg(attended) filter (place > 3) as three_before
    from recent
    where place <= 6
    group by group_id
    having count(*) = 6 and count(distinct attendance_basis) = 1
)

, listed as (
    select group_id, count(*) filter (left_at is null) as members
    from event_members
    group by group_id
)

, met as (
    select
        group_id
        , arg_max(latitude, starts_at) as latitude
        , arg_max(longitude, starts_at) as longitude
    from events
    where latitude is not null and longitude is not null
    group by group_id
)

select
    counted.group_name as "group"
    , counted.source
    , counted.events
    , counted.attended
    , counted.mean_attended
    , case when counted.named_events > 0 then coalesce(people.attendees, 0) end as unique_attendees
    , people.first_timers / people.attendees as first_timer_share
    , counted.shown / nullif(counted.promised, 0) as show_rate
    , share_low(counted.shown, counted.promised) as show_low
    , share_high(counted.shown, counted.promised) as show_high
    , counted.checked_in_events
    , counted.rsvp_events
    , trends.three_before
    , trends.last_three
    , trends.last_three / nullif(trends.three_before, 0) - 1 as trend
    , coalesce(listed.members, groups.stated_members) as members
    , groups.city
    , groups.country
    , coalesce(groups.latitude, met.latitude) as latitude
    , coalesce(groups.longitude, met.longitude) as longitude
    , counted.last_event_at
    , counted.group_id
from counted
left join people using (group_id)
left join trends using (group_id)
left join listed using (group_id)
left join met using (group_id)
left join event_groups as groups using (group_id)
order by "group", group_id
