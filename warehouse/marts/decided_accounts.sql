/*
grain = "One row per account that a decision in force names and that is known."
unique = ["number", "account_id"]
not_null = ["number", "what", "account_id", "place"]

[columns]
number = "The decision"
what = "What it says: merge, split, reject, bot or not-bot"
account_id = "The account"
place = "Its place in the decision: 1 is the first"
decided_at = "When it was decided, UTC"
*/
with written as (
    select number, what, decided_at, unnest(accounts) as account, generate_subscripts(accounts, 1) as place
    from marts.decisions
    where not is_undone and what <> 'undo'
)

-- Who is on no list is known by an id alone.
, known as (
    select account_id, lower(account_id) as word from marts.accounts
    union all
    select account_id, lower(source || ':' || handle) from marts.accounts
    union all
    select account_id, lower(account_id) from marts.stranger_days
    union all
    select account_id, lower(account_id) from marts.attendances where account_id is not null
)

select
    written.number
    , any_value(written.what) as what
    , known.account_id
    , min(written.place) as place
    , any_value(written.decided_at) as decided_at
from written
join known on known.word = lower(written.account)
group by written.number, known.account_id
