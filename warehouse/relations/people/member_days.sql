/*
grain = "One row per date and person with a participation on the chosen sources."

[columns]
date = "Date in the community's time zone"
person_key = "The person"
participations = "How many participations"
rsvp_participations = "Those that rest on a yes alone"
*/
select days.date, authors.person_key, days.participations, days.rsvp_participations
from marts.account_days as days
join authors using (account_key)
where not authors.has_several_accounts
union all
select
    days.date
    , authors.person_key
    , sum(days.participations)::bigint as participations
    , sum(days.rsvp_participations)::bigint as rsvp_participations
from marts.account_days as days
join authors using (account_key)
where authors.has_several_accounts
group by all
