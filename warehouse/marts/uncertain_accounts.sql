/*
grain = "One row per account that shares its person with others, or would if every open suggestion were true."
unique = ["account_key"]
not_null = ["account_key", "suggested_person_key"]

[columns]
account_key = "The account"
suggested_person_key = "Its person, if every open suggestion were true"
*/
select
    authors.account_key
    , coalesce(md5_number_lower(suggested.person_id), authors.person_key) as suggested_person_key
from marts.authors
left join marts.suggested_persons as suggested using (account_id)
where authors.has_several_accounts or suggested.account_id is not null
