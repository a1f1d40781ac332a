/*
grain = "One row per period of the chosen grain and person with a participation in it on an online source."

[columns]
period = "First day of the period"
person_key = "The person"
participations = "How many participations there"
*/
select
    period_of(days.date) as period
    , authors.person_key
    , sum(days.participations)::bigint as participations
from marts.account_days as days
join authors using (account_key)
semi join online_sources using (source)
where days.date >= period_of(getvariable('start'))
group by all
