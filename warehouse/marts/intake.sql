/*
grain = "One row per source and what became of its landed records."
unique = ["source", "outcome"]
not_null = ["source", "outcome", "records", "is_activity", "is_left_out"]

[columns]
source = "Name of the source"
outcome = "What became of them: taken as activity, of people, places and events, or why they were left out"
records = "How many landed records"
is_activity = "They were taken as activity"
is_left_out = "They were left out"
*/
with landed_records as (
    select source, count(*) as records
    from landed.raw.records
    semi join facts.sources using (source)
    group by source
)

, judged as (
    select source, 'taken as activity' as outcome, count(*) as records, true as is_activity
    from facts.taken
    group by source
    union all
    select source, reason, count(*), false
    from facts.left_out
    group by source, reason
)

select source, outcome, records, is_activity, not is_activity as is_left_out
from judged
union all
select
    source
    , 'of people, places and events'
    , landed_records.records - coalesce(sum(judged.records), 0)::bigint as others
    , false
    , false
from landed_records
left join judged using (source)
group by source, landed_records.records
having others <> 0
