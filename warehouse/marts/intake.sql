/*
grain = "One row per source and outcome of its landed records: the records of all outcomes are all that were landed."
unique = ["source", "outcome"]
not_null = ["source", "outcome", "is_activity", "is_left_out", "records"]

[columns]
source = "Name of the source"
outcome = "What became of the records: taken as activity, or why not"
is_activity = "Taken as activity of members or of staff"
is_left_out = "An act, and yet no activity; neither where records tell of people, places and events"
records = "How many records; a reaction is no record of its own, it comes with what it is given to"
*/
with acts as (
    select
        activities.source
        , activities.record_id
        , max(case when authors.is_member then 3 when authors.is_bot then 1 else 2 end) as rank
    from facts.activities
    inner join marts.authors on authors.account_key = hash(activities.account_id)
    where activities.kind <> 'reaction'
    group by activities.source, activities.record_id
)

, told as (
    select
        source
        , case rank
            when 3 then 'taken as activity'
            when 2 then 'taken as activity of staff'
            else 'bot'
        end as outcome
        , rank > 1 as is_activity
        , count(*) as records
    from acts
    group by all
    union all
    select source, reason as outcome, false as is_activity, count(*) as records
    from facts.left_out
    group by all
)

, counted as (
    select source, outcome, is_activity, not is_activity as is_left_out, sum(records)::bigint as records
    from told
    group by all
)

, rest as (
    select record_counts.source, record_counts.records - coalesce(sum(counted.records), 0)::bigint as records
    from facts.record_counts
    left join counted using (source)
    group by record_counts.source, record_counts.records
)

from counted
union all
select
    source
    , 'of people, places and events: no act' as outcome
    , false as is_activity
    , false as is_left_out
    , records
from rest
where records <> 0
