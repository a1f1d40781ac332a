/*
grain = "One row per month and account with any activity in it, or on the list of an event that took place in it."
unique = ["month", "account_key"]
not_null = ["month", "account_key"]
refresh_by = "month"

[columns]
month = "First day of the month"
account_key = "The account, bots and staff included"
*/
select month, account_key
from marts.account_months
union
select date - (day(date) - 1)::integer as month, account_key
from marts.activities
where kind not in (select kind from marts.kinds where is_participation)
union
select date - (day(date) - 1)::integer as month, account_key
from marts.attendances
where account_key is not null and event_key in (select event_key from marts.events where took_place)
