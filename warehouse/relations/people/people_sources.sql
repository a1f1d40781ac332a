/*
grain = "One row per person with a participation in the chosen time on the chosen sources."

[columns]
person_key = "The person"
sources = "The sources on which it was, sorted, joined by +"
participations = "How many participations"
*/
with active as (
    select authors.person_key, authors.source, sum(days.participations) as participations
    from marts.account_days as days
    join authors using (account_key)
    where is_in_chosen_time(days.date)
    group by all
)

select
    person_key
    , string_agg(source, '+' order by source) as sources
    , sum(participations)::bigint as participations
from active
group by person_key
