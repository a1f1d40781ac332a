/*
grain = "One row per account that ever took part."
unique = ["account_key"]
not_null = ["account_key", "first_date", "last_date", "first_at"]

[columns]
account_key = "The account, bots and staff included"
first_date = "Date of its first participation ever"
last_date = "Date of its last one"
first_at = "Time of the first of them, UTC"
*/
select
    account_key
    , min(date) as first_date
    , max(date) as last_date
    , min(first_at) as first_at
from marts.account_days
group by account_key
