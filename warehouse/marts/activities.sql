/*
grain = "One row per activity, attended events included."
is_view = true

[columns]
activity_key = "A number that stands for activity_id"
activity_id = "The activity"
source = "Name of its source"
kind = "What was done"
account_key = "Who did it, bots and staff included, as a number"
account_id = "The same as text"
channel_key = "Where, as a number; null: outside of any channel"
parent_key = "The activity that it answers, as a number; null: none"
occurred_at = "When, UTC"
date = "Local date"
hour = "Local hour"
ref = "The last part of its link"
*/
select
    activity_key
    , activity_id
    , source
    , kind
    , account_key
    , account_id
    , channel_key
    , parent_key
    , occurred_at
    , date
    , hour
    , ref
from facts.activities
union all
select
    activity_key
    , activity_id
    , source
    , kind
    , account_key
    , account_id
    , channel_key
    , null
    , occurred_at
    , date
    , hour
    , ref
from marts.attended
