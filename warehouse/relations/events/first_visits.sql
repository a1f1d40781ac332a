/*
grain = "One row per person who ever was at an event on the chosen sources."

[columns]
person_key = "The person"
event_key = "The first event where the person was, as a number"
*/
select
    authors.person_key
    , min({'starts_at': visits.starts_at, 'event_key': visits.event_key}).event_key as event_key
from marts.first_visits as visits
join authors using (account_key)
group by authors.person_key
