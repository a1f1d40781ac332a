/*
grain = "One row per person on the chosen sources whose country is known."

[columns]
person_key = "The person"
country = "The country of the groups whose lists the person is on, as its ISO 3166-1 code; of several the one with the most events"
*/
with counted as (
    select authors.person_key, places.country, sum(places.events) as events
    from marts.account_places as places
    join authors using (account_key)
    group by all
)

select person_key, arg_min(country, (-events, country)) as country
from counted
group by person_key
