/*
title = "After an event"
question = "What did the people of an event do in the 30 days after it?"
definition = """
Per event that took place in the chosen time, and kind of activity other than being at an event: the
activities of the persons who were there within 30 days (of 24 hours) after its start, and how many persons did
them. A kind that none of them did has no row.
"""
example = """
Ada and Bo are at an event on 5 May. Ada writes twice and Bo stars a repository until 4 June; on 10 June Bo
writes. message: 2 activities, 1 member; star: 1 and 1.
"""
caveats = """
What they did they may have done anyway. Who is at two events within 30 days counts after both. Until the 30 days are over
the numbers still grow.
"""
unit = "activities"
page = "events"
version = 1
good = "up"
people = """
select activities.person_key, count(*) as activities
from activities
join event_visits using (person_key)
where
    event_visits.event_id = $event_id
    and activities.kind = $kind
    and activities.occurred_at > event_visits.starts_at
    and activities.occurred_at <= event_visits.starts_at + interval 30 days
group by activities.person_key
"""
records = """
select activities.*
from activities
join event_visits using (person_key)
where
    event_visits.event_id = $event_id
    and activities.kind = $kind
    and activities.occurred_at > event_visits.starts_at
    and activities.occurred_at <= event_visits.starts_at + interval 30 days
"""

[columns]
event_id = "The event"
kind = "Kind of activity"
title = "The event's title"
starts_at = "When it began, UTC"
activities = "Activities of the kind within 30 days after"
members = "Persons of the event who did them"
*/
select
    visits.event_id
    , activities.kind
    , any_value(events.title) as title
    , any_value(visits.starts_at) as starts_at
    , count(*) as activities
    , count(distinct visits.person_key) as members
from event_visits as visits
join events using (event_id)
join activities
    on activities.person_key = visits.person_key
    and activities.occurred_at > visits.starts_at
    and activities.occurred_at <= visits.starts_at + interval 30 days
where
    visits.is_chosen
    and activities.kind <> 'attended'
    and activities.date >= getvariable('start')
group by visits.event_id, activities.kind
order by visits.event_id, activities.kind
