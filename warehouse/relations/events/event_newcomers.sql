/*
grain = "One row per person who joined a chosen source and was never seen at an event; attendees are compared with them."

[columns]
person_key = "The person"
joined_at = "When the person joined first, UTC"
period = "Period of the chosen grain of joining"
is_chosen = "The person joined in the chosen time"
*/
select
    person_key
    , joined_at
    , period_of(joined_date) as period
    , is_in_chosen_time(joined_date) as is_chosen
from memberships
anti join first_visits using (person_key)
where joined_at is not null
