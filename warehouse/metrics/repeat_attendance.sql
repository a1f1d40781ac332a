/*
title = "Who comes back"
question = "How many people come to a second event?"
definition = """
Counts the persons who were at an event in the chosen time, and those of them who were at two or
more, per group and over all groups together (*). A person who is at one event in each of two groups
repeats in *. At an event where nobody was checked in, a yes counts as having come. low, high: 95 % interval of the share
(Wilson).
"""
example = """
Ada is at two events in Lagos, Bo at one in Lagos and one in Accra, Cem at one in Accra. *: 3 attendees, 2 repeat,
share 0.67. Accra: 2, 0. Lagos: 2, 1, share 0.5.
"""
caveats = """
People who first came lately have had little time to come again. Not everybody who says yes
comes: where a yes stands for it, the share is too high. Events of which only totals are known are left
out.
"""
unit = "share"
page = "events"
version = 1
good = "up"
people = """
select
    person_key
    , count(distinct event_id) as activities
    , if(count(distinct event_id) > 1, 'repeat', 'once') as state
from event_visits
where is_chosen and ($group_id = '*' or group_id = $group_id)
group by person_key
"""
records = """
from activities
where kind = 'attended' and is_chosen and ($group_id = '*' or channel_key = md5_number_lower($group_id))
"""

[columns]
group = "Name of the group; * is all together"
attendees = "Persons who were at one event or more"
repeat_attendees = "Those who were at two or more"
repeat_share = "repeat_attendees / attendees"
low = "Lower end of the 95 % interval of repeat_share"
high = "Upper end of the 95 % interval of repeat_share"
group_id = "The group: names are not unique; * is all together"

[shares]
repeat_share = "attendees"
*/
with visited as (
    select group_id, person_key, any_value(group_name) as group_name, count(*) as visits
    from event_visits
    where is_chosen
    group by group_id, person_key
)

, together as (
    select '*' as group_id, person_key, '*' as group_name, sum(visits) as visits
    from visited
    group by person_key
)

, counted as (
    select
        group_id
        , any_value(group_name) as "group"
        , count(*) as attendees
        , count(*) filter (visits > 1) as repeat_attendees
    from (from visited where group_id is not null union all from together)
    group by group_id
)

select
    "group"
    , attendees
    , repeat_attendees
    , repeat_attendees / attendees as repeat_share
    , share_low(repeat_attendees, attendees) as low
    , share_high(repeat_attendees, attendees) as high
    , group_id
from counted
order by "group", group_id
