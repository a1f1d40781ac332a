/*
title = "Sponsorships"
question = "What did the sponsors' money reach, and what did a confirmed attendee cost?"
definition = """
One row for each [[sponsorships]] of the configuration, by its first day. events: the events that it is
for and that took place in its time. unmeasured_events: those of them where nobody was checked in.
confirmed_attendees: who was checked in at one of the others; a known person counts once, at any number
of them, somebody without an account once at each. cost_per_confirmed: amount / confirmed_attendees.
reached: the persons on the list of one of the events, with whatever answer; where the sponsorship is for
whole sources, also the persons with any activity there in its time.
"""
example = """
Acme pays 100 EUR for two events. Ada and Bo are checked in at the first, and Cem says no to it; Dee says
yes to the second, where nobody is checked in: events 2, unmeasured_events 1, confirmed_attendees 2,
cost_per_confirmed 50, reached 4.
"""
caveats = """
Where events are unmeasured the cost is too high, for nobody there is confirmed. Amounts of different
currencies are never added up. Of an event of which only a total is known, people may count again.
"""
unit = "people"
page = "sponsors"
version = 1
good = "neutral"
people = """
select people.person_key, 0::bigint as activities, if(bool_or(is_confirmed), 'confirmed', 'reached') as state
from sponsored_people as people
join sponsorships using (number)
where sponsorships.sponsor = $sponsor and sponsorships.from_date = $period
group by people.person_key
"""
records = """
select activities.*
from activities
semi join (
    select event_id || ':' as beginning
    from sponsored_events
    join sponsorships using (number)
    where sponsorships.sponsor = $sponsor and sponsorships.from_date = $period
) as sponsored on starts_with(activities.activity_id, sponsored.beginning)
where activities.kind = 'attended'
"""

[columns]
sponsor = "Who pays"
period = "First day of the sponsorship"
amount = "How much is paid"
currency = "In which currency"
events = "Events that it is for and that took place"
unmeasured_events = "Those of them where nobody was checked in"
confirmed_attendees = "Who was checked in at one of the others"
cost_per_confirmed = "amount / confirmed_attendees; null: nobody is confirmed"
reached = "Persons whom it reached"
*/
with unknown as (
    select event_id, count(*) as attendees
    from event_attendances
    where has_come and person_key is null
    group by event_id
)

, held as (
    select
        sponsored.number
        , count(*) as events
        , count(*) filter (not sponsored.is_measured) as unmeasured
        , coalesce(sum(coalesce(sponsored.stated_attended, unknown.attendees))
            filter (sponsored.is_measured), 0)::bigint as nameless
    from sponsored_events as sponsored
    left join unknown using (event_id)
    group by sponsored.number
)

, reached as (
    select number, count(*) as reached, count(*) filter (is_confirmed) as confirmed
    from sponsored_people
    group by number
)

, counted as (
    select
        sponsorships.*
        , coalesce(held.events, 0) as events
        , coalesce(held.unmeasured, 0) as unmeasured_events
        , coalesce(reached.confirmed, 0) + coalesce(held.nameless, 0) as confirmed_attendees
        , coalesce(reached.reached, 0) as reached
    from sponsorships
    left join held using (number)
    left join reached using (number)
)

select
    sponsor
    , from_date as period
    , amount::double as amount
    , currency
    , events
    , unmeasured_events
    , confirmed_attendees
    , amount::double / nullif(confirmed_attendees, 0) as cost_per_confirmed
    , reached
from counted
order by sponsor, from_date, number
