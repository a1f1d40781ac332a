/*
grain = "One row per date and account with a participation on that date."
unique = ["date", "account_key"]
not_null = ["date", "account_key", "participations", "openers", "answers", "rsvp_participations", "first_at"]
refresh_by = "date"

[columns]
date = "Local date"
account_key = "The account, bots and staff included"
participations = "How many participations"
openers = "Those that open a conversation"
answers = "Those that answer something"
rsvp_participations = "Those that rest on a yes alone: being at events where nobody was checked in"
first_at = "The first of them, UTC"
*/
select
    activities.date
    , activities.account_key
    , count(*)::integer as participations
    , (count(*) filter (kinds.is_opener and activities.parent_key is null))::integer as openers
    , (count(*) filter (kinds.is_answer))::integer as answers
    , (count(*) filter (activities.is_by_rsvp))::integer as rsvp_participations
    , min(activities.occurred_at) as first_at
from marts.activities
join marts.kinds using (kind)
where kinds.is_participation
group by all
