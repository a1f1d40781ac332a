/*
title = "Blind spots"
question = "What cannot be seen, and what can be done about it?"
definition = """
Per source what its last good sync was refused or could not reach, why, and what to do. Of now, whatever the
chosen time.
"""
example = """
The app was taken out of #help and is not in #plans. Slack has 2 blind spots, #help and #plans, with the advice
to invite the app. Behind #help are the people whose messages were read before, behind #plans is nobody.
"""
caveats = """
Only what a platform admits to: what it hides without a word is no row. A source that was only imported has
none, for a file does not say what it lacks. Behind a row is what is known of the place of this name.
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
