/*
grain = "One row per account on a member list."
unique = ["account_id"]
not_null = ["account_id", "source", "handle", "is_bot", "first_seen_at"]

[columns]
account_id = "The account; several groups of one source may list it, and a file as well"
source = "Name of its source"
handle = "What the platform calls it"
name = "The name on the member list"
is_bot = "Flagged by the platform"
stated_joined_at = "The first joining that the platform states, UTC; null: it states none"
first_seen_at = "When it was listed to us first, UTC"
also_id = "What else the platform calls it for good, whatever its name; null: nothing"
left_at = "When it had left or was deactivated everywhere, at the latest, UTC; null: it is still there"
*/
select
    account_id
    , any_value(source) as source
    , arg_max(handle, record_id) as handle
    , arg_max(name, record_id) as name
    , bool_or(is_bot) as is_bot
    , min(stated_joined_at) as stated_joined_at
    , min(first_seen_at) as first_seen_at
    , arg_max(also_id, record_id) as also_id
    , case when count(left_at) = count(*) then max(left_at) end as left_at
from facts.accounts
group by account_id
