/*
grain = "One row per account of a person who has several, if every open suggestion were true."
unique = ["account_id"]
not_null = ["account_id", "person_id"]
joins_accounts = true

[columns]
account_id = "The account"
person_id = "The person: the first of the accounts"
*/
-- Not all of them can be true at once: each is taken as true all the same, so that no number can
-- turn out lower. With those that are less likely nearly everybody would be one.
select
    person_id as account_a
    , account_id as account_b
    , 'decision' as rule
    , '' as source_a
    , '' as source_b
    , false as is_in_use_a
    , false as is_in_use_b
from marts.shared_persons
union all
select account_a, account_b, 'suggested', '', '', false, false
from marts.suggestions
where is_open
order by all
