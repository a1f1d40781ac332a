/*
title = "After an event"
question = "What did the people of an event do in the 30 days after it?"
definition = """
One row per event that took place in the chosen time, and kind of activity. It counts the activities
of the event's attendees within 30 days (of 24 hours each) after its start, and the persons who did
them. The kind attended is being at another event. The kind * is any other participation; it is
unknown where no account of an event is known to belong to a person with an account elsewhere. A
kind that none of the attendees did has no row, except * and attended. share is unknown until the 30
days are over and the data covers them. low, high: its 95 % interval (Wilson).
"""
example = """
Ada and Bo are at an event on 5 May. Ada writes twice and Bo stars a repository until 4 June; on 10 June Bo
writes. *: 2 activities, 1 member, share 0.5; attended: 0 and 0; message: 2 and 1; star: 1 and 1.
"""
caveats = """
The attendees may have done these things anyway. A person who is at two events within 30 days counts
after both. The numbers grow until the 30 days are over.
"""
unit = "activities"
page = "events"
grain = "day"
version = 1
good = "up"
records = """
select activities.*
from activities
join event_visits using (person_key)
where
    event_visits.event_id = $event_id
    and ($kind = activities.kind
        or $kind = '*' and activities.is_participation and activities.kind <> 'attended')
    and is_in_30_days_after(activities.occurred_at, event_visits.starts_at)
"""

[columns]
event_id = "The event"
kind = "Kind of activity; * is any participation but being at an event"
title = "The event's title"
starts_at = "When it began, UTC"
activities = "Activities of the kind within 30 days after; null: not known"
members = "Persons of the event who did them; null: not known"
attendees = "Persons of the event"
share = "members / attendees; null until the 30 days are over"
low = "Lower end of the 95 % interval of share"
high = "Upper end of the 95 % interval of share"
is_complete = "The 30 days are over and the data covers them"

[shares]
share = "attendees"
*/
with visits as (
    select
        visits.event_id
        , visits.person_key
        , visits.starts_at
        , events.title
        , if(calendar.is_complete, calendar.known_to, null) as known_to
    from event_visits as visits
    join events using (event_id)
    left join calendar on calendar.period = events.date
    where visits.is_chosen
)

, acts as (
    select
        visits.event_id
        , visits.person_key
        , activities.kind
        , activities.is_participation and activities.kind <> 'attended' as is_online
    from visits
    join activities
        on activities.person_key = visits.person_key
        and is_in_30_days_after(activities.occurred_at, visits.starts_at)
    where activities.date >= getvariable('start')
)

, counted as (
    select event_id, kind, count(*) as activities, count(distinct person_key) as members
    from acts
    group by event_id, kind
    union all
    select event_id, '*', count(*), count(distinct person_key)
    from acts
    where is_online
    group by event_id
)

, crowds as (
    select
        visits.event_id
        , any_value(visits.title) as title
        , any_value(visits.starts_at) as starts_at
        , count(*) as attendees
        , coalesce(
            any_value(visits.starts_at) + interval 30 days <= any_value(visits.known_to), false
        ) as is_complete
    from visits
    group by visits.event_id
)

, kinds as (
    select event_id, unnest(['*', 'attended']) as kind
    from crowds
    union
    select event_id, kind
    from counted
)

, known as (
    select
        crowds.*
        , kinds.kind
        , if(is_known, coalesce(counted.activities, 0), null) as activities
        , if(is_known, coalesce(counted.members, 0), null) as members
    from crowds
    join (select *, kind <> '*' or exists (from event_links) as is_known from kinds) as kinds
        using (event_id)
    left join counted on counted.event_id = crowds.event_id and counted.kind = kinds.kind
)

select
    event_id
    , kind
    , title
    , starts_at
    , activities
    , members
    , attendees
    , case when is_complete then members / attendees end as share
    , case when is_complete then share_low(members, attendees) end as low
    , case when is_complete then share_high(members, attendees) end as high
    , is_complete
from known
order by event_id, kind
