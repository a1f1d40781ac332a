/*
grain = "One row: from when to when the chosen sources are known."
is_kept = true

[columns]
first_date = "Date of the first participation"
data_date = "Date on which the data ends; of several sources, the latest end"
*/
with active as (
    select min(first_date) as first_date
    from marts.account_spans
    semi join authors using (account_key)
)

, ends as (
    select max(data_date) as data_date
    from source_ends
)

select active.first_date, ends.data_date
from ends
cross join active
