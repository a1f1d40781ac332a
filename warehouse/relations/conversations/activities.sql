/*
grain = "One row per activity of a person on the chosen sources."

[columns]
activity_key = "A number that stands for activity_id"
activity_id = "The activity"
source = "Name of the source"
kind = "What was done"
is_participation = "It makes its person active"
is_opener = "It opens a conversation"
is_code = "It was done on a repository"
person_key = "Who did it"
channel_key = "Where, as a number; null: outside of any channel"
occurred_at = "When, UTC"
date = "Date in the community's time zone"
hour = "Hour in the community's time zone"
period = "First day of its period of the chosen grain"
is_chosen = "Its date is in the chosen time"
ref = "The last part of its link"
*/
select
    activities.activity_key
    , activities.activity_id
    , activities.source
    , activities.kind
    , kinds.is_participation
    , kinds.is_opener and activities.parent_key is null as is_opener
    , kinds.is_code
    , authors.person_key
    , activities.channel_key
    , activities.occurred_at
    , activities.date
    , activities.hour
    , period_of(activities.date) as period
    , is_in_chosen_time(activities.date) as is_chosen
    , activities.ref
from marts.activities
join authors using (account_key)
join marts.kinds using (kind)
