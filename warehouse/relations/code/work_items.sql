/*
grain = "One row per issue and pull request of a person on the chosen sources."

[columns]
item_id = "The activity that opened it"
source = "Name of the source"
kind = "issue or pull_request"
person_key = "Who opened it"
opened_at = "When, UTC"
merged_at = "When it was merged, UTC; null: it was not"
closed_period = "Period of the chosen grain in which it was closed, whoever did; null: it is open"
merged_period = "Period of the chosen grain in which it was merged; null: it was not"
*/
select
    items.item_id
    , authors.source
    , items.kind
    , authors.person_key
    , items.opened_at
    , items.merged_at
    , period_of(items.closed_date) as closed_period
    , period_of(items.merged_date) as merged_period
from marts.work_items as items
join authors using (account_key)
