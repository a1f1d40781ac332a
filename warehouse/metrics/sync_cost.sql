/*
title = "Cost of the last sync"
question = "What did the last sync of each source take, and until when is its data complete?"
definition = """
Per source, of its last sync or import, also of one that failed: how many requests it sent, and how long it
waited for the platform's limits. Complete until: what the platform had by then is in here, as of the newest
sync or import that succeeded. Of now, whatever the chosen time.
"""
example = """
Slack's sync began at 6:00, sent 75 requests, and was told to wait 30 seconds: its data is complete until 6:00,
for 75 requests and 30 seconds.
"""
caveats = """
An import sends no requests. A wait is counted whoever asked for it: the platform's answer, or our own pace that
keeps to its limits. What was said before and is hidden from us is a blind spot, not a lack of completeness.
"""
unit = "requests"
page = "data"
version = 1
good = "neutral"
records = """
from activities where source = $source and is_participation
"""

[columns]
source = "Name of the source"
covered_to = "Until when what the platform had is in here, UTC; null: nothing yet"
requests = "How many requests its last sync sent, 0 of an import; null: there was neither"
waited_seconds = "Seconds that it waited for the platform's limits"
*/
select source, covered_to, requests, waited_seconds
from sources
order by source
