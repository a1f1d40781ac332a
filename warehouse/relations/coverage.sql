/*
grain = "One row: from when to when the chosen sources are covered, in the community's time zone."

[columns]
covered_from = "Before this some chosen source's history cannot be seen; null: all of it can"
covered_to = "Until then every chosen source that has data is up to date; null: there is no data"
first_date = "Date of the first participation"
last_date = "Date of the last participation"
*/
with reached as (
    select
        max(covered_from) at time zone 'UTC' as covered_from
        , min(covered_to) at time zone 'UTC' as covered_to
    from sources
)

, active as (
    select min(first_date) as first_date, max(last_date) as last_date
    from members
)

select
    reached.covered_from at time zone settings.timezone as covered_from
    , reached.covered_to at time zone settings.timezone as covered_to
    , active.first_date
    , active.last_date
from reached
cross join active
cross join facts.settings as settings
