/*
grain = "One row per source and stretch of time without a gap of which all that happened was read."
unique = ["source", "covered_from"]
not_null = ["source", "covered_from", "covered_to"]

[columns]
source = "Name of the source"
covered_from = "Its beginning, UTC; the year 1: since ever"
covered_to = "Its end, UTC"
*/
-- A run from the future counts for nothing. A sync covers all from what the platform shows to when it began; a file what its rows cover.
with stretches as (
    select source, coalesce(covered_from, timestamp '0001-01-01') as covered_from, covered_to
    from landed.raw.runs
    where
        kind = 'sync' and error is null and covered_to is not null
        and finished_at <= (now() at time zone 'UTC') + interval 1 hour
    union all
    select source, stretch.covered_from, stretch.covered_to
    from landed.raw.runs, unnest(covered) as listed (stretch)
    where
        kind = 'import' and error is null
        and finished_at <= (now() at time zone 'UTC') + interval 1 hour
)

, reached as (
    select
        *
        , max(covered_to) over (
            partition by source
            order by covered_from, covered_to
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from stretches
    where covered_from < covered_to
)

, numbered as (
    select
        *
        , count(*) filter (reached_before is null or covered_from > reached_before)
            over (partition by source order by covered_from, covered_to) as number
    from reached
)

select source, min(covered_from) as covered_from, max(covered_to) as covered_to
from numbered
semi join facts.sources using (source)
group by source, number
order by source, covered_from
