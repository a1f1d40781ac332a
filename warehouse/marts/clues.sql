/*
grain = "One row per account and what it shows of who it is elsewhere."
unique = ["account_id", "rule", "value"]
not_null = ["account_id", "source", "rule", "value", "seen_at"]

[columns]
account_id = "The account"
source = "Name of its source"
rule = "email: it has this address, as its platform verified; written: it is known by this address alone, from commits; stated: it names this account as its own"
value = "A pseudonym of the address, which nobody can tell from it; or the account that it names, as github:kofi"
seen_at = "When that was first seen, UTC"
*/
select account_id, source, rule, lower(value) as value, min(seen_at) as seen_at
from facts.clues
group by all
