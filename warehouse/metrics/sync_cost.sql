/*
title = "Cost of the last sync"
question = "What did the last sync of each source take, and until when is its data complete?"
definition = """
Says for each source how many requests its last sync or import sent, also one that failed, and how
long it waited for the platform's limits. profile_requests: how many of them asked who accounts are
elsewhere. covered_to: until when the data is complete, as of the newest sync or import that
succeeded. It shows the present state, whatever the chosen time.
"""
example = """
Slack's sync began at 6:00 and sent 75 requests, of which 1 asked for the labels of profile fields. It
was told to wait 30 seconds. Its data is complete until 6:00, for 75 requests (1 for profiles) and 30 seconds.
"""
caveats = """
An import sends no requests. All waits count: those that the platform asked for, and our own that
keep to its limits. What the platform hides is a blind spot and does not change covered_to. Slack's
addresses and titles and Meetup's social links come with the list of members and cost nothing more.
"""
unit = "requests"
page = "data"
version = 1
good = "neutral"
records = "from activities where source = $source and is_participation"

[columns]
source = "Name of the source"
covered_to = "Until when what the platform had is in here, UTC; null: nothing yet"
requests = "How many requests its last sync sent, 0 of an import; null: there was neither"
waited_seconds = "Seconds that it waited for the platform's limits"
profile_requests = "Of the requests, those that asked who accounts are elsewhere; null: there was no sync or import"
*/
select source, covered_to, requests, waited_seconds, profile_requests
from sources
order by source
