/*
grain = "One row per period of the chosen grain that the chosen time touches, from the first with a participation, a joining or a leaving to the end of the data."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
ends_at = "End of the period, UTC"
known_to = "Until then no such source has a gap after the period's end, UTC; null: see calendar"
*/
with changes as (
    select
        least(min(joined_date), min(left_date)) as first_date
        , greatest(max(joined_date), max(left_date)) as last_date
    from memberships
)

, ends as (
    select
        least(data_range.first_date, changes.first_date) as first_date
        , greatest(data_range.data_date, changes.last_date) as last_date
    from data_range
    cross join changes
)

select
    calendar.period
    , calendar.next_period
    , calendar.is_complete
    , calendar.ends_at
    , calendar.known_to
from calendar
join ends on calendar.next_period > ends.first_date and calendar.period <= ends.last_date
where calendar.is_chosen
