/*
grain = "One row per issue and pull request of a person on the chosen sources."

[columns]
item_id = "The activity that opened it"
kind = "issue or pull_request"
opened_at = "When, UTC"
merged_at = "When it was merged, UTC; null: it was not"
source = "Name of the source"
person_key = "Who opened it"
closed_period = "Period of the chosen grain in which it was closed, whoever did; null: it is open"
merged_period = "Period of the chosen grain in which it was merged; null: it was not"
*/
select
    items.* exclude (account_key, closed_at, closed_date, merged_date)
    , authors.source
    , authors.person_key
    , period_of(items.closed_date) as closed_period
    , period_of(items.merged_date) as merged_period
from marts.work_items as items
join authors using (account_key)
