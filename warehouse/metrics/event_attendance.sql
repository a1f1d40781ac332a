/*
title = "Who came"
question = "How many came to each event, of how many who said yes, and who for the first time?"
definition = """
One row per event in the chosen time that was not cancelled. An event took place when the platform
calls it past, or when it had begun before the source was last read. Where somebody was checked in
or marked as a no-show, attendance_basis is checked_in, and attended counts the persons checked in,
walk-ins without an id included. Where nobody was, it is rsvp, and a yes counts as having come,
unless the absence was excused. A check-in that replaced an RSVP leaves it counted: a person with a
check-in or a no-show and no other RSVP said yes. Where a source gives only totals, they are the
numbers. Events to come have no attended yet; events that nobody could say yes to never get one.
Bots and staff are not counted.
"""
example = """
Ada, Bo and Cem say yes, Ada with 2 guests, Dee says no. Ada is marked attended, Bo no-show, Cem is not marked, and
Eve walks in. yes 3, no 1, guests 2, attended 2 (Ada, Eve), walk_ins 1, checked_in, show_rate 1/3, no_show_rate
2/3. Ada was at an event before: first_timers 1 (Eve), returning 1.
"""
caveats = """
On the basis rsvp, attended is too high wherever somebody said yes and stayed away, so show_rate is
unknown there. A person who came and was not checked in counts as absent in show_rate. Totals
include bots and staff and name no persons, so first_timers is unknown; so it is for walk-ins
without an id. Events before the data begins are not seen: some first-timers had been at one of
them.
"""
unit = "people"
page = "events"
version = 1
good = "up"
people = """
select
    attendances.person_key
    , coalesce(attendances.has_come, false)::bigint as activities
    , case
        when attendances.has_come then 'attended'
        when not attendances.has_come then 'did not'
        else 'not known'
    end as state
    , coalesce(attendances.check_in, attendances.rsvp) as answer
    , case when visits.is_first then 'first time' when not visits.is_first then 'returning' end
        as visit
from event_attendances as attendances
left join event_visits as visits
    on visits.event_id = attendances.event_id and visits.person_key = attendances.person_key
where attendances.event_id = $event_id and attendances.person_key is not null
"""
records = "from activities where kind = 'attended' and starts_with(activity_id, $event_id || ':')"

[columns]
event_id = "The event"
source = "Name of its source"
group = "The group that held it; null: none is known"
title = "Its title"
starts_at = "When it begins, UTC"
is_online = "Nobody meets in a room; null: not known"
capacity = "How many may come; null: not limited or not known"
yes = "Who said yes, whatever came of it; null: not known"
no = "Who said no"
waitlist = "Who waits for a place"
guests = "Guests of those who said yes"
attended = "Who was there; null: to come, or not known"
walk_ins = "Who was there without a yes; null unless checked in"
attendance_basis = "What attended rests on: checked_in or rsvp"
show_rate = "Who was there with a yes / yes; null unless checked in"
no_show_rate = "1 - show_rate"
first_timers = "Persons whose first event ever it was"
returning = "Persons who had been at an event before"
interested = "Who is interested; null: the platform does not ask"
utc_offset_minutes = "The event's own clock, minutes ahead of UTC; null: not known"
url = "Its address"
show_low = "Lower end of the 95 % interval of show_rate (Wilson)"
show_high = "Upper end of the 95 % interval of show_rate (Wilson)"
group_id = "The group: names are not unique; null: none is known"

[shares]
show_rate = "yes"
no_show_rate = "yes"

[totals]
yes = "sum(yes)::bigint"
came = "sum(attended - walk_ins)::bigint"
missed = "sum(yes - attended + walk_ins)::bigint"
share_of_places = "sum(attended) / nullif(sum(capacity), 0)"
*/
select
    events.event_id
    , events.source
    , events.group_name as "group"
    , events.title
    , events.starts_at
    , events.is_online
    , events.capacity
    , counts.yes
    , counts.no
    , counts.waitlist
    , counts.guests
    , counts.attended
    , counts.walk_ins
    , events.attendance_basis
    , counts.attended_yes / nullif(counts.yes, 0) as show_rate
    , 1 - counts.attended_yes / nullif(counts.yes, 0) as no_show_rate
    , counts.first_timers
    , counts.persons - counts.first_timers as returning
    , counts.interested
    , events.utc_offset_minutes
    , events.url
    , share_low(counts.attended_yes, counts.yes) as show_low
    , share_high(counts.attended_yes, counts.yes) as show_high
    , events.group_id
from events
join event_counts as counts using (event_id)
where events.is_chosen
order by events.event_id
