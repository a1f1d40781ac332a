/*
grain = "One row per period of the chosen grain that begins in the chosen time, from the first to the last with a participation, a joining or a leaving."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over and the data of every chosen source covers it"
*/
with known as (
    select first_date as date from bounds
    union all
    select last_date from bounds
    union all
    select joined_date from memberships
    union all
    select left_date from memberships
)

, ends as (
    select min(date) as first_date, max(date) as last_date
    from known
)

select calendar.period, calendar.next_period, calendar.number, calendar.is_complete
from calendar
join ends on calendar.next_period > ends.first_date and calendar.period <= ends.last_date
where calendar.is_chosen
