/*
grain = "One row per month and account with a participation in it."
unique = ["month", "account_key"]
not_null = ["month", "account_key", "participations", "rsvp_participations"]
refresh_by = "month"

[columns]
month = "First day of the month"
account_key = "The account, bots and staff included"
participations = "How many participations"
rsvp_participations = "Those that rest on a yes alone"
*/
select
    date - (day(date) - 1)::integer as month
    , account_key
    , sum(participations)::bigint as participations
    , sum(rsvp_participations)::bigint as rsvp_participations
from marts.account_days
group by all
