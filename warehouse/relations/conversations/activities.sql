/*
grain = "One row per activity of a person on the chosen sources."

[columns]
source = "Name of the source"
activity_id = "The activity"
kind = "What was done"
occurred_at = "When, UTC"
ref = "The last part of its link"
date = "Date in the community's time zone"
hour = "Hour in the community's time zone"
activity_key = "A number that stands for activity_id"
channel_key = "Where, as a number; null: outside of any channel"
person_key = "Who did it"
is_participation = "It makes its person active"
is_opener = "It opens a conversation"
is_code = "It was done on a repository"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
*/
select
    activities.* exclude (account_id, account_key, parent_key, is_by_rsvp)
    , authors.person_key
    , kinds.is_participation
    , kinds.is_opener and activities.parent_key is null as is_opener
    , kinds.is_code
    , period_of(activities.date) as period
    , is_in_chosen_time(activities.date) as is_chosen
from marts.activities
join authors using (account_key)
join marts.kinds using (kind)
