/*
title = "Freshness"
question = "Can the numbers be trusted today?"
definition = """
Says for each source when the last sync or import succeeded, when its newest activity was, and from
when on its history can be seen. A source is stale when nothing was ever read from it, when the last
attempt failed, or when its last success is more than two days older than the newest success of all
sources.
"""
example = """
Slack was synced today and GitHub three days ago: GitHub is stale, and every number that includes it says
so.
"""
caveats = """
A source whose newest activity is old may simply be quiet: is_stale looks only at syncs and imports.
"""
unit = "sources"
page = "data"
version = 1
good = "neutral"
people = """
select person_key, count(*) as activities
from activities
where source = $source and is_participation
group by person_key
"""
records = "from activities where source = $source and occurred_at = $newest_activity_at"

[columns]
source = "Name of the source"
last_success_at = "End of the last sync or import that succeeded, UTC"
newest_activity_at = "Time of the newest activity, UTC"
covered_from = "History before this cannot be seen, UTC; null: all of it can"
is_stale = "The source is behind, and so are the numbers that include it"
last_error = "What went wrong since the last success"
*/
select
    sources.source
    , sources.last_success_at
    , newest_activities.newest_activity_at
    , sources.covered_from
    , sources.last_success_at is null
        or sources.last_error is not null
        or sources.last_success_at < sources.newest_success_at - interval 2 days as is_stale
    , sources.last_error
from sources
left join newest_activities using (source)
order by sources.source
