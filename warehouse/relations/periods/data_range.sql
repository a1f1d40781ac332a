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

, localised as (
    select
        local_time(covered_from, settings.timezone) as covered_from
        , local_time(covered_to, settings.timezone) as covered_to
        , local_time(data_at, settings.timezone) as data_at
    from reached
    cross join marts.settings
)

select
    localised.covered_from
    , localised.covered_to
    , active.first_date
    , active.last_date
    , coalesce(localised.data_at::date, active.last_date) as data_date
from localised
cross join active
