/*
grain = "One row per period of the chosen grain, from the first in which anybody was reached, joined or left on the chosen sources, to the end of the data."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
is_chosen = "The chosen time touches the period"
*/
with firsts as (
    select min(period) as period from reached_accounts
    union all
    select period_of(least(min(joined_date), min(left_date))) from memberships
)

, ends as (
    select (select min(period) from firsts) as first_period, data_date
    from data_range
)

select calendar.period, calendar.next_period, calendar.is_complete, calendar.is_chosen
from calendar
join ends on calendar.period between ends.first_period and ends.data_date
