/*
title = "What became of every record"
question = "Is anything left out, and why?"
definition = """
Counts every landed record of a source once: taken as activity, left out for a reason, or about
people, places and events. The records of a source add up to all that it landed, of all time,
whatever the chosen time.
"""
example = """
An export has 3 messages, 2 notes that somebody entered a channel, and 1 list of channels: 3 records taken as
activity, 2 left out as channel_join, 1 of people, places and events. 6 landed.
"""
caveats = """
It counts records, not activities: reactions come with the record that they belong to, and are left
out with it. Records of bots and staff are taken, but bots and staff are no members: the people and
records behind a row are those of members, and there are none behind what was left out.
"""
unit = "records"
page = "data"
version = 1
good = "neutral"
records = """
from activities where source = $source and $outcome = 'taken as activity' and kind <> 'reaction'
"""

[columns]
source = "Name of the source"
outcome = "Taken as activity, of people, places and events, or why they were left out"
records = "Landed records"
is_activity = "They were taken as activity"
is_left_out = "They were left out"

[totals]
records = "coalesce(sum(records), 0)::bigint"
activities = "coalesce(sum(records) filter (is_activity), 0)::bigint"
left_out = "coalesce(sum(records) filter (is_left_out), 0)::bigint"
others = "coalesce(sum(records) filter (not is_activity and not is_left_out), 0)::bigint"
*/
select source, outcome, records, is_activity, is_left_out
from intake
order by source, outcome
