/*
grain = "One row per person and event on the chosen sources where the person was, since the beginning of the first period that the chosen time touches."

[columns]
event_id = "The event"
person_key = "The person"
group_id = "The group that held it"
group_name = "Name of the group"
starts_at = "When it began, UTC"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
is_first = "It is the first event ever where the person was"
*/
select
    events.event_id
    , attendances.person_key
    , events.group_id
    , events.group_name
    , events.starts_at
    , events.period
    , events.is_chosen
    , first_visits.event_key = events.event_key as is_first
from event_attendances as attendances
join events using (event_id)
join first_visits using (person_key)
where
    attendances.has_come
    and attendances.person_key is not null
    and attendances.date >= period_of(getvariable('start'))
