/*
grain = "One row per person who ever took part on the chosen sources."

[columns]
person_key = "The person"
first_date = "Date of the first participation ever"
last_date = "Date of the last participation"
first_at = "Time of the first participation ever, UTC"
first_period = "Period of the chosen grain with the first participation ever"
last_period = "Period of the chosen grain with the last participation"
*/
select
    authors.person_key
    , min(months.first_date) as first_date
    , max(months.last_date) as last_date
    , min(months.first_at) as first_at
    , date_trunc(getvariable('grain'), min(months.first_date))::date as first_period
    , date_trunc(getvariable('grain'), max(months.last_date))::date as last_period
from marts.account_months as months
join authors using (account_key)
group by authors.person_key
