/*
grain = "One row per account that was at an event."
unique = ["account_key"]
not_null = ["account_key", "starts_at", "event_key"]

[columns]
account_key = "The account, bots and staff included"
starts_at = "When the first event began where it was, UTC"
event_key = "That event, as a number; of several at the same time the least"
*/
select account_key, unnest(min({'starts_at': starts_at, 'event_key': event_key}))
from marts.attendances
where has_come and account_key is not null
group by account_key
