/*
grain = "One row per account on the chosen sources that shares its person with others, or would if every open suggestion were true: neither bots nor staff."

[columns]
account_key = "The account, as a number"
person_key = "The person"
suggested_person_key = "The person, if every open suggestion were true"
*/
select account_key, authors.person_key, uncertain.suggested_person_key
from marts.uncertain_accounts as uncertain
join authors using (account_key)
