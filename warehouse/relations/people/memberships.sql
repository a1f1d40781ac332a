/*
grain = "One row per person on a member list of the chosen sources."

[columns]
person_key = "The person"
joined_at = "When the person joined first, UTC; null: unknown"
joined_date = "The same as a date in the community's time zone"
counted_date = "From which date the person counts as on the list"
left_date = "On which date the person left last, at the latest; null: still there"
*/
select
    authors.person_key
    , min(memberships.joined_at) as joined_at
    , min(memberships.joined_date) as joined_date
    , min(memberships.counted_date) as counted_date
    , case
        when count(memberships.left_date) = count(*) then max(memberships.left_date)
    end as left_date
from marts.memberships
join authors using (account_key)
group by authors.person_key
