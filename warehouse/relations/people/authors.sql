/*
grain = "One row per account on the chosen sources of a person: neither bots nor staff."

[columns]
account_key = "The account, as a number"
source = "Name of its source"
person_key = "The person, as a number"
has_several_accounts = "The person has more than one account"
*/
select account_key, source, person_key, has_several_accounts
from marts.authors
where
    is_member
    and is_chosen_source(source)
