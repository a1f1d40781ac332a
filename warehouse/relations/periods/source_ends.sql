/*
grain = "One row per chosen source of which anything is known or expected: until when its data goes."
is_kept = true

[columns]
source = "Name of the source"
ends_at = "End of its data, UTC: of what is covered, or the day of its last participation, the later; null: there is neither"
covered_to = "Until then it is up to date, UTC; where no time is covered, the day of its last participation"
data_date = "Date on which its data ends"
expected_to = "Later periods are judged without it, UTC; null: none is"
until_at = "Nothing more is expected from then on, UTC; null: the configuration does not say"
is_loaded = "A sync or an import succeeded; else it makes nothing incomplete"
*/
with active as (
    select authors.source, max(spans.last_date) as last_date
    from marts.account_spans as spans
    join authors using (account_key)
    group by authors.source
)

, reached as (
    select
        sources.source
        , utc_time(active.last_date + interval 1 day, settings.timezone) as active_to
        , coalesce(sources.covered_to, active_to) as covered_to
        , greatest(sources.covered_to, active_to) as last_at
        -- A platform's clock may be ahead of ours.
        , greatest(getvariable('asked_at'), sources.known_to) as present_at
        , sources.until_at
        , sources.has_token
        , sources.last_success_at is not null as is_loaded
        , if(last_at > present_at, present_at, last_at) as ends_at
        , settings.timezone
    from sources
    cross join marts.settings
    left join active using (source)
)

select
    source
    , ends_at
    , covered_to
    , local_date(ends_at - interval 1 microsecond, timezone) as data_date
    , case when until_at is not null then until_at when not has_token then ends_at end as expected_to
    , until_at
    , is_loaded
from reached
where ends_at is not null or (is_loaded and (has_token or until_at is not null))
