/*
grain = "One row per period of the chosen grain that begins in the chosen time, from the first to the last with an act on a repository or the closing of an item."

[columns]
period = "First day of the period; weeks begin on Monday"
is_complete = "The period is over and the data of every chosen source covers it"
*/
with known as (
    select min(period) as first_period, max(period) as last_period
    from code_days
    union all
    select min(closed_period), max(closed_period)
    from work_items
)

, ends as (
    select min(first_period) as first_period, max(last_period) as last_period
    from known
)

select calendar.period, calendar.is_complete
from calendar
join ends on calendar.period between ends.first_period and ends.last_period
where calendar.is_chosen
