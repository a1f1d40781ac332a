/*
grain = "One row per issue and pull request whose author is known, as it stands now."
unique = ["item_id"]
not_null = ["item_id", "kind", "account_key", "opened_at"]

[columns]
item_id = "The activity that opened it"
kind = "issue or pull_request"
opened_at = "When, UTC"
closed_at = "When it was closed, whoever did, merging included, UTC; null: it is open, as far as is known"
merged_at = "When it was merged, UTC; null: it was not"
account_key = "Who opened it, bots and staff included"
closed_date = "Local date of closing"
merged_date = "Local date of merging"
*/
with items as (
    select
        item_id
        , any_value(kind) as kind
        , max(account_id) as account_id
        , min(opened_at) filter (where account_id is not null) as opened_at
        , coalesce(max(closed_at), max(merged_at)) as closed_at
        , max(merged_at) as merged_at
    from facts.work_items
    group by item_id
)

select
    items.* exclude (account_id)
    , md5_number_lower(items.account_id) as account_key
    , (items.closed_at at time zone 'UTC' at time zone settings.timezone)::date as closed_date
    , (items.merged_at at time zone 'UTC' at time zone settings.timezone)::date as merged_date
from items
cross join marts.settings
where items.account_id is not null
