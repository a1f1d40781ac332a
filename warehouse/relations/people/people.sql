/*
grain = "One row per person."

[columns]
person_key = "The person, as a number"
person_id = "The person"
name = "The person's name"
*/
select person_key, person_id, name
from marts.people
