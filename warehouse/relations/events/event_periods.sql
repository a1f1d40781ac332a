/*
grain = "One row per period of the chosen grain that begins in the chosen time, from the first to the last with an event that took place."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
is_complete = "The period is over and the data of every chosen source covers it"
*/
with ends as (
    select min(period) as first_period, max(period) as last_period
    from events
    where took_place
)

select calendar.period, calendar.next_period, calendar.is_complete
from calendar
join ends on calendar.period between ends.first_period and ends.last_period
where calendar.is_chosen
