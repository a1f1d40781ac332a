/*
title = "Known times"
question = "Of which times is everything known?"
definition = """
Lists for each source the stretches of time without a gap of which everything was read: a sync reads all
from the first moment that the platform shows to its own beginning; a file tells what lies between its first
and its last row, an hour of GH Archive its hour. A period is complete where it is over and lies in such a
stretch of every chosen source that had not ended before. It shows the present state, whatever the chosen
time.
"""
example = """
An export tells January 2024, the first sync on 1 June sees 90 days back: two stretches, 1 to 31 January and
3 March to 1 June. February is not known, and nobody can be said to have been silent in it.
"""
caveats = """
What lists, channels and repositories hid is not in here: see the blind spots. A source that never succeeded
has no row.
"""
unit = "sources"
page = "data"
version = 1
good = "neutral"
records = """
from activities
where
    source = $source
    and is_participation
    and occurred_at >= coalesce($known_from, timestamp '0001-01-01')
    and occurred_at < $known_to
"""

[columns]
source = "Name of the source"
known_from = "Beginning of the stretch, UTC; null: since ever"
known_to = "End of the stretch, UTC"
*/
select source, known_from, known_to
from known_stretches
order by source, known_to
