/*
grain = "One row per configured source."
unique = ["source"]
not_null = ["source", "kind"]

[columns]
source = "Name of the source"
kind = "Its platform"
covered_from = "History before this cannot be seen, UTC; null: all of it can"
covered_to = "Until when what the platform had is in here, UTC; null: nothing yet"
last_success_at = "End of the last sync or import that succeeded, UTC"
last_error = "Why the last sync or import failed; null: it succeeded"
requests = "Requests of the last sync or import; null: there was none"
waited_seconds = "Seconds that it waited for the platform's limits"
*/
with runs as (
    select *, row_number() over (partition by source order by finished_at desc) = 1 as is_latest
    from landed.raw.runs
)

select
    sources.source
    , sources.kind
    , arg_max_null(runs.covered_from, runs.finished_at)
        filter (runs.kind = 'sync' and runs.error is null) as covered_from
    , max(runs.covered_to) filter (runs.error is null) as covered_to
    , max(runs.finished_at) filter (runs.error is null) as last_success_at
    , max(runs.error) filter (runs.is_latest) as last_error
    , max(runs.requests) filter (runs.is_latest) as requests
    , max(runs.waited_seconds) filter (runs.is_latest) as waited_seconds
from facts.sources
left join runs using (source)
group by sources.source, sources.kind
order by sources.source
