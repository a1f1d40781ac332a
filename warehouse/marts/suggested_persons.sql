/*
grain = "One row per account of a person who has several, if every open suggestion were true."
unique = ["account_id"]
not_null = ["account_id", "person_id"]
joins_accounts = true

[columns]
account_id = "The account"
person_id = "The person: the first of the accounts"
*/
select person_id, account_id, 'decision', '', '', false, false
from marts.shared_persons
union all
select account_a, account_b, 'decision', '', '', false, false
from marts.suggestions
order by all
