/*
grain = "One row per period of the chosen grain, from the first with a participation on the chosen sources to the end of their data."

[columns]
period = "First day of the period; weeks begin on Monday"
next_period = "First day of the period after"
number = "Counts up by one from period to period"
is_complete = "The period is over, and was read whole of every chosen source that had not ended before"
is_chosen = "The chosen time touches the period"
*/
select calendar.* exclude (ends_at, known_to)
from calendar
join data_range on calendar.next_period > data_range.first_date and calendar.period <= data_range.data_date
