/*
grain = "One row per account and channel that it entered, and per account that entered a whole source."
unique = ["account_key", "channel_id"]
not_null = ["account_key", "joined_at", "last_joined_at"]

[columns]
account_key = "The account, bots and staff included"
channel_id = "The channel; null: the whole source"
joined_at = "When it entered first, UTC"
last_joined_at = "When it entered last, UTC"
*/
select
    md5_number_lower(account_id) as account_key
    , channel_id
    , min(joined_at) as joined_at
    , max(joined_at) as last_joined_at
from facts.joins
group by account_id, channel_id
