/*
grain = "One row per date and account with a participation on that date."
unique = ["date", "account_key"]
not_null = ["date", "account_key", "participations", "rsvp_participations", "first_at"]
refresh_by = "date"

[columns]
date = "Local date"
account_key = "The account, bots and staff included"
participations = "How many participations"
rsvp_participations = "Those that rest on a yes alone: being at events where nobody was checked in"
first_at = "The first of them, UTC"
*/
select
    date
    , account_key
    , count(*)::integer as participations
    , (count(*) filter (is_by_rsvp))::integer as rsvp_participations
    , min(occurred_at) as first_at
from marts.activities
where kind in (select kind from marts.kinds where is_participation)
group by all
