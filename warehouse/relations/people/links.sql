/*
grain = "One row per link in force between two accounts of one person on the chosen sources, and rule that made it; staff included, bots not."

[columns]
person_key = "The person"
account_key_a = "An account"
account_key_b = "Another one"
rule = "What made the link"
*/
select distinct a.person_key, a.account_key as account_key_a, b.account_key as account_key_b
    , links.rule
from marts.links
join accounts as a on a.account_id = links.account_a
join accounts as b on b.account_id = links.account_b and b.person_key = a.person_key
