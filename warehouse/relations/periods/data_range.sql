/*
grain = "One row: from when to when the chosen sources are known."

[columns]
covered_to = "Until then every chosen source that goes on is up to date, local time; of ended ones alone, the latest end; null: there is no data"
first_date = "Date of the first participation"
data_date = "Date on which the data ends; of several sources, the latest end"
*/
with active as (
    select min(first_date) as first_date
    from marts.account_spans
    semi join authors using (account_key)
)

, ends as (
    select
        coalesce(min(covered_to) filter (not has_ended), max(covered_to)) as covered_to
        , max(data_date) as data_date
    from source_ends
)

select
    local_time(ends.covered_to, settings.timezone) as covered_to
    , active.first_date
    , ends.data_date
from ends
cross join active
cross join marts.settings
