/*
grain = "One row per date and person with a participation on the chosen sources: neither bots nor staff."

[columns]
date = "Date in the community's time zone"
person_key = "The person"
participations = "How many participations"
*/
with chosen as (
    from marts.member_days
    where getvariable('sources') is null or list_contains(getvariable('sources'), source)
)

select date, person_key, participations
from chosen
where not is_on_several_sources
union all
select date, person_key, sum(participations)::bigint as participations
from chosen
where is_on_several_sources
group by all
