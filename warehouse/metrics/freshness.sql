/*
title = "Freshness"
question = "Can the numbers be trusted today?"
definition = """
Says for each source when the last sync or import succeeded, when its newest activity was, from when on
its history can be seen, and its state. waiting: nothing was ever read from it. ended: it has no token, so
it ends with its files, or the configuration says until when it was. failed: the last sync or import did.
stale: the last success is more than 26 hours old. ok: none of these. is_stale looks at the time alone: a
source with a token, not ended, without a success in the last 26 hours. A sync or import that a wrong
clock dated in the future counts for nothing.
"""
example = """
It is Friday, 10:00. Slack was synced today: ok. GitHub was synced on Tuesday: stale, and every number that
includes it says so. The export of the old forum was imported in May and has no token: ended.
"""
caveats = """
A source whose newest activity is old may simply be quiet: the states look only at syncs and imports. A
source that waits makes no period incomplete: nothing of it is in the numbers.
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
is_stale = "It has a token, and its last success is more than 26 hours ago"
last_error = "What went wrong since the last success"
state = "ok, stale, failed, waiting or ended"
*/
select
    sources.source
    , sources.last_success_at
    , newest_activities.newest_activity_at
    , sources.covered_from
    , sources.has_token
        and not sources.has_ended
        and coalesce(
            sources.last_success_at not between getvariable('asked_at') - interval 26 hours
                and getvariable('asked_at') + interval 1 hour
            , true
        ) as is_stale
    , sources.last_error
    , sources.state
from sources
left join newest_activities using (source)
order by sources.source
