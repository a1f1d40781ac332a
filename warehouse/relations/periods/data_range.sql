/*
grain = "One row: from when to when the chosen sources are known."

[columns]
covered_from = "Before this some chosen source's history cannot be seen, local time; null: all of it can"
covered_to = "Until then every chosen source that has data is up to date, local time; null: there is no data"
first_date = "Date of the first participation"
last_date = "Date of the last participation"
data_date = "Date on which the data ends; of several sources, the latest end"
*/
with reached as (
    select max(covered_from) as covered_from, min(covered_to) as covered_to, max(covered_to) as data_at
    from sources
)

, active as (
    select min(first_date) as first_date, max(last_date) as last_date
    from marts.account_spans
    semi join authors using (account_key)
)

select
    local_time(reached.covered_from, settings.timezone) as covered_from
    , local_time(reached.covered_to, settings.timezone) as covered_to
    , active.first_date
    , active.last_date
    , coalesce(local_date(reached.data_at, settings.timezone), active.last_date) as data_date
from reached
cross join active
cross join marts.settings
