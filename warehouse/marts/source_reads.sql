/*
grain = "One row per source that was read with success, or of which answers are here."
unique = ["source"]
not_null = ["source", "has_answers"]

[columns]
source = "Name of the source"
has_synced = "A sync succeeded; false: only imports did; null: nothing did yet"
has_answers = "Answers of it are here"
*/
with reads as (
    select source, bool_or(kind = 'sync') as has_synced
    from landed.raw.runs
    where error is null and finished_at <= (now() at time zone 'UTC') + interval 1 hour
    group by source
)

, answering as (
    select distinct source
    from marts.authors
    where account_key in (select account_key from marts.account_days where answers > 0)
)

select source, reads.has_synced, answering.source is not null as has_answers
from reads
full join answering using (source)
