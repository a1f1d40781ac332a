/*
grain = "One row per period of the chosen grain and person with a participation in it on the chosen sources: neither bots nor staff."

[columns]
period = "First day of the period"
person_key = "The person"
participations = "How many participations"
*/
with chosen as (
    from marts.member_periods
    where
        grain = getvariable('grain')
        and (getvariable('sources') is null or list_contains(getvariable('sources'), source))
)

select date as period, person_key, participations
from member_days
where getvariable('grain') = 'day'
union all
select period, person_key, participations
from chosen
where not is_on_several_sources
union all
select period, person_key, sum(participations)::bigint as participations
from chosen
where is_on_several_sources
group by all
