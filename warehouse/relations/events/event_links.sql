/*
grain = "One row per person with an account where attendance is known and another one elsewhere, on the chosen sources; without any, what people do after an event is not known."

[columns]
person_key = "The person"
*/
select person_key
from authors
where has_several_accounts
group by person_key
having
    count(*) filter (source in (select source from online_sources)) > 0
    and count(*) filter (source not in (select source from online_sources)) > 0
