/*
grain = "One row per chosen source and person on its member list."

[columns]
source = "Name of the source"
person_key = "The person"
counted_date = "From which date the person counts as on the list"
left_date = "On which date the person left last, at the latest; null: still there"
*/
select
    authors.source
    , authors.person_key
    , min(memberships.counted_date) as counted_date
    , case
        when count(memberships.left_date) = count(*) then max(memberships.left_date)
    end as left_date
from marts.memberships
join authors using (account_key)
group by authors.source, authors.person_key
