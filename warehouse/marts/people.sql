/*
grain = "One row per person."
unique = ["person_key"]
not_null = ["person_key", "person_id", "name"]

[columns]
person_key = "The person, as a number"
person_id = "The person"
name = "The name on the member list, else the one they were met under, else the last part of the id"
*/
select
    authors.person_key
    , authors.person_id
    , coalesce(
        min(accounts.name) filter (accounts.is_listed)
        , min(accounts.name)
        , split_part(authors.person_id, ':', -1)
    ) as name
from marts.authors
left join marts.accounts using (account_id)
group by authors.person_key, authors.person_id
