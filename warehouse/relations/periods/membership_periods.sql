/*
grain = "One row per period of the chosen grain that begins in the chosen time, from the first to the last with a participation, a joining or a leaving."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
is_complete = "The period is over and the data of every chosen source covers it"
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
        , greatest(data_range.last_date, changes.last_date) as last_date
    from data_range
    cross join changes
)

select calendar.period, calendar.next_period, calendar.is_complete
from calendar
join ends on calendar.next_period > ends.first_date and calendar.period <= ends.last_date
where calendar.is_chosen
