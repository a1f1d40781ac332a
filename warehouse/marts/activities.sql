/*
grain = "One row per activity, attended events included."
is_view = true

[columns]
source = "Name of its source"
activity_id = "The activity"
kind = "What was done"
account_id = "Who did it, bots and staff included"
occurred_at = "When, UTC"
ref = "The last part of its link"
date = "Local date"
hour = "Local hour"
activity_key = "A number that stands for activity_id"
account_key = "The same for account_id"
channel_key = "Where, as a number; null: outside of any channel"
parent_key = "The activity that it answers, as a number; null: none"
is_by_rsvp = "Being at an event, of which a yes alone tells; null: another kind"
*/
select * exclude (record_id, channel_id, parent_id)
from facts.activities
union all by name
select * exclude (event_key)
from marts.attended
