/*
grain = "One row per person who ever took part on the chosen sources: neither bots nor staff."

[columns]
person_key = "The person"
first_date = "Date of the first participation ever"
last_date = "Date of the last participation"
first_at = "Time of the first participation, UTC"
last_at = "Time of the last participation, UTC"
participations = "How many participations"
*/
select
    person_key
    , min(first_date) as first_date
    , max(last_date) as last_date
    , min(first_at) as first_at
    , max(last_at) as last_at
    , sum(participations)::bigint as participations
from marts.member_periods
where
    grain = 'quarter'
    and (getvariable('sources') is null or list_contains(getvariable('sources'), source))
group by person_key
