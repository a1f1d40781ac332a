/*
grain = "One row per person who ever took part on the chosen sources."

[columns]
person_key = "The person"
first_at = "Time of the first participation ever, UTC"
first_period = "Period of the chosen grain with the first participation ever"
last_period = "Period of the chosen grain with the last participation"
*/
select
    authors.person_key
    , min(spans.first_at) as first_at
    , period_of(min(spans.first_date)) as first_period
    , period_of(max(spans.last_date)) as last_period
from marts.account_spans as spans
join authors using (account_key)
group by authors.person_key
