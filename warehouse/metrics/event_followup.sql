/*
title = "After an event"
question = "What did the people who came to an event do in the thirty days after?"
definition = """
Per event in the chosen time that took place, and kind of activity: the persons who were there, and those of them who did
that within 30 days (of 24 hours) after it began; attended is being at another event. The kind * is any
participation other than being at an event. Unknown while the 30 days are not covered by the data yet,
and * where no chosen source but that of the events is there. low, high: 95 % interval of share (Wilson).
"""
example = """
Ada, Bo and Cem are at an event on 5 May. Ada writes on 7 and 8 May, Bo is at another event on 20 May and writes in July.
*: 3 attendees, 1 active, 2 activities, share 0.33. attended: 1 active, 1 activity. message: 1 active, 2 activities.
"""
caveats = """
Coming need not be the cause: who takes part anyway comes, too. Somebody counts as one person on two sources only where
the accounts are known to be one person's. Where nobody is marked at the door, a yes stands for having come.
"""
unit = "people"
page = "events"
version = 1
good = "up"
people = """
select visits.person_key, count(activities.activity_key) as activities
from event_visits as visits
left join activities
    on activities.person_key = visits.person_key
    and activities.occurred_at > visits.starts_at
    and activities.occurred_at <= visits.starts_at + interval 30 days
    and ($kind = activities.kind
        or $kind = '*' and activities.is_participation and activities.kind <> 'attended')
where visits.event_id = $event_id
group by visits.person_key
"""
records = """
select activities.*
from activities
join event_visits as visits using (person_key)
where
    visits.event_id = $event_id
    and activities.occurred_at > visits.starts_at
    and activities.occurred_at <= visits.starts_at + interval 30 days
    and ($kind = activities.kind
        or $kind = '*' and activities.is_participation and activities.kind <> 'attended')
"""

[columns]
event_id = "The event"
title = "Its title"
kind = "What they did; * is any participation but being at an event"
attendees = "Persons who were there"
active = "Those who did it within 30 days; null: not over yet, or not known"
activities = "How often; null like active"
share = "active / attendees"
low = "Lower end of the 95 % interval of share"
high = "Upper end of the 95 % interval of share"
*/
with visits as (
    select visits.event_id, visits.person_key, visits.starts_at, events.title, events.source
    from event_visits as visits
    join events using (event_id)
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
        and activities.occurred_at > visits.starts_at
        and activities.occurred_at <= visits.starts_at + interval 30 days
    where activities.date >= getvariable('start')
)

, counted as (
    select event_id, kind, count(distinct person_key) as active, count(*) as activities
    from acts
    group by event_id, kind
    union all
    select
        event_id
        , '*'
        , count(distinct person_key) filter (is_online)
        , count(*) filter (is_online)
    from acts
    group by event_id
)

, crowds as (
    select
        visits.event_id
        , any_value(visits.title) as title
        , count(*) as attendees
        , coalesce(any_value(visits.starts_at) + interval 30 days <= any_value(bounds.data_at), false)
            as is_over
    from visits
    cross join bounds
    group by visits.event_id
)

, known as (
    select
        crowds.event_id
        , crowds.title
        , kinds.kind
        , crowds.attendees
        , case when crowds.is_over and kinds.is_known then coalesce(counted.active, 0) end as active
        , case when crowds.is_over and kinds.is_known then coalesce(counted.activities, 0) end
            as activities
    from crowds
    cross join (
        select '*' as kind, exists (from event_platforms) as is_known
        union all
        select 'attended', true
        union all
        select distinct kind, true from acts where kind <> 'attended'
    ) as kinds
    left join counted using (event_id, kind)
    where kinds.kind in ('*', 'attended') or counted.active > 0
)

select
    event_id
    , title
    , kind
    , attendees
    , active
    , activities
    , active / attendees as share
    , share_low(active, attendees) as low
    , share_high(active, attendees) as high
from known
order by event_id, kind
