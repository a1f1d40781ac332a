/*
grain = "One row per account on the chosen sources that is no bot; staff included."

[columns]
account_key = "The account, as a number"
account_id = "The account"
person_key = "The person"
*/
select account_key, account_id, person_key
from marts.authors
where not is_bot and is_chosen_source(source)
