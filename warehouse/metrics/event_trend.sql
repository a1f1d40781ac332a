/*
title = "Events over time"
question = "Do more people come to events, and do those who say yes come?"
definition = """
Counts the events that took place in the period, and adds up who said yes and who came over the
events where it is known: see the metric event_attendance. unique_attendees counts each person once,
at any number of events. first_timer_share: the share of them whose first event ever was in the
period. show_rate rests only on events with persons checked in by name: all who came with a yes /
all who said yes; show_low and show_high are its 95 % interval (Wilson). attended rests on check-ins
for checked_in_events and on RSVPs for rsvp_events; for the other events it is not known.
"""
example = """
In May Ada, Bo and Cem say yes to one event, and Ada and Bo are marked attended, Cem no-show; Ada, Bo, Dee
and Eve say yes to another, online, where nobody is marked. events 2, yes 7, attended 6, unique_attendees 4, all
for the first time, mean_attended 3, show_rate 2/3, online_share 0.5. In July Ada comes again, alone: first_timer_share 0.
"""
caveats = """
What rests on RSVPs is too high: look at checked_in_events and rsvp_events before you compare
periods. Where a source gives only totals there are no persons: unique_attendees then counts the
persons of the other events. The rate of few events is uncertain, because people of one event stay
away together: the interval does not include that.
"""
unit = "people"
page = "events"
version = 1
good = "up"
people = """
select person_key, count(*) as activities, if(bool_or(is_first), 'first time', 'returning') as state
from event_visits
where period = $period
group by person_key
"""
records = "from activities where kind = 'attended' and period = $period"

[columns]
period = "First day of the period"
events = "Events that took place in the period"
yes = "Who said yes to them; null: not known of any"
attended = "Who was there; null: not known of any"
unique_attendees = "Persons who were at one of them or more; null: not known of any"
first_timer_share = "Those whose first event ever it was / unique_attendees"
mean_attended = "attended / events where it is known"
show_rate = "Who came with a yes / yes, at checked-in events; null without one"
online_share = "Online events / events of which it is known"
checked_in_events = "Events whose attended rests on check-ins"
rsvp_events = "Events whose attended rests on RSVPs alone"
show_low = "Lower end of the 95 % interval of show_rate"
show_high = "Upper end of the 95 % interval of show_rate"
mean_online = "attended / online events where it is known"
mean_in_person = "attended / events in a room where it is known"
checked_in_yes = "Who said yes to the events of which show_rate tells"
placed_events = "Events of which it is known whether they are online"
attended_checked_in = "Those of attended who were checked in; null: not known of any event"
attended_rsvp = "Those of attended of whom a yes alone tells; null: not known of any event"
first_low = "Lower end of the 95 % interval of first_timer_share"
first_high = "Upper end of the 95 % interval of first_timer_share"
is_complete = "The period is over and the data covers it"

[shares]
first_timer_share = "unique_attendees"
show_rate = "checked_in_yes"
online_share = "placed_events"

[totals]
attended = "sum(attended)::bigint"
events = "sum(events)::bigint"
attended_checked_in = "sum(attended_checked_in)::bigint"
attended_rsvp = "sum(attended_rsvp)::bigint"
checked_in_events = "sum(checked_in_events)::bigint"
rsvp_events = "sum(rsvp_events)::bigint"
unknown_events = "sum(events - checked_in_events - rsvp_events)::bigint"
*/
with counted as (
    select
        events.period
        , count(*) as events
        , sum(counts.yes)::bigint as yes
        , sum(counts.attended)::bigint as attended
        , count(counts.attended) as known_events
        , count(counts.persons) as named_events
        , sum(counts.attended_yes)::bigint as shown
        , (sum(counts.yes) filter (counts.attended_yes is not null))::bigint as promised
        , avg(events.is_online::integer) as online_share
        , count(events.is_online) as placed_events
        , (sum(counts.attended) filter (events.attendance_basis = 'checked_in'))::bigint as checked_in
        , (sum(counts.attended) filter (events.attendance_basis = 'rsvp'))::bigint as said_yes
        , avg(counts.attended) filter (events.is_online) as mean_online
        , avg(counts.attended) filter (not events.is_online) as mean_in_person
        , count(*) filter (events.attendance_basis = 'checked_in') as checked_in_events
        , count(*) filter (events.attendance_basis = 'rsvp') as rsvp_events
    from events
    join event_counts as counts using (event_id)
    where events.took_place
    group by events.period
)

, people as (
    select period, count(distinct person_key) as attendees, count(*) filter (is_first) as first_timers
    from event_visits
    group by period
)

select
    event_periods.period
    , coalesce(counted.events, 0) as events
    , if(counted.events is null, 0, counted.yes) as yes
    , if(counted.events is null, 0, counted.attended) as attended
    , case
        when counted.events is null then 0
        when counted.named_events > 0 then coalesce(people.attendees, 0)
    end as unique_attendees
    , people.first_timers / people.attendees as first_timer_share
    , counted.attended / nullif(counted.known_events, 0) as mean_attended
    , counted.shown / nullif(counted.promised, 0) as show_rate
    , counted.online_share
    , coalesce(counted.checked_in_events, 0) as checked_in_events
    , coalesce(counted.rsvp_events, 0) as rsvp_events
    , share_low(counted.shown, counted.promised) as show_low
    , share_high(counted.shown, counted.promised) as show_high
    , counted.mean_online
    , counted.mean_in_person
    , coalesce(counted.promised, 0) as checked_in_yes
    , coalesce(counted.placed_events, 0) as placed_events
    , if(counted.known_events = 0, null, coalesce(counted.checked_in, 0)) as attended_checked_in
    , if(counted.known_events = 0, null, coalesce(counted.said_yes, 0)) as attended_rsvp
    , share_low(people.first_timers, people.attendees) as first_low
    , share_high(people.first_timers, people.attendees) as first_high
    , event_periods.is_complete
from event_periods
left join counted using (period)
left join people using (period)
order by event_periods.period
