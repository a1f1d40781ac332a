/*
grain = "One row per sponsorship and person whom it reached: on the list of one of its events, or, where it is for whole sources, with any activity there in its time."

[columns]
number = "The sponsorship"
person_key = "The person"
is_confirmed = "The person was checked in at one of its events"
*/
with listed as (
    select sponsored.number, attendances.person_key
        , sponsored.is_measured and attendances.has_come as is_confirmed
    from sponsored_events as sponsored
    join event_attendances as attendances using (event_id)
    where attendances.person_key is not null
    union all
    select sponsorships.number, authors.person_key, false
    from sponsorships
    join marts.activities
        on activities.date >= sponsorships.from_date and activities.date < sponsorships.to_date
    join authors using (account_key)
    where
        sponsorships.is_of_sources
        and (len(sponsorships.sources) = 0 or list_contains(sponsorships.sources, authors.source))
)

select number, person_key, coalesce(bool_or(is_confirmed), false) as is_confirmed
from listed
group by number, person_key
