/*
grain = "One row per month and account with a participation in it."
unique = ["month", "account_key"]
not_null = ["month", "account_key", "participations", "first_date", "last_date", "first_at"]
refresh_by = "month"

[columns]
month = "First day of the month"
account_key = "The account, bots and staff included"
participations = "How many participations"
first_date = "Date of the first of them"
last_date = "Date of the last of them"
first_at = "Time of the first of them, UTC"
*/
select
    date_trunc('month', date)::date as month
    , account_key
    , sum(participations)::bigint as participations
    , min(date) as first_date
    , max(date) as last_date
    , min(first_at) as first_at
from marts.account_days
group by all
