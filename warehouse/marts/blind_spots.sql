/*
grain = "One row per source and thing of it that its last good sync could not see."
not_null = ["source", "what"]

[columns]
source = "Name of the source"
what = "What cannot be seen"
reason = "Why"
advice = "What to do about it"
*/
with latest as (
    select source, arg_max(blind_spots, rowid) as spots
    from landed.raw.runs
    where
        kind = 'sync' and error is null
        and finished_at <= (now() at time zone 'UTC') + interval 1 hour
    group by source
)

select sources.source, spot.what, spot.reason, spot.advice
from facts.sources
join latest using (source), unnest(latest.spots) as listed (spot)
order by all
