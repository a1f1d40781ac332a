/*
grain = "One row per date and person with a participation on the chosen sources."

[columns]
date = "Date in the community's time zone"
person_key = "The person"
participations = "How many participations"
*/
select days.date, authors.person_key, days.participations
from marts.account_days as days
join authors using (account_key)
where not authors.has_several_accounts
union all
select days.date, authors.person_key, sum(days.participations)::bigint as participations
from marts.account_days as days
join authors using (account_key)
where authors.has_several_accounts
group by all
