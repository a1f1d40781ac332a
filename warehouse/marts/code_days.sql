/*
grain = "One row per date, account and kind of act on a repository."
unique = ["date", "account_key", "kind"]
not_null = ["date", "account_key", "kind", "acts"]
refresh_by = "date"

[columns]
date = "Local date"
account_key = "The account, bots and staff included"
kind = "What was done: an issue, a review, a star …"
acts = "How many of them"
*/
select
    date
    , account_key
    , kind
    , count(*) as acts
from marts.activities
where kind in (select kind from marts.kinds where is_code)
group by all
