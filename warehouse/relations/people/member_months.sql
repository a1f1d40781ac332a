/*
grain = "One row per month and person with a participation in it on the chosen sources."

[columns]
month = "First day of the month"
person_key = "The person"
participations = "How many participations"
rsvp_participations = "Those that rest on a yes alone"
*/
select months.month, authors.person_key, months.participations, months.rsvp_participations
from marts.account_months as months
join authors using (account_key)
where not authors.has_several_accounts
union all
select
    months.month
    , authors.person_key
    , sum(months.participations)::bigint as participations
    , sum(months.rsvp_participations)::bigint as rsvp_participations
from marts.account_months as months
join authors using (account_key)
where authors.has_several_accounts
group by all
