/*
grain = "One row per period of the chosen grain, from the first to the last with a participation on the chosen sources."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over and the data of every chosen source covers it"
is_chosen = "The period begins in the chosen time"
*/
select calendar.*
from calendar
join data_range on calendar.next_period > data_range.first_date and calendar.period <= data_range.last_date
