/*
grain = "One row per person with a participation in the chosen time on the chosen sources."

[columns]
person_key = "The person"
sources = "The sources on which it was, sorted, joined by +"
participations = "How many participations"
*/
with active as (
    select person_key, source, sum(participations) as participations
    from active_accounts
    group by all
)

select
    person_key
    , string_agg(source, '+' order by source) as sources
    , sum(participations)::bigint as participations
from active
group by person_key
