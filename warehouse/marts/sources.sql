/*
grain = "One row per configured source."
unique = ["source"]
not_null = ["source", "kind", "has_token"]

[columns]
source = "Name of the source"
kind = "Its platform"
covered_from = "History before this cannot be seen, UTC; null: all of it can, or nothing was read yet"
covered_to = "Until when what the platform had is in here, UTC; null: not known"
known_to = "When its state was read last, UTC: the platform's time of the last sync, or when files were imported"
last_success_at = "End of the last sync or import that succeeded, UTC"
last_error = "Why the last sync or import failed, or that a wrong clock dated it in the future; null: it succeeded"
requests = "Requests of the last sync or import; null: there was none"
waited_seconds = "Seconds that it waited for the platform's limits"
profile_requests = "Of the requests, those that asked who accounts are elsewhere; null: not known"
has_token = "It can be synced; else it ends with its files"
until_at = "Nothing more is expected from then on, UTC; null: it goes on"
*/
-- The latest run is the one that was written last. One from the future counts for nothing.
with runs as (
    select
        *
        , rowid as number
        , row_number() over (partition by source order by rowid desc) = 1 as is_latest
        , finished_at > (now() at time zone 'UTC') + interval 1 hour as is_from_future
    from landed.raw.runs
)

, attempts as (
    select
        source
        , max(coalesce(covered_to, finished_at)) filter (error is null and not is_from_future)
            as known_to
        , arg_max(finished_at, number) filter (error is null and not is_from_future)
            as last_success_at
        , max(if(
            is_from_future
            , 'the last ' || kind || ' ended on ' || finished_at::date
                || ' by a wrong clock and counts for nothing. Set the clock and run it again'
            , error
        )) filter (is_latest) as last_error
        , max(requests) filter (is_latest) as requests
        , max(profile_requests) filter (is_latest) as profile_requests
        , max(waited_seconds) filter (is_latest) as waited_seconds
    from runs
    group by source
)

, reached as (
    select source, min(covered_from) as covered_from, max(covered_to) as covered_to
    from marts.coverages
    group by source
)

select
    sources.source
    , sources.kind
    , if(year(reached.covered_from) > 1, reached.covered_from, null) as covered_from
    , reached.covered_to
    , attempts.known_to
    , attempts.last_success_at
    , attempts.last_error
    , attempts.requests
    , attempts.waited_seconds
    , attempts.profile_requests
    , sources.has_token
    , sources.until::timestamp at time zone settings.timezone at time zone 'UTC' as until_at
from facts.sources
cross join facts.settings
left join attempts using (source)
left join reached using (source)
order by sources.source
