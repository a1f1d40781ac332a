/*
title = "Blind spots"
question = "What cannot be seen, and what can be done about it?"
definition = """
Lists what the last good sync of each source was refused or could not reach, why, and what to do
about it. It shows the present state, whatever the chosen time.
"""
example = """
The app was taken out of #help and is not in #plans. Slack has 2 blind spots, #help and #plans, with the advice
to invite the app. Behind #help are the people whose messages were read before, behind #plans is nobody.
"""
caveats = """
Only what a platform reports is listed: what it hides without an error has no row. A source that was
only imported has no blind spots, because a file does not say what it lacks. The people and records
behind a row are those of the channel with this name.
"""
unit = "blind spots"
page = "data"
version = 1
good = "down"
records = """
select activities.*
from activities
join channels using (channel_key)
where activities.source = $source and $what in (channels.name, '#' || channels.name)
"""

[columns]
source = "Name of the source"
what = "What cannot be seen"
reason = "Why"
advice = "What to do about it"
*/
select source, what, reason, advice
from blind_spots
order by source, what, reason
