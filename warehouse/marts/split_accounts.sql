/*
grain = "One row per account that a decision in force split off: nothing that was found before joins it."
unique = ["account_id"]
not_null = ["account_id", "number"]

[columns]
account_id = "The account"
number = "The last decision that split it off; a later one may join it again"
*/
select account_id, max(number) as number
from marts.decided_accounts
where what = 'split'
group by account_id
