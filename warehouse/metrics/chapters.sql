/*
title = "Chapters"
question = "Which groups grow, and which fade?"
definition = """
One row per group that ever held an event. The columns from events to rsvp_events count the chosen
time and mean the same as in event_trend. new_faces counts the attendees whose first event ever was
one of them. trend compares two means of attended: over the events of the last 180 days before the
end of the data (or of the chosen time), and over those of the 180 days before; 0.2 means a fifth
more. is_fading: the last event was more than 180 days before that end.
"""
example = """
The data ends on 1 July. In Lagos 10 come on 2 January, 12 in May and 18 in June: mean 15 after 10, trend 0.5. Accra's last
event was in November, with 8: it is fading, and has no trend.
"""
caveats = """
Means of few events jump. Where check-in began between the two halves, trend compares check-ins with
RSVPs, which are higher. members is what the platform states today, whatever the chosen time.
"""
unit = "people"
page = "events"
version = 1
good = "up"
people = """
select
    person_key
    , count(*) as activities
    , if(bool_or(is_first), 'first time', 'returning') as state
from event_visits
where is_chosen and group_id = $group_id
group by person_key
"""
records = """
select activities.*
from activities
join event_visits
    on event_visits.person_key = activities.person_key
    and event_visits.starts_at = activities.occurred_at
where
    activities.kind = 'attended' and activities.is_chosen and event_visits.group_id = $group_id
"""

[columns]
source = "Name of the source"
group = "Name of the group"
group_id = "The group"
events = "Its events in the chosen time"
attended = "Who was there, summed over the events; null: not known of any"
attendees = "Persons who were at one of them or more; null: not known of any"
new_faces = "Those whose first event ever it was"
mean_attended = "attended / events where it is known"
show_rate = "Who came with a yes / yes, at checked-in events; null without one"
show_low = "Lower end of the 95 % interval of show_rate"
show_high = "Upper end of the 95 % interval of show_rate"
checked_in_yes = "Who said yes to the events of which show_rate tells"
checked_in_events = "Events whose attended rests on check-ins"
rsvp_events = "Events whose attended rests on RSVPs alone"
trend = "Mean of attended in the last 180 days / that of the 180 days before - 1; null without both"
is_fading = "No event in the last 180 days"
last_event_at = "When its last event began, UTC"
next_event_at = "When its next event begins, UTC; null: none is planned"
members = "Its members, as the platform states; null: not known"
city = "Its city"
country = "Its country"
latitude = "Where it is; null: not known"
longitude = "Where it is; null: not known"

[shares]
show_rate = "checked_in_yes"
*/
with ends as (
    select least(data_date, getvariable('end') - 1) as last_date
    from data_range
)

, counted as (
    select
        events.group_id
        , any_value(events.source) as source
        , any_value(events.group_name) as group_name
        , count(*) filter (is_chosen and took_place) as events
        , (sum(attended) filter (is_chosen))::bigint as attended
        , count(attended) filter (is_chosen) as known_events
        , count(persons) filter (is_chosen) as named_events
        , (sum(attended_yes) filter (is_chosen))::bigint as shown
        , (sum(yes) filter (is_chosen and attended_yes is not null))::bigint as promised
        , count(*) filter (is_chosen and attendance_basis = 'checked_in') as checked_in_events
        , count(*) filter (is_chosen and attendance_basis = 'rsvp') as rsvp_events
        , avg(attended) filter (date > last_date - 180 and date <= last_date) as recent
        , avg(attended) filter (date > last_date - 360 and date <= last_date - 180) as before
        , max(date) filter (took_place and date <= last_date) as last_held_date
        , max(starts_at) filter (took_place) as last_event_at
        , min(starts_at) filter (is_to_come) as next_event_at
        , any_value(last_date) as last_date
    from events
    left join event_counts using (event_id)
    cross join ends
    where events.group_id is not null
    group by events.group_id
)

, people as (
    select
        group_id
        , count(distinct person_key) as attendees
        , count(*) filter (is_first) as new_faces
    from event_visits
    where is_chosen
    group by group_id
)

select
    counted.source
    , counted.group_name as "group"
    , counted.group_id
    , counted.events
    , if(counted.events = 0, 0, counted.attended) as attended
    , if(counted.events = 0 or named_events > 0, coalesce(people.attendees, 0), null) as attendees
    , if(counted.events = 0 or named_events > 0, coalesce(people.new_faces, 0), null) as new_faces
    , counted.attended / nullif(counted.known_events, 0) as mean_attended
    , counted.shown / nullif(counted.promised, 0) as show_rate
    , share_low(counted.shown, counted.promised) as show_low
    , share_high(counted.shown, counted.promised) as show_high
    , coalesce(counted.promised, 0) as checked_in_yes
    , counted.checked_in_events
    , counted.rsvp_events
    , counted.recent / nullif(counted.before, 0) - 1 as trend
    , coalesce(counted.last_held_date <= counted.last_date - 180, true) as is_fading
    , counted.last_event_at
    , counted.next_event_at
    , event_groups.stated_members as members
    , event_groups.city
    , event_groups.country
    , event_groups.latitude
    , event_groups.longitude
from counted
left join people using (group_id)
left join event_groups using (group_id)
order by counted.source, "group", counted.group_id
