/*
grain = "One row per person and event on the chosen sources where the person was."

[columns]
event_id = "The event"
person_key = "The person"
group_id = "The group that held it"
group_name = "Name of the group"
starts_at = "When it began, UTC"
date = "Date of its start in the community's time zone"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
is_first = "It is the first event ever where the person was"
*/
with firsts as (
    select
        authors.person_key
        , min({'starts_at': visits.starts_at, 'event_key': visits.event_key}) as first
    from marts.first_visits as visits
    join authors using (account_key)
    group by authors.person_key
)

select
    events.event_id
    , answers.person_key
    , events.group_id
    , events.group_name
    , events.starts_at
    , events.date
    , events.period
    , events.is_chosen
    , firsts.first.starts_at = events.starts_at and firsts.first.event_key = hash(events.event_id)
        as is_first
from event_answers as answers
join events using (event_id)
join firsts using (person_key)
where answers.has_come and answers.person_key is not null
